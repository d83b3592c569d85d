"""`--publish`: what is uploaded to a private index that asks for a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command.publish.index import CREDENTIALS, PASSWORD, PUBLISH, USER
from tests.e2e.index import make_wheel
from tests.kit import LOCK_WHEEL, only_wheel, poetry, read_wheel, tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("build", ["", "--build", "--build --output wheels"])
def test_publish(project: Path, uploaded: Path, build: str) -> None:
    """The wheel that was built is on the index and in the output folder, and nothing else; the report says so."""
    before = tree(project)
    # Another release is not in the way, whether higher or lower; nor is the project itself.
    for name, version in (
        ("example-package-lock", "9.0"),
        ("example-package-lock", "0.0.1"),
        ("example-package", "0.1.0"),
    ):
        make_wheel(project / "dist", name, version)
    others = tree(project).keys() - before.keys()

    run = poetry(project, f"{PUBLISH} {CREDENTIALS} {build}")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 2 packages",
        f"  - Built {LOCK_WHEEL}",
        "  - Published to internal",
    ]
    wheel = only_wheel(uploaded)
    assert wheel.path.name == LOCK_WHEEL
    (built,) = tree(project).keys() - before.keys() - others
    assert (project / built).read_bytes() == wheel.path.read_bytes()
    assert built == ("wheels/" if "wheels" in build else "dist/") + LOCK_WHEEL


def test_publish_from_the_lock_project(project: Path, uploaded: Path) -> None:
    """With --wheel, what is published stays in the lock project."""
    run = poetry(project, f"{PUBLISH} {CREDENTIALS} --wheel")

    assert run.out.splitlines()[-3:] == [
        "  - Wrote example-package-lock",
        f"  - Built {LOCK_WHEEL}",
        "  - Published to internal",
    ]
    assert (project / "example-package-lock/dist" / LOCK_WHEEL).read_bytes() == only_wheel(uploaded).path.read_bytes()
    assert not (project / "dist").exists()


def test_publish_with_constraints(project: Path, uploaded: Path) -> None:
    """The constraints stay here: only the wheel is uploaded."""
    run = poetry(project, f"{PUBLISH} {CREDENTIALS} --constraints --no-root --ignore b")

    assert run.code == 0
    assert (project / "dist/example_package_lock-0.1.0-constraints.txt").exists()
    assert only_wheel(uploaded).path.name == LOCK_WHEEL


def test_credentials_from_the_environment(project: Path, uploaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Poetry's own variables are enough, and options come before them."""
    monkeypatch.setenv("POETRY_HTTP_BASIC_INTERNAL_USERNAME", USER)
    monkeypatch.setenv("POETRY_HTTP_BASIC_INTERNAL_PASSWORD", PASSWORD)

    by_options = poetry(project, f"{PUBLISH} --username eve --password wr0ng")
    # Empty values are none, as of variables of a pipeline that are not set.
    run = poetry(project, f"{PUBLISH} --username '' --password '' --cert '' --client-cert ''")

    assert by_options.code == 1
    assert (run.code, run.err) == (0, "")
    assert only_wheel(uploaded).path.name == LOCK_WHEEL


def test_there_already(project: Path, uploaded: Path) -> None:
    """A release that the index has is an error, or with --skip-existing only said; the file there stays."""
    poetry(project, f"{PUBLISH} {CREDENTIALS}")
    first = only_wheel(uploaded).path.read_bytes()
    (project / "dist" / LOCK_WHEEL).unlink()

    refused = poetry(project, f"{PUBLISH} {CREDENTIALS} --no-root")
    appeared = (project / "dist" / LOCK_WHEEL).exists()
    skipped = poetry(project, f"{PUBLISH} {CREDENTIALS} --no-root --skip-existing")
    another = poetry(project, f"{PUBLISH} {CREDENTIALS} --no-root --skip-existing --post 1")

    assert (refused.code, appeared) == (1, False)
    assert refused.err == (
        "Error: Nothing was published to internal: HTTP error 409 Conflict. If the file is there already, add"
        " --skip-existing, or build another version with --post\n"
    )
    assert (skipped.code, skipped.err) == (0, "")
    assert skipped.out.splitlines()[-2:] == [
        f"  - Built {LOCK_WHEEL}",
        "  - Not published: internal has a file of that name already",
    ]
    assert (uploaded / LOCK_WHEEL).read_bytes() == first
    assert (another.code, another.out.splitlines()[-1]) == (0, "  - Published to internal")
    assert read_wheel(uploaded / LOCK_WHEEL.replace("0.1.0", "0.1.0.post1")).requires >= {"a==1.0"}


def test_dry_run(project: Path, uploaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--dry-run` does everything but write and upload: a repository that is not defined is found."""
    before = tree(project)

    run = poetry(project, f"{PUBLISH} {CREDENTIALS} --dry-run")
    monkeypatch.delenv("POETRY_REPOSITORIES_INTERNAL_URL")
    failed = poetry(project, f"{PUBLISH} {CREDENTIALS} --dry-run")

    assert run.code == 0
    assert run.out.startswith("# Made by")
    assert run.err.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 2 packages",
        "  - Would be published to internal",
        "  - Nothing was written (--dry-run)",
    ]
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.splitlines()[-1] == (
        "Error: Nothing was published to internal: Repository internal is not defined."
        " Define it with `poetry config repositories.internal URL`"
    )
    assert tree(project) == before
    assert not [*uploaded.iterdir()]


def test_poetry_publish_passes_over(project: Path, uploaded: Path) -> None:
    """Poetry's own `publish` uploads the project from the same folder, and not its lock package."""
    poetry(project, "lock-package --build")
    root = make_wheel(project / "dist", "example-package", "0.1.0")

    run = poetry(project, f"publish --repository internal {CREDENTIALS}")

    assert run.code == 0
    assert [path.name for path in uploaded.iterdir()] == [root.name]

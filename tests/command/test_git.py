"""Packages from git repositories: pinned at the locked commit, or refused."""

import re
from pathlib import Path

import pytest

from tests.kit import CLASSIC, COMMIT, LOCK_PROJECT, LOCK_WHEEL, add_to_lock, built, locked, poetry, see, write_project

SOURCE = {"type": "git", "url": "https://example.org/b.git", "reference": "main", "resolved_reference": COMMIT}


@pytest.mark.parametrize(
    ("url", "subdirectory", "pinned"),
    [
        ("https://example.org/a/b.git", None, f"git+https://example.org/a/b.git@{COMMIT}"),
        ("https://example.org/a/b.git", "c/d", f"git+https://example.org/a/b.git@{COMMIT}#subdirectory=c/d"),
        *(
            ("https://example.org/b.git", folder, f"git+https://example.org/b.git@{COMMIT}#subdirectory={folder}")
            # poetry-core cannot read these in a requirement.
            for folder in ("pkgs/a.b", ".a", "a+b")
        ),
        ("ssh://git@example.org:2222/a/b.git", None, f"git+ssh://git@example.org:2222/a/b.git@{COMMIT}"),
        ("git@example.org:a/b.git", None, f"git+ssh://git@example.org/a/b.git@{COMMIT}"),
    ],
)
def test_git(tmp_path: Path, url: str, subdirectory: str | None, pinned: str) -> None:
    """A git dependency is pinned at the locked commit, whatever its address looks like."""
    source = {**SOURCE, "url": url}
    if subdirectory:
        source["subdirectory"] = subdirectory
    project = write_project(tmp_path, [locked("forked", source=source)])

    requires, warnings = built(project)

    assert requires == {f"forked @ {pinned}"}
    assert warnings == [
        "Warning: Pinned by a URL, which public indexes refuse, and uv as well if it installs the wheel by name:"
        " forked. Install the wheel by its path" + see("direct-references")
    ]


def test_lock_project_with_a_subdirectory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`poetry build` in the lock project gives the same wheel, although poetry-core cannot read the subdirectory."""
    monkeypatch.setenv("POETRY_VIRTUALENVS_CREATE", "false")
    project = write_project(tmp_path, [locked("forked", source={**SOURCE, "subdirectory": "pkgs/a.b"})])
    assert poetry(project, "lock-package --build").code == 0
    assert poetry(project, "lock-package").code == 0

    run = poetry(project / LOCK_PROJECT, "build --format wheel")

    assert run.code == 0
    made = project / LOCK_PROJECT / "dist" / LOCK_WHEEL
    assert made.read_bytes() == (project / "dist" / LOCK_WHEEL).read_bytes()


def test_subdirectory_that_pip_cannot_read(tmp_path: Path) -> None:
    """Where pip would look into another folder, the message says what it cannot read."""
    project = write_project(tmp_path, [locked("forked", source={**SOURCE, "subdirectory": "sub dir"})])

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert "forked is in the subdirectory 'sub dir'; pip and uv can read neither white space nor & and #" in run.err
    assert run.err.count("\n") == 1
    assert not (project / "dist").exists()


@pytest.mark.parametrize(
    ("dependency", "arguments", "is_warned_of"),
    [
        ('{ git = "https://example.org/b.git", branch = "main" }', "", True),
        ('{ git = "https://user:secret@example.org/b.git" }', "", True),
        (f'{{ git = "https://example.org/b.git", rev = "{COMMIT}" }}', "", False),
        ('{ git = "https://example.org/b.git", branch = "main" }', "--no-root", False),
        ('"*"', "", False),
    ],
)
def test_git_reference_of_the_project(tmp_path: Path, dependency: str, arguments: str, *, is_warned_of: bool) -> None:
    """That pip cannot install a project that requires a branch together with the pinned commit is said."""
    project = write_project(tmp_path, [locked("forked", source=SOURCE)], CLASSIC + f"forked = {dependency}\n")

    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0
    assert "secret" not in run.err
    assert ("pip refuses to install both: forked. Name the locked commit" in run.err) == is_warned_of


@pytest.mark.parametrize(
    ("reference", "is_warned_of"),
    [({"branch": "main"}, True), ({"tag": "1.0"}, True), ({}, True), ({"rev": COMMIT}, False), (None, False)],
)
def test_git_reference_of_a_package(tmp_path: Path, reference: dict[str, str] | None, *, is_warned_of: bool) -> None:
    """What a pinned package requires by another reference than the commit is said as well."""
    project = write_project(tmp_path, [locked("forked", source=SOURCE), locked("by", requires=["forked"])])
    add_to_lock(project, "by", "forked", {"git": SOURCE["url"], **reference} if reference is not None else "*")

    _, warnings = built(project)

    assert any("A pinned package requires another reference" in w for w in warnings) == is_warned_of
    assert any("pip refuses to install both: forked (for by). " in w for w in warnings) == is_warned_of


def test_git_with_marker(tmp_path: Path) -> None:
    """The space between a direct reference and its marker survives."""
    project = write_project(tmp_path, [locked("forked", source=SOURCE, marker='sys_platform == "win32"')])

    assert built(project)[0] == {f'forked @ git+https://example.org/b.git@{COMMIT} ; sys_platform == "win32"'}


@pytest.mark.parametrize(
    "url",
    [
        "ssh://git:secret@example.org/b.git",
        "https://user:sec:ret@example.org/b.git",
        "https://user:sec#ret@example.org/b.git",
        "https://user:secret@[::1]/b.git",
        "https://user:secret@[::1/b.git",
        "user:secret@example.org:b.git",
    ],
)
def test_git_address_that_poetry_reads_otherwise(tmp_path: Path, url: str) -> None:
    """Where Poetry would take the password for a part of the address, nothing is pinned, and nothing of it shown."""
    project = write_project(tmp_path, [locked("forked", source=SOURCE)])
    lock = project / "poetry.lock"
    lock.write_text(lock.read_text().replace("https://example.org/b.git", url))

    run = poetry(project, "lock-package --build -vvv")

    assert run.code == 1
    assert run.err.startswith("Error: poetry.lock cannot be read: ")
    assert run.err.count("\n") == 1
    assert not re.search("sec|ret@", run.err)
    assert not (project / "dist").exists()


def test_git_on_this_machine(tmp_path: Path) -> None:
    """A repository that only this machine has is refused, all such packages at once, without its path."""
    source = {**SOURCE, "url": "file:///home/ada/b.git"}
    project = write_project(tmp_path, [locked("forked", source=source), locked("other", source=source)])

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert run.err == (
        "Error: No requirement can express some packages in poetry.lock:"
        " forked comes from a git address on this machine;"
        " other comes from a git address on this machine."
        " Leave them out with --ignore forked --ignore other\n"
    )
    assert not (project / "dist").exists()

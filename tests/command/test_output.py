"""`--output` and `--sbom`: what is put where, what cannot be put there, and what is removed or replaced there."""

import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.kit import (
    CLASSIC,
    LOCK_PROJECT,
    LOCK_WHEEL,
    locked,
    only_wheel,
    poetry,
    posix_only,
    read_wheel,
    tree,
    write_project,
)


@pytest.mark.parametrize("absolute", [False, True])
def test_output(spark: Path, tmp_path: Path, *, absolute: bool) -> None:
    """`--output` implies a build, and is relative to the project, wherever the command runs, or absolute."""
    out = tmp_path / "elsewhere" if absolute else spark / "a" / "b"

    run = poetry(tmp_path, f"-P {spark} lock-package -o {out if absolute else 'a/b'}")

    assert (run.code, run.err) == (0, "")
    assert only_wheel(out).path.name == LOCK_WHEEL
    assert not (spark / "dist").exists()
    assert not (spark / LOCK_PROJECT).exists()


@posix_only("Windows says it in other words")
def test_output_cannot_be_made(spark: Path) -> None:
    """What was made of the folders on the way to the output is gone as well."""
    (spark / "file").write_text("mine")

    run = poetry(spark, "lock-package --build -o a/../file/b")

    assert run.code == 1
    assert re.fullmatch(f"Error: a/../file/b/{LOCK_WHEEL} cannot be written: (Not a directory|File exists)\n", run.err)
    assert not (spark / "a").exists()


@posix_only("Windows says it in other words")
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (f"--output {'a' * 300}", f"{'a' * 300} cannot be written: File name too long\n"),
        (f"--build --set-version 1.0+{'a' * 300}", "dist cannot be written: File name too long\n"),
        (f"--name {'a' * 300}", f"{'a' * 300} cannot be written: File name too long\n"),
    ],
)
def test_name_that_no_file_can_have(spark: Path, arguments: str, error: str) -> None:
    """What the system refuses is one line, and no fault of this program."""
    before = tree(spark)

    run = poetry(spark, f"lock-package {arguments}")

    assert (run.code, run.err) == (1, f"Error: {error}")
    assert tree(spark) == before


CONSTRAINTS = "example_package_lock-0.1.0-constraints.txt"
REPLACED = (
    f"Note: {LOCK_WHEEL} has other pins: the build replaces it. Use --post or --name to keep both [replaced-wheel]\n"
)
REMOVED = f"  - Removed dist/{CONSTRAINTS}, which belonged to the wheel that was replaced\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One with a lock package and its constraints."""
    files = [{"file": "a.whl", "hash": f"sha256:{'a' * 64}"}]
    project = write_project(tmp_path, [locked("a", files=files), locked("b", files=files)])
    run = poetry(project, "lock-package --build --constraints --no-root")
    assert (run.code, run.err) == (0, "")
    return project


@pytest.mark.parametrize(
    "arguments", ["--no-root --ignore b", "--no-root --ignore b --dry-run", ""], ids=["pin", "dry run", "project"]
)
def test_other_pins(project: Path, arguments: str) -> None:
    """That a lock package with other pins is replaced is said before it happens; the project itself is a pin too."""
    run = poetry(project, f"lock-package --build {arguments}")

    assert (run.code, run.err.count(REPLACED)) == (0, 1)


@pytest.mark.parametrize(
    "arguments",
    ["--build", "--ignore a", *(f"--build --ignore b {other}" for other in ("--post 1", "--name other", "-o other"))],
)
def test_the_same_pins(project: Path, arguments: str) -> None:
    """Nothing is said where nothing is lost, and the constraints stay: they are right."""
    before = tree(project)

    run = poetry(project, f"lock-package --no-root {arguments}")

    assert (run.code, run.err) == (0, "")
    assert before.items() <= tree(project).items()


def test_the_same_pins_of_another_lock(project: Path) -> None:
    """Pins are compared, not files: a lock that was written anew may pin the same."""
    lock = project / "poetry.lock"
    lock.write_text(lock.read_text() + "\n# touched\n")

    assert poetry(project, "lock-package --build --no-root").err == ""


@pytest.mark.parametrize("content", [b"none", b""])
def test_what_is_no_wheel(project: Path, content: bytes) -> None:
    """What cannot be read is replaced, and that is said."""
    (project / "dist" / LOCK_WHEEL).write_bytes(content)

    run = poetry(project, "lock-package --build --no-root --constraints")

    assert (run.code, run.err) == (0, REPLACED)


@pytest.mark.parametrize("arguments", ["", "--constraints"])
def test_constraints_of_what_was_replaced(project: Path, arguments: str) -> None:
    """Constraints with the hash of a wheel that is replaced are removed, or those of the new wheel take their place."""
    run = poetry(project, f"lock-package --build --no-root --ignore b {arguments}")

    assert run.code == 0
    assert run.out.endswith(REMOVED) is not bool(arguments)
    assert (project / "dist" / LOCK_WHEEL).is_file()
    constraints = project / "dist" / CONSTRAINTS
    assert constraints.exists() is bool(arguments)
    assert not arguments or "b==" not in constraints.read_text()


@pytest.mark.parametrize("what", ["another file", "link", "folder"])
def test_other_files_stay(project: Path, what: str) -> None:
    """What only has the name of such a file is left alone."""
    path = project / "dist" / CONSTRAINTS
    text = path.read_text()
    path.unlink()
    if what == "another file":
        path.write_text("mine")
    elif what == "link":
        (project / "elsewhere").write_text(text)
        path.symlink_to(project / "elsewhere")
    else:
        path.mkdir()

    run = poetry(project, "lock-package --build --no-root --ignore b")

    assert run.code == 0
    assert "Removed" not in run.out
    assert path.exists()


def test_taken_back(project: Path) -> None:
    """If the new wheel cannot be put in place, the constraints are still there."""
    (project / "dist" / LOCK_WHEEL).unlink()
    (project / "dist" / LOCK_WHEEL).mkdir()
    before = tree(project)

    assert poetry(project, "lock-package --build --no-root --ignore b").code == 1
    assert tree(project) == before


SBOM = "example_package_lock-0.1.0.cdx.json"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    packages = [locked("a", requires=["b"]), locked("b", marker='sys_platform == "win32"'), locked("c")]
    return write_project(tmp_path / "project", packages, CLASSIC + 'a = "*"\nc = "*"\n')


def test_sbom_beside_the_wheel(chain: Path) -> None:
    """It is spelt as the wheel is, and its components are what the wheel requires, line by line."""
    run = poetry(chain, "lock-package --sbom")

    assert run.code == 0
    assert f"Wrote dist/{SBOM}" in run.out
    wheel = read_wheel(chain / "dist" / "example_package_lock-0.1.0-py3-none-any.whl")
    bom = json.loads((chain / "dist" / SBOM).read_text(encoding="utf-8"))
    lines = {
        fact["value"]
        for component in bom["components"]
        for fact in component["properties"]
        if fact["name"] == "poetry-lock-package:requires-dist"
    }
    assert {Requirement(line) for line in lines} == {*wheel.requirements}
    assert {(c["name"], f"=={c['version']}") for c in bom["components"]} == {
        (requirement.name, str(requirement.specifier)) for requirement in wheel.requirements
    }


def test_sbom_is_replaced(chain: Path) -> None:
    """The SBOM of a wheel that is replaced by another one goes with it; that of the same wheel stays."""
    assert poetry(chain, "lock-package --sbom").code == 0
    before = tree(chain / "dist")
    assert poetry(chain, "lock-package --build").code == 0
    assert tree(chain / "dist") == before

    run = poetry(chain, "lock-package --build --ignore c")
    assert run.code == 0
    assert f"Removed dist/{SBOM}" in run.out
    assert not (chain / "dist" / SBOM).exists()


def test_sbom_without_the_library(chain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional library, one line says what to install, and nothing is written."""
    monkeypatch.setattr("poetry_plugin_lock_package.deliver.find_spec", {}.get)

    run = poetry(chain, "lock-package --sbom")

    assert run.code == 1
    assert "Run `pipx inject poetry cyclonedx-python-lib`, or" in run.err.splitlines()[-1]
    assert not (chain / "dist").exists()

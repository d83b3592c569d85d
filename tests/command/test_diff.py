"""`--diff`: what a deploy would change."""

import json
import shutil
from pathlib import Path

import pytest

from tests.kit import CLASSIC, classic, locked, poetry, tree, write_project
from tests.wheels import write_wheel

PYPROJECT = classic("a", "b", "c", extras={"x": ["d"]})
D = locked("d", marker='extra == "x"')


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """A lock package that is deployed somewhere; the project has been locked again since."""
    project = write_project(
        tmp_path / "project", [locked("a", "1.9"), locked("b"), locked("c", "2.0"), locked("old"), D], PYPROJECT
    )
    assert poetry(project, "lock-package --build").code == 0
    wheel = tmp_path / "deployed" / "example_package_lock-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    shutil.move(project / "dist" / wheel.name, wheel)
    new = [locked("a", "1.10"), locked("b", marker='sys_platform == "win32"'), locked("c", "1.0"), locked("new"), D]
    write_project(project, new, PYPROJECT)
    return wheel


def project_of(wheel: Path) -> Path:
    return wheel.parent.parent / "project"


def test_changes(deployed: Path) -> None:
    """Each change is a line, as in `poetry update`; the exit code is 2, and nothing is written."""
    before = tree(project_of(deployed))

    run = poetry(project_of(deployed), f"lock-package --diff {deployed}")

    assert run.code == 2
    assert run.out.splitlines() == [
        "  - Updating a (1.9 -> 1.10)",
        '  - Changing the marker of b (1.0): none -> sys_platform == "win32"',
        "  - Downgrading c (2.0 -> 1.0)",
        "  - Installing new (1.0)",
        "  - Removing old (1.0)",
    ]
    assert run.err == ""
    assert tree(project_of(deployed)) == before


def test_same(deployed: Path) -> None:
    """Two wheels that require the same differ in nothing: exit code 0, whatever the version of the lock package is."""
    project = project_of(deployed)
    assert poetry(project, "lock-package --build --post 3").code == 0

    run = poetry(project, f"lock-package --diff {next((project / 'dist').iterdir())}")

    assert (run.code, run.out) == (0, "Nothing would change: both require the same\n")


def test_json(deployed: Path) -> None:
    """`--format json` is one document for scripts, alone on stdout."""
    run = poetry(project_of(deployed), f"lock-package --diff {deployed} --format json --ignore nothing")

    document = json.loads(run.out)
    assert (run.code, document["same"], document["wheel"]) == (2, False, deployed.name)
    assert document["changes"][0] == {"kind": "updated", "name": "a", "old": "1.9", "new": "1.10", "version": None}
    assert "matches no locked package" in run.err


def test_other_version_of_the_project(deployed: Path) -> None:
    """A wheel of another version of the project can be compared; the project's own pin is one of the changes."""
    project = project_of(deployed)
    pyproject = PYPROJECT.replace('version = "0.1.0"', 'version = "0.2.0"', 1)
    write_project(project, [locked("a", "1.9"), locked("b"), locked("c", "2.0"), locked("old"), D], pyproject)

    run = poetry(project, f"lock-package --diff {deployed}")

    assert (run.code, run.out) == (2, "  - Updating example-package (0.1.0 -> 0.2.0)\n")


def test_python_and_extras(deployed: Path) -> None:
    """A change of the Python range, and of what is offered or ignored, is said as well."""
    project = project_of(deployed)
    pyproject = CLASSIC.replace(">=3.9", ">=3.10") + 'a = "*"\nb = "*"\nc = "*"\n'
    write_project(project, [locked("a", "1.9"), locked("b"), locked("c", "2.0"), locked("old")], pyproject)

    run = poetry(project, f"lock-package --diff {deployed} --ignore b")

    assert run.code == 2
    assert run.out.splitlines() == [
        "  - Removing b (1.0)",
        "  - Removing d (1.0)",
        "  - Changing the extras of example-package (0.1.0): x -> none",
        "  - Changing Python: >=3.9,<3.14 -> >=3.10,<3.14",
        "  - Changing Extras: x -> none",
        "  - Ignored: none -> b",
    ]


@pytest.mark.parametrize("option", ["--project-wheel", "--as-extra locked"])
def test_own_wheel(tmp_path: Path, option: str) -> None:
    """The project's own wheel is compared by its pins, with the option that it was built with; else that is said."""
    project = write_project(tmp_path / "project", [locked("a", "1.9"), locked("old")], CLASSIC + 'a = "*"\n')
    (project / "example_package.py").touch()
    assert poetry(project, f"lock-package {option} --output {tmp_path}").code == 0
    write_project(project, [locked("a", "1.10")], CLASSIC + 'a = "*"\n')
    diff = f"--diff {tmp_path}/example_package-0.1.0-py3-none-any.whl"

    run = poetry(project, f"lock-package {option} {diff}")
    without = poetry(project, f"lock-package {diff}")

    assert (run.code, run.err) == (2, "")
    assert run.out.splitlines() == ["  - Updating a (1.9 -> 1.10)", "  - Removing old (1.0)"]
    assert without.code == 1
    assert "Add --project-wheel or --as-extra" in without.err


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("--diff nothing.whl", "nothing.whl"),
        ("--diff {wheel} --name other", "--diff was given a wheel of example-package-lock. Give one of other, or its"),
        ("--diff {wheel} --project-wheel", "Give one of example-package"),
        ("--diff {wheel} --output x --sbom", "--diff writes nothing, so it cannot be used with --output --sbom"),
        ("--diff {wheel} --format yaml", "--format has to be text or json"),
        ("--diff {wheel} --ignore nothing --strict", "--strict"),
    ],
)
def test_errors(deployed: Path, arguments: str, error: str) -> None:
    """What cannot be compared is an error of one line, and nothing is on stdout."""
    run = poetry(project_of(deployed), f"lock-package {arguments.format(wheel=deployed)}")

    assert (run.code, run.out) == (1, "")
    *warnings, line = run.err.splitlines()
    assert line.startswith("Error: ")
    assert error in line
    assert len(warnings) == ("--strict" in arguments)


INFO = "example_package_lock-0.1.0.dist-info"
METADATA = b"Metadata-Version: 2.1\nName: example-package-lock\nVersion: 0.1.0\n"


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        (METADATA + b"Requires-Dist: a = 1\n", "has a requirement that cannot be read"),
        (METADATA.replace(b"Name", b"Other"), "is not a valid wheel: its METADATA has"),
        (METADATA + b"Requires-Dist: a\xff==1\n", "is not a valid wheel: its METADATA has"),
    ],
)
def test_metadata_that_cannot_be_read(deployed: Path, metadata: bytes, error: str) -> None:
    """A requirement that is none, and METADATA without a name or with bytes that are no text, are errors."""
    other = deployed.with_name("example_package_lock-0.1.0-py2.py3-none-any.whl")
    write_wheel(other, metadata=metadata, info=INFO)

    run = poetry(project_of(deployed), f"lock-package --diff {other}")

    assert (run.code, run.out, run.err.count("\n")) == (1, "", 1)
    assert f"{other} {error}" in run.err


@pytest.mark.parametrize("options", ["", "--format json"])
def test_wheel_with_secrets(deployed: Path, options: str) -> None:
    """A wheel that somebody else has built may have passwords and folders in it: they are not shown."""
    other = deployed.with_name("example_package_lock-0.1.0-py2.py3-none-any.whl")
    # A range that PEP 440 does not know is another range.
    lines = b"Requires-Python: three\n"
    lines += b"Requires-Dist: a @ git+https://joe:hunter2@example.org/a.git@1\nRequires-Dist: b @ file:///home/joe/b\n"
    write_wheel(other, metadata=METADATA + lines, info=INFO)

    run = poetry(project_of(deployed), f"lock-package --diff {other} {options}")

    assert run.code == 2
    assert "git+https://example.org/a.git@1" in run.out
    assert "three" in run.out
    assert not [secret for secret in ("hunter2", "joe") if secret in run.out + run.err]

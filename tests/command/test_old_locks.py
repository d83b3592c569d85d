"""Locks of formats 1.0 to 2.0, which record no groups and no markers: Poetry's solver works them out."""

from pathlib import Path

import pytest
from poetry.core.packages.package import Package
from poetry.packages.transitive_package_info import TransitivePackageInfo

from tests.kit import CLASSIC, COMMIT, classic, locked, make_old, only_wheel, pinned, poetry, write_project

PYPROJECT = (
    classic("pandas", extras={"yaml": ["pyyaml"]}, groups={"dev": ["pytest"]})
    + "[tool.poetry.dependencies.colorama]\nversion = '*'\nmarkers = \"sys_platform == 'win32'\"\n"
)
PACKAGES = (
    locked("pandas", requires=["numpy", 'tzdata ; sys_platform == "win32"']),
    locked("numpy"),
    locked("tzdata"),
    locked("colorama"),
    locked("pyyaml"),
    locked("pytest", requires=["numpy"]),
)
GIT = {"type": "git", "reference": "main", "resolved_reference": COMMIT}
NOTE = (
    "Note: poetry.lock has format {}, which records no markers, so Poetry's solver worked them out."
    " Run `poetry lock` to record them [old-lock]\n"
)


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
def test_old_lock(tmp_path: Path, version: str) -> None:
    """An old lock is pinned as Poetry installs from it, and a note recommends `poetry lock`."""
    project = make_old(write_project(tmp_path, PACKAGES, PYPROJECT), version)

    run = poetry(project, "lock-package --build")

    assert (run.code, run.err) == (0, NOTE.format(version))
    assert only_wheel(project / "dist").requires == {
        "example-package==0.1.0",
        'example-package[yaml]==0.1.0 ; extra == "yaml"',
        "pandas==1.0",
        "numpy==1.0",
        'tzdata==1.0 ; sys_platform == "win32"',
        'colorama==1.0 ; sys_platform == "win32"',
        'pyyaml==1.0 ; extra == "yaml"',
    }


def test_groups_and_ignore(tmp_path: Path) -> None:
    """Groups and `--ignore` work as with a lock of today."""
    project = make_old(write_project(tmp_path, PACKAGES, PYPROJECT), "2.0")

    run = poetry(project, "lock-package --build --no-root --with dev --ignore pandas")

    assert run.code == 0
    assert "Dropped with them tzdata" in run.out
    assert only_wheel(project / "dist").requires == {
        "numpy==1.0",
        "pytest==1.0",
        'colorama==1.0 ; sys_platform == "win32"',
        'pyyaml==1.0 ; extra == "yaml"',
    }


def test_fork(tmp_path: Path) -> None:
    """Of two versions that both would do, each Python gets the one that Poetry installs there: the newest it can."""
    project = write_project(
        tmp_path,
        [
            locked("numpy", "1.21.6", python=">=3.7"),
            locked("numpy", "1.22.4", python=">=3.10", requires=["extra-part"]),
            locked("extra-part"),
            locked("pandas", requires=["numpy>=1.20"]),
        ],
        CLASSIC + 'pandas = "*"\n',
    )

    poetry(make_old(project, "2.0"), "lock-package --build --no-root")

    assert pinned(project, "", "3.9.1") == {"pandas==1.0", "numpy==1.21.6"}
    assert pinned(project, "", "3.10.0") == {"pandas==1.0", "numpy==1.22.4", "extra-part==1.0"}
    assert pinned(project, "", "3.13.1", sys_platform="win32", platform_system="Windows") == {
        "pandas==1.0",
        "numpy==1.22.4",
        "extra-part==1.0",
    }


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("<=3.11.2", ">3.11.2", {"3.11.2": "1.0", "3.11.3": "2.0", "3.9.0": "1.0", "3.13.1": "2.0"}),
        ("<=3.10", ">3.10", {"3.9.1": "1.0", "3.10.0": "1.0", "3.10.1": "2.0", "3.11.0": "2.0"}),
        ("*", "!=3.9.7", {"3.9.6": "2.0", "3.9.7": "1.0", "3.9.8": "2.0", "3.10.0": "2.0"}),
        ("*", ">3.9", {"3.9.0": "1.0", "3.9.1": "2.0", "3.10.0": "2.0"}),
    ],
)
def test_fork_by_any_bound(tmp_path: Path, first: str, second: str, expected: dict[str, str]) -> None:
    """A range may begin or end with a version or behind it, and leave single versions out."""
    project = write_project(
        tmp_path,
        [locked("a", "1.0", python=first), locked("a", "2.0", python=second), locked("b", requires=["a"])],
        CLASSIC + 'b = "*"\n',
    )

    run = poetry(make_old(project, "2.0"), "lock-package --build --no-root")

    assert run.err == NOTE.format("2.0")
    found = {python: pinned(project, "", python) for python in expected}
    assert found == {python: {f"a=={version}", "b==1.0"} for python, version in expected.items()}


@pytest.mark.parametrize(
    ("package", "dependency"),
    [
        (
            locked("g", source={**GIT, "url": "http://us:tok@127.0.0.1:1/g.git"}, requires=["zz"]),
            '{ git = "http://us:tok@127.0.0.1:1/g.git", branch = "main" }',
        ),
        (
            locked("g", source={"type": "url", "url": "http://us:tok@127.0.0.1:1/g-1.0.zip"}, requires=["zz"]),
            '{ url = "http://us:tok@127.0.0.1:1/g-1.0.zip" }',
        ),
        (locked("h"), '{ url = "http://us:tok@127.0.0.1:1/g-1.0.zip" }'),
    ],
)
def test_nothing_is_looked_up(tmp_path: Path, package: tuple[Package, TransitivePackageInfo], dependency: str) -> None:
    """What is not in the lock is not looked for anywhere else: it is an error, without a word of the address."""
    project = write_project(tmp_path, [package], CLASSIC + f"g = {dependency}\n")

    run = poetry(make_old(project, "2.0"), "lock-package --build")

    assert run.code == 1
    assert run.err.startswith("Error: poetry.lock is inconsistent: ")
    assert run.err.count("\n") == 1
    assert not any(word in run.err for word in ("tok", "127.0.0.1", "onnection"))


def test_some_python_has_no_solution(tmp_path: Path) -> None:
    """Where Poetry cannot install, nothing is pinned and it is said; elsewhere all is."""
    project = write_project(tmp_path, [locked("mako", python=">=3.10")], CLASSIC + 'mako = "*"\n')

    run = poetry(make_old(project, "1.1"), "lock-package --build --no-root")

    assert run.code == 0
    message = 'poetry.lock cannot be installed where python_version < "3.10", so nothing is pinned there. Run '
    assert message in run.err
    assert only_wheel(project / "dist").requires == {'mako==1.0 ; python_version >= "3.10"'}


@pytest.mark.parametrize(
    ("packages", "reason"),
    [
        ([locked("pandas", requires=["numpy>=2"]), locked("numpy")], "pandas (1.0) depends on numpy (>=2)"),
        ([locked("pandas", requires=["pandas"])], "Package 'pandas' is listed as a dependency of itself."),
    ],
)
def test_inconsistent(tmp_path: Path, packages: list[tuple[Package, TransitivePackageInfo]], reason: str) -> None:
    """A lock that has no solution at all, or that the solver cannot take, is an error of one line that says why."""
    project = write_project(tmp_path, packages, CLASSIC + 'pandas = "*"\n')

    run = poetry(make_old(project, "2.0"), "lock-package --build")

    assert run.code == 1
    assert run.err.startswith("Error: poetry.lock is inconsistent: ")
    assert reason in run.err
    assert run.err.endswith("Run `poetry lock` to make it anew\n")
    assert run.err.count("\n") == 1
    assert not (project / "dist").exists()


def test_paths_are_not_shown(tmp_path: Path) -> None:
    """What poetry-core has to say of path dependencies that are not there stays out of the output."""
    source = {"type": "directory", "url": str(tmp_path / "gone")}
    project = write_project(tmp_path, [locked("gone", source=source)], CLASSIC + 'gone = "*"\n')

    run = poetry(make_old(project, "2.0"), "lock-package --build --ignore gone")

    assert str(tmp_path) not in run.out + run.err


def test_newer_minor_version(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A minor version of the format that is not known yet is read, with Poetry's own warning."""
    project = write_project(tmp_path, [locked("cleo")])
    lock = project / "poetry.lock"
    lock.write_text(lock.read_text().replace('lock-version = "2.1"', 'lock-version = "2.9"'))

    run = poetry(project, "lock-package --build --no-root")

    assert run.code == 0
    assert "The lock file might not be compatible with the current version of Poetry." in caplog.text
    assert only_wheel(project / "dist").requires == {"cleo==1.0"}

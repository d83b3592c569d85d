"""The checker for anybody's locks."""

from pathlib import Path

import pytest

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.wheel.build import build_lock_wheel
from tests import kit
from tests.kit import CLASSIC, locked, make_old, write_project
from tools import check_locks

PACKAGES = (
    locked("pandas", requires=["numpy", 'tzdata ; sys_platform == "win32"']),
    locked("numpy"),
    locked("tzdata", marker='sys_platform == "win32"'),
    locked("cleo"),
)
PYPROJECT = CLASSIC + 'pandas = "*"\ncleo = "*"\n'


def test_exact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every project in the folder is checked, ignoring nothing and direct dependencies in turn."""
    write_project(tmp_path / "new", PACKAGES, PYPROJECT)
    make_old(write_project(tmp_path / "old", PACKAGES, PYPROJECT), "2.0")

    assert check_locks.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "exact  new ignoring nothing",
        "exact  new ignoring cleo",
        "exact  new ignoring pandas",
        "exact  old ignoring nothing",
        "exact  old ignoring cleo",
        "exact  old ignoring pandas",
        "6 of 6 exact",
    ]


def test_faults(tmp_path: Path) -> None:
    """A pin too many, one too few and another marker are faults, with the place where they show."""
    project = check_locks.Project.load(write_project(tmp_path / "new", PACKAGES, PYPROJECT))
    (without,) = check_locks.check(tmp_path / "new", 0)
    assert without.faults == ()
    assert without.comparisons > 0
    other = write_project(tmp_path / "other", [locked("pandas"), locked("tzdata"), locked("more")], PYPROJECT)

    options = plan.Options(no_root=True)
    made = plan.plan(kit.load(other), options)
    wheel = kit.read_wheel(build_lock_wheel(made, tmp_path / "dist"))
    _, found = check_locks.compare(project, wheel, frozenset())

    assert "linux 3.9.4 []: cleo==1.0, more==1.0, numpy==1.0, tzdata==1.0" in found
    assert "win32 3.9.4 []: cleo==1.0, more==1.0, numpy==1.0" in found


def test_lock_that_cannot_be_pinned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A project without a lock package is a fault, and so is a folder without projects."""
    source = {"type": "url", "url": "file:///somewhere/cleo-1.0.zip"}
    write_project(tmp_path / "local", [locked("cleo", source=source)], CLASSIC + 'cleo = "*"\n')

    assert check_locks.main([str(tmp_path), "--ignores", "0"]) == 1
    assert "cleo comes from an address on this machine" in capsys.readouterr().out
    assert check_locks.main([str(tmp_path / "local" / "nothing")]) == 1

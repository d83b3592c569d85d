"""The checker for anybody's locks, and the proof that anybody can repeat on clones of public projects."""

import subprocess
from pathlib import Path

import pytest

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.wheel.build import build_lock_wheel
from tests import kit
from tests.kit import CLASSIC, locked, make_old, write_project
from tools import check_locks, proof

PACKAGES = (
    locked("pandas", requires=["numpy", 'tzdata ; sys_platform == "win32"']),
    locked("numpy"),
    locked("tzdata", marker='sys_platform == "win32"'),
    locked("cleo"),
)
PYPROJECT = CLASSIC + 'pandas = "*"\ncleo = "*"\n'
ONE = CLASSIC + 'a = "*"\n'


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
    """A project without a lock package is a fault for both, and so is a folder without projects for the checker."""
    source = {"type": "url", "url": "file:///somewhere/cleo-1.0.zip"}
    write_project(tmp_path / "local", [locked("cleo", source=source)], CLASSIC + 'cleo = "*"\n')

    assert check_locks.main([str(tmp_path), "--ignores", "0"]) == 1
    assert "cleo comes from an address on this machine" in capsys.readouterr().out
    assert check_locks.main([str(tmp_path / "local" / "nothing")]) == 1
    assert proof.main([str(tmp_path), "--ignores", "0"]) == 1
    assert "| 0 of 1 | 0 | 1 |" in capsys.readouterr().out


def git(clone: Path, *arguments: str) -> None:
    release = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *release, "-C", str(clone), *arguments], check=True, capture_output=True)


def commit(clone: Path) -> None:
    git(clone, "add", "--all")
    git(clone, "commit", "--message", "Lock")


def test_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every lock in a clone is checked as it is and as it was; what Poetry refuses is counted with the reason."""
    clone = tmp_path / "clone"
    clone.mkdir()
    git(clone, "init")
    write_project(clone, [locked("a")], ONE)
    commit(clone)
    write_project(clone, [locked("a", "2.0", requires=["b"]), locked("b")], ONE)
    write_project(clone / "services" / "api", [locked("a")], ONE)
    commit(clone)
    (clone / "services" / "api" / "pyproject.toml").write_text(CLASSIC + 'other = "*"\n', encoding="utf-8")
    with (clone / "services" / "api" / "poetry.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    commit(clone)

    assert proof.main([str(clone), "--ignores", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = [line.split(" | ") for line in lines if line.startswith("| clone")]
    assert [(row[0], row[2], row[4]) for row in table] == [
        ("| clone", "2", "2 of 2"),
        ("| clone", "1", "2 of 2"),
        ("| clone/services/api", "1", "2 of 2"),
    ]
    assert any(line.startswith("6 of 6 wheels of 3 locks are exact") for line in lines)
    assert lines[-1] == "- 1: pyproject.toml has changed since the lock was made"


def test_spread(tmp_path: Path) -> None:
    """Of a long history, the newest lock, the oldest and some in between are taken."""
    git(tmp_path, "init")
    for number in range(7):
        (tmp_path / "poetry.lock").write_text(str(number), encoding="utf-8")
        commit(tmp_path)

    everything = list(proof.moments(tmp_path, 9))
    assert len(everything) == 7
    assert list(proof.moments(tmp_path, 3)) == [everything[0], everything[3], everything[6]]
    assert list(proof.moments(tmp_path, 1)) == [everything[0]]


def test_folder_of_projects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is no clone has projects; one that has none proves nothing, and a broken lock is no proof."""
    write_project(tmp_path / "projects" / "one", [locked("a")], ONE)
    broken = write_project(tmp_path / "projects" / "two", [locked("a")], ONE)
    (broken / "poetry.lock").write_text("[", encoding="utf-8")

    assert proof.main([str(tmp_path / "projects"), "--ignores", "0"]) == 0
    out = capsys.readouterr().out
    assert "| one |  | 1 | 2.1 | 1 of 1 |" in out
    assert "Poetry itself refuses some locks (1):" in out
    assert proof.main([str(tmp_path)]) == 1

"""The proof that anybody can repeat on clones of public projects."""

import subprocess
from pathlib import Path

import pytest

from tests.kit import CLASSIC, locked, write_project
from tools import proof

PYPROJECT = CLASSIC + 'a = "*"\n'


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
    write_project(clone, [locked("a")], PYPROJECT)
    commit(clone)
    write_project(clone, [locked("a", "2.0", requires=["b"]), locked("b")], PYPROJECT)
    write_project(clone / "services" / "api", [locked("a")], PYPROJECT)
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
    write_project(tmp_path / "projects" / "one", [locked("a")], PYPROJECT)
    broken = write_project(tmp_path / "projects" / "two", [locked("a")], PYPROJECT)
    (broken / "poetry.lock").write_text("[", encoding="utf-8")

    assert proof.main([str(tmp_path / "projects"), "--ignores", "0"]) == 0
    out = capsys.readouterr().out
    assert "| one |  | 1 | 2.1 | 1 of 1 |" in out
    assert "Poetry itself refuses some locks (1):" in out
    assert proof.main([str(tmp_path)]) == 1


def test_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lock that cannot be pinned counts as a fault."""
    source = {"type": "url", "url": "file:///somewhere/a-1.0.zip"}
    write_project(tmp_path / "one", [locked("a", source=source)], PYPROJECT)

    assert proof.main([str(tmp_path), "--ignores", "0"]) == 1
    assert "| 0 of 1 | 0 | 1 |" in capsys.readouterr().out

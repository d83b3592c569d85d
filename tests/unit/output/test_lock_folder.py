"""The folder of the lock project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.output import lock_folder
from poetry_plugin_lock_package.output.lock_folder import staged_lock_project
from poetry_plugin_lock_package.pyproject import LockProject, write_files
from tests.kit import tree

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = LockProject("a-lock", "a_lock", "1.0", "# Made by nobody\n", "", "")


def test_taken_back(tmp_path: Path) -> None:
    """A new lock project goes again with all that was put into it, if the block fails."""
    with pytest.raises(OutputError), staged_lock_project(PROJECT, tmp_path) as folder:
        (folder / "a_lock").mkdir()

    assert not list(tmp_path.iterdir())


def test_kept(tmp_path: Path) -> None:
    """It stays if the block does not fail."""
    with staged_lock_project(PROJECT, tmp_path) as folder:
        pass

    assert folder == tmp_path / "a-lock"
    assert (folder / "pyproject.toml").read_text(encoding="utf-8") == "# Made by nobody\n"


def test_made_by_another_run_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that appears while the files are written belongs to another run, and stays."""

    def write(lock_project: LockProject, folder: Path) -> None:
        write_files(lock_project, folder)
        write_files(lock_project, tmp_path / "a-lock")

    monkeypatch.setattr(lock_folder, "write_files", write)

    with pytest.raises(OutputError, match="a-lock cannot be written"), staged_lock_project(PROJECT, tmp_path):
        pytest.fail("it was overwritten")  # pragma: no cover

    assert [path.name for path in tmp_path.iterdir()] == ["a-lock"]
    assert len(tree(tmp_path)) == 3

"""Removing files and folders in a way that can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.output.removal import removed
from tests.kit import tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_text("a")
    (folder / "b").mkdir()
    (folder / "b" / "c").write_text("c")
    return folder


def test_removed(folder: Path) -> None:
    """When the block has ended, files and folders are gone."""
    with removed([folder / "a", folder / "b"], folder.parent / "scratch"):
        pass

    assert not [*folder.iterdir()]


def test_taken_back(folder: Path) -> None:
    """If the block fails, they are where they were."""
    before = tree(folder)

    with pytest.raises(KeyboardInterrupt), removed([folder / "a", folder / "b"], folder.parent / "scratch"):
        raise KeyboardInterrupt

    assert tree(folder) == before


def test_cannot_be_removed(folder: Path) -> None:
    """If one of them cannot be moved, none is."""
    before = tree(folder)

    with (
        pytest.raises(OutputError, match=r"none cannot be removed: No such file or directory$"),
        removed([folder / "a", folder / "none"], folder.parent / "scratch"),
    ):
        pass

    assert tree(folder) == before

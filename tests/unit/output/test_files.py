"""What file systems differ in."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package.output import files
from poetry_plugin_lock_package.output.files import is_link, remove_tree
from tests.kit import posix_only

if TYPE_CHECKING:
    from collections.abc import Callable

LINKS = posix_only("Windows lets only privileged users make symbolic links")


@LINKS
def test_symbolic_link(tmp_path: Path) -> None:
    """A symbolic link is one, whether there is something behind it or not; other things are none."""
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")

    assert [is_link(tmp_path / name) for name in ("link", "dangling", "missing", "")] == [True, True, False, False]


def test_junction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A junction is a link: Windows tells it by a tag, which `is_symlink` does not look for."""
    monkeypatch.setattr(Path, "is_symlink", lambda _: False)
    monkeypatch.setattr(Path, "lstat", lambda _: SimpleNamespace(st_reparse_tag=0xA0000003))

    assert is_link(tmp_path)


@pytest.fixture
def read_only(tmp_path: Path) -> Path:
    """A folder with read-only files."""
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    for file in (folder / "a", folder / "inner" / "b"):
        file.touch()
        file.chmod(stat.S_IREAD)
    return folder


def test_remove_tree(read_only: Path) -> None:
    """A folder goes with all in it, read-only files as well."""
    remove_tree(read_only)

    assert not read_only.exists()


def as_on_windows(rmtree: Callable[[Path], None]) -> Callable[[Path], None]:
    def remove(folder: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and not path.lstat().st_mode & stat.S_IWRITE:
                raise PermissionError
        rmtree(folder)

    return remove


@LINKS
def test_remove_tree_where_files_are_kept(read_only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a read-only file cannot be removed, it is made writable first, but nothing behind a link is."""
    outside = read_only.parent / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (outside / "file").chmod(stat.S_IREAD)
    (read_only / "link").symlink_to(outside)
    (read_only / "inner" / "link").symlink_to(outside / "file")
    monkeypatch.setattr(files, "rmtree", as_on_windows(shutil.rmtree))

    remove_tree(read_only)

    assert not read_only.exists()
    assert stat.S_IMODE((outside / "file").lstat().st_mode) == stat.S_IREAD


def test_remove_tree_that_stays(read_only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be removed even then is an error."""

    def refuse(_: Path) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(files, "rmtree", refuse)

    with pytest.raises(PermissionError, match="in use"):
        remove_tree(read_only)

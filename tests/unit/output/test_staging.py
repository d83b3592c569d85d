"""Where files are made before they are put in place."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.output import staging
from poetry_plugin_lock_package.output.staging import in_place, staging_folder
from tests.kit import posix_only

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKS = posix_only("Windows lets only privileged users make symbolic links")
# Linux has it nearly everywhere, in memory.
OTHER = Path("/dev/shm")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    if not OTHER.is_dir() or OTHER.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is only one file system")
    with tempfile.TemporaryDirectory(dir=OTHER) as folder:
        yield Path(folder)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (("here", "here"), "temporary"),
        (("there", "here"), "cache"),
        (("missing", "here"), "cache"),
        (("there", "there"), "project"),
        (("there", "missing"), "project"),
    ],
)
def test_place(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, places: tuple[str, str], expected: str
) -> None:
    """The folder is where a rename into the target is one step, in the project only if there is no other place."""
    temporary, cache = places
    folders = {
        "temporary": (elsewhere if temporary == "there" else tmp_path) / "temporary",
        "cache": (elsewhere if cache == "there" else tmp_path) / "cache",
        "project": tmp_path / "project",
    }
    for folder in folders.values():
        folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folders["temporary"] / ("x" if temporary == "missing" else "")))
    monkeypatch.setattr(staging, "DEFAULT_CACHE_DIR", folders["cache"] / ("x" if cache == "missing" else ""))
    default = tempfile.tempdir

    with staging_folder(folders["project"] / "dist" / "deeper", "it") as folder:
        assert folder.parent == folders[expected]
        assert Path(tempfile.mkdtemp()).parent == folder
        (folder / "file").touch()
        (folder / "file").rename(folders["project"] / "file")

    assert tempfile.tempdir == default
    (folders["project"] / "file").unlink()
    assert not [path for other in folders.values() for path in other.iterdir()]


def test_nowhere(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be made, that is an error that says what was to be."""
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    monkeypatch.setattr(staging, "DEFAULT_CACHE_DIR", elsewhere)

    with (
        pytest.raises(OutputError, match="The wheel cannot be written: No such file"),
        staging_folder(Path("/proc/self/dist"), "The wheel"),
    ):
        pytest.fail("there is no such place")  # pragma: no cover


def test_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no folder for temporary files, Poetry's cache is the next place."""

    def missing() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", missing)
    monkeypatch.setattr(staging, "DEFAULT_CACHE_DIR", tmp_path)

    with staging_folder(tmp_path / "dist", "it") as folder:
        assert folder.parent == tmp_path


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder with the new files `0` and `1`."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    for name in "01":
        (folder / name).write_text("new")
    return folder


@pytest.fixture(params=[True, False], ids=["hard links", "no hard links"])
def _hard_links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not request.param:
        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("_hard_links")
@pytest.mark.parametrize(
    "there",
    [
        "nothing",
        "file",
        *(pytest.param(there, marks=LINKS) for there in ("link", "broken link")),
        pytest.param("file of the longest name", marks=posix_only("Windows counts the folders as well")),
    ],
)
@pytest.mark.parametrize("error", [OutputError, ValueError, KeyboardInterrupt])
def test_all_or_none(tmp_path: Path, scratch: Path, error: type[BaseException], there: str) -> None:
    """If the second file cannot be moved, or the block fails, all is as before: files, links and missing folders."""
    output = tmp_path / "a" / "b"
    target = output / ("x" * 255 if there == "file of the longest name" else "x")
    if there != "nothing":
        output.mkdir(parents=True)
    if there.startswith("file"):
        target.write_text("old")
    elif there == "link":
        (tmp_path / "elsewhere").write_text("old")
    if "link" in there:
        target.symlink_to(tmp_path / "elsewhere")
    second = tmp_path / "second"
    if error is OutputError:
        second.mkdir()
    before = _tree(tmp_path, scratch)

    with pytest.raises(error), in_place({scratch / "0": target, scratch / "1": second}, scratch):
        _fail(error, target)

    assert _tree(tmp_path, scratch) == before


def _fail(error: type[BaseException], target: Path) -> None:
    assert (target.read_text(), target.is_symlink()) == ("new", False)
    raise error


def _tree(folder: Path, scratch: Path) -> dict[Path, tuple[bool, bytes | None]]:
    return {
        path: (path.is_symlink(), path.read_bytes() if path.is_file() else None)
        for path in folder.rglob("*")
        if scratch not in path.parents
    }


def test_in_place(tmp_path: Path, scratch: Path) -> None:
    """Otherwise the files are where they shall be, and replace what was there."""
    (tmp_path / "there").write_text("old")
    files = {scratch / "0": tmp_path / "missing" / "x", scratch / "1": tmp_path / "there"}

    with in_place(files, scratch):
        pass

    assert [target.read_text() for target in files.values()] == ["new", "new"]

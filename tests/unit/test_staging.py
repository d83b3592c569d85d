"""Where files are made before they are put in place."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package import staging
from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.staging import staging_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

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

"""Where files are made before they are put in place."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.output.staging import in_place, staging_folder
from tests.kit import posix_only

LINKS = posix_only("Windows lets only privileged users make symbolic links")


@pytest.mark.parametrize("target", ["", "dist", "dist/deeper"])
def test_place(tmp_path: Path, target: str) -> None:
    """The folder is in the target, or in the nearest folder above it that exists, and gone afterwards."""
    default = tempfile.tempdir

    with staging_folder(tmp_path / target, "it") as folder:
        assert folder.parent == tmp_path
        assert folder.name.startswith(".lock-package-")
        assert Path(tempfile.mkdtemp()).parent == folder
        (folder / "file").touch()
        (folder / "file").rename(tmp_path / "file")

    assert tempfile.tempdir == default
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_without_a_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not to be kept is made in the system's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with staging_folder(None, "it") as folder:
        assert folder.parent == tmp_path

    assert not [*tmp_path.iterdir()]


def test_no_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no folder for temporary files, that is an error that says what was to be."""

    def missing() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", missing)

    with (
        pytest.raises(OutputError, match="The wheel cannot be written: No usable temporary directory found"),
        staging_folder(None, "The wheel"),
    ):
        pytest.fail("there is no such place")  # pragma: no cover


@posix_only("Windows has no such folder")
@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder in which nobody can make anything")
def test_nowhere() -> None:
    """Where nothing can be made, that is an error that says what was to be."""
    with (
        pytest.raises(OutputError, match="The wheel cannot be written: No such file"),
        staging_folder(Path("/proc/self/dist"), "The wheel"),
    ):
        pytest.fail("there is no such place")  # pragma: no cover


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

"""Putting files in place: all or nothing, from a temporary folder in the target, whatever interrupts the run."""

import errno
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from poetry_plugin_lock_package import deliver
from poetry_plugin_lock_package.deliver import (
    in_place,
    interruptible,
    remove_tree,
    staging_folder,
    write_lock_project,
)
from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.pyproject import LockProject, write_files
from tests.kit import posix_only, tree

LINKS = posix_only("Windows lets only privileged users make symbolic links")
PROJECT = LockProject("a-lock", "# Made by nobody\n", "", "")


@pytest.mark.parametrize("target", ["", "dist", "dist/deeper"])
def test_staging_folder(tmp_path: Path, target: str) -> None:
    """It is in the target, or in the nearest folder above it that exists, and gone afterwards."""
    default = tempfile.tempdir

    with staging_folder(tmp_path / target, "it") as folder:
        assert folder.parent == tmp_path
        assert folder.name.startswith(".lock-package-")
        assert Path(tempfile.mkdtemp()).parent == folder
        (folder / "file").touch()
        (folder / "file").rename(tmp_path / "file")

    assert tempfile.tempdir == default
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_staging_without_a_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not kept is made in the system's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with staging_folder(None, "it") as folder:
        assert folder.parent == tmp_path

    assert not [*tmp_path.iterdir()]


def test_no_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no folder for temporary files, the error says what could not be written."""

    def missing() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", missing)

    with (
        pytest.raises(OutputError, match="The wheel cannot be written: No usable temporary directory found"),
        staging_folder(None, "The wheel"),
    ):
        pytest.fail("there is no such place")  # pragma: no cover


@LINKS
def test_remove_tree(tmp_path: Path) -> None:
    """A folder goes with all in it, read-only files as well; nothing behind a link is changed."""
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    (folder / "inner").mkdir(parents=True)
    outside.mkdir()
    for file in (folder / "a", folder / "inner" / "b", outside / "c"):
        file.touch()
        file.chmod(stat.S_IREAD)
    (folder / "link").symlink_to(outside)
    (folder / "inner" / "link").symlink_to(outside / "c")
    (folder / "inner").chmod(stat.S_IREAD | stat.S_IEXEC)

    remove_tree(folder)

    assert not folder.exists()
    assert stat.S_IMODE((outside / "c").stat().st_mode) == stat.S_IREAD


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder with the new files `0` and `1`."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    for name in "01":
        (folder / name).write_text("new")
    return folder


def _state(folder: Path, scratch: Path) -> dict[Path, tuple[bool, bytes | None]]:
    return {
        path: (path.is_symlink(), path.read_bytes() if path.is_file() else None)
        for path in folder.rglob("*")
        if scratch not in path.parents
    }


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
    """If the second file cannot be moved, or the block fails, all is as before: files, links, folders."""
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
    second, stale = tmp_path / "second", tmp_path / "stale"
    stale.mkdir()
    (stale / "file").write_text("stale")
    if error is OutputError:
        second.mkdir()
    before = _state(tmp_path, scratch)

    with pytest.raises(error), in_place({scratch / "0": target, scratch / "1": second}, scratch, tmp_path, [stale]):
        _fail(error, target, stale)

    assert _state(tmp_path, scratch) == before


def _fail(error: type[BaseException], target: Path, stale: Path) -> None:
    assert (target.read_text(), target.is_symlink(), stale.exists()) == ("new", False, False)
    raise error


def test_in_place(tmp_path: Path, scratch: Path) -> None:
    """If nothing fails, the new files have replaced the old ones, and what was to be removed is gone."""
    for name in ("there", "stale"):
        (tmp_path / name).write_text("old")
    files = {scratch / "0": tmp_path / "missing" / "x", scratch / "1": tmp_path / "there"}

    with in_place(files, scratch, tmp_path, [tmp_path / "stale"]):
        pass

    assert [target.read_text() for target in files.values()] == ["new", "new"]
    assert not (tmp_path / "stale").exists()


def test_cannot_be_removed(tmp_path: Path, scratch: Path) -> None:
    """If one file cannot be removed, none is."""
    (tmp_path / "a").touch()

    with (
        pytest.raises(OutputError, match=r"none cannot be removed: No such file or directory$"),
        in_place({}, scratch, tmp_path, [tmp_path / "a", tmp_path / "none"]),
    ):
        pytest.fail("it was removed")  # pragma: no cover

    assert (tmp_path / "a").exists()


def test_new_lock_project(tmp_path: Path) -> None:
    """A new lock project is there when it is complete, and gone if the run fails then."""

    def fail() -> None:
        assert (tmp_path / "a-lock" / "pyproject.toml").is_file()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_lock_project(PROJECT, tmp_path, fail)
    assert not [*tmp_path.iterdir()]

    assert write_lock_project(PROJECT, tmp_path).files[0] == "a-lock/pyproject.toml"
    assert (tmp_path / "a-lock" / "pyproject.toml").read_text(encoding="utf-8") == "# Made by nobody\n"


def test_lock_project_of_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that appears while the files are written belongs to another run, and stays."""

    def write(lock_project: LockProject, folder: Path) -> None:
        write_files(lock_project, folder)
        write_files(lock_project, tmp_path / "a-lock")

    monkeypatch.setattr(deliver, "write_files", write)

    with pytest.raises(OutputError, match=r"^a-lock cannot be written"):
        write_lock_project(PROJECT, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["a-lock"]
    assert len(tree(tmp_path)) == 3


@pytest.fixture
def _default_handlers() -> Iterator[None]:
    """Whoever started the tests in the background may have signals ignored."""
    numbers: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in numbers.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@posix_only("Windows has no such signals between processes")
@pytest.mark.usefixtures("_default_handlers")
@pytest.mark.parametrize(("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)])
def test_interrupted(number: signal.Signals, error: type[BaseException]) -> None:
    """A signal raises until all is in place, and is ignored from then to the end of the block."""
    handler = signal.getsignal(number)

    with pytest.raises(error) as caught, interruptible():
        signal.raise_signal(number)
    with interruptible() as commit:
        commit()
        commit()
        signal.raise_signal(number)

    assert signal.getsignal(number) is handler
    if error is SystemExit:
        assert caught.value.args == (128 + number,)


@posix_only("Windows has no such signal")
def test_other_handlers() -> None:
    """A signal that is ignored, as `nohup` does, stays ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_thread() -> None:
    """In another thread no handler can be set, and that is no error."""
    done = []

    def run() -> None:
        with interruptible() as commit:
            commit()
            done.append(True)

    thread = Thread(target=run)
    thread.start()
    thread.join()

    assert done == [True]

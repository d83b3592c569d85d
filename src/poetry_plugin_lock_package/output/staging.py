"""A temporary folder for new files, and the step that moves them into place."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from shutil import copy2, rmtree
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.output.files import remove_tree
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# On Windows, Python 3.13 would keep others from all files that are made in a private folder, even when they are moved
# out of it.
_MODE = 0o777 if os.name == "nt" else 0o700


@contextmanager
def staging_folder(target: Path | None, what: str) -> Iterator[Path]:
    """A new temporary folder for ``what``, from which files can be renamed into ``target``, which need not exist.

    It is in ``target``, or in the nearest folder above it that exists. So files get the group and the default ACL of
    that folder, and a rename is atomic because it does not leave the file system. Without ``target``, it is in the
    system's folder for temporary files. It is removed afterwards, with all temporary files that other code makes
    meanwhile. Raises OutputError, which names ``what``, if the folder cannot be made, and for every OSError in the
    block.
    """
    default = tempfile.tempdir
    try:
        target = target or Path(tempfile.gettempdir())
        existing = next(folder for folder in (target, *target.parents) if folder.is_dir())
    except (OSError, ValueError) as error:
        # The name of the folder is invalid, or the system has no folder for temporary files.
        raise OutputError(f"{what} cannot be written: {message_of(error)}") from None
    # Choose the name first: whenever Ctrl-C comes, the folder can be found and removed.
    folder = existing / f".lock-package-{token_hex(8)}"
    try:
        try:
            folder.mkdir(mode=_MODE)
            tempfile.tempdir = str(folder)
            yield folder
        except OSError as error:
            raise OutputError(f"{what} cannot be written: {message_of(error)}") from None
        finally:
            _remove(folder)
    finally:
        # Again, because Ctrl-C may have interrupted the first time.
        _remove(folder)
        tempfile.tempdir = default


def _remove(folder: Path) -> None:
    with suppress(OSError):
        remove_tree(folder)
    # What cannot be removed shall not keep the rest.
    rmtree(folder, ignore_errors=True)


@contextmanager
def in_place(files: Mapping[Path, Path], scratch: Path) -> Iterator[None]:
    """Move each of ``files`` to the path that it maps to; undo all moves if the block fails.

    Each move atomically replaces an older file, of which ``scratch`` keeps a copy until the block ends. ``scratch``
    has to be on the same file system. Missing folders are created, and removed again if the block fails. Raises
    OutputError if a file cannot be moved.
    """
    with ExitStack() as undo:
        for number, (file, target) in enumerate(files.items()):
            _move(file, target, scratch / f".kept-{number}", undo)
        yield
        undo.pop_all()


def _move(file: Path, target: Path, kept: Path, undo: ExitStack) -> None:
    try:
        # Register how to undo a step before the step, so that Ctrl-C cannot come in between.
        for folder in reversed(target.parents):
            if not folder.exists():
                undo.callback(_remove_empty, folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or target.is_file():
            _keep(target, kept)
        undo.callback(_take_back, file, target, kept)
        file.replace(target)
    except OSError as error:
        raise OutputError(f"{target.parent.name}/{target.name} cannot be written: {message_of(error)}") from None


def _keep(target: Path, kept: Path) -> None:
    try:
        os.link(target, kept, follow_symlinks=False)
    except (OSError, NotImplementedError):
        # Not every file system has hard links.
        copy2(target, kept, follow_symlinks=False)


def _take_back(file: Path, target: Path, kept: Path) -> None:
    # Still staged, so the target belongs to another run.
    if not file.exists():
        # If this fails, the cause is most likely the error that is being reported.
        with suppress(OSError):
            kept.replace(target) if os.path.lexists(kept) else target.unlink()


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()

"""A place to make files in before they are put in place in one step."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import TYPE_CHECKING

from poetry.locations import DEFAULT_CACHE_DIR

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.messages import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def staging_folder(target: Path, what: str) -> Iterator[Path]:
    """A new folder to make ``what`` in, from which it can be renamed into the folder ``target``, if that exists or not.

    It is gone afterwards, with all temporary files that others made in the meantime. A rename is one step only
    within a file system: the system's folder for temporary files is taken if it is on the right one, else Poetry's
    cache. Where neither is, the only place left is beside ``target``, and what a run leaves there if it is killed
    cannot be helped. Raises OutputError, which names ``what``, if there is no place at all, and for every OSError
    in the block.
    """
    try:
        existing = next(folder for folder in (target, *target.parents) if folder.is_dir())
    except (OSError, ValueError) as error:
        # A name that no folder can have.
        raise OutputError(f"{what} cannot be written: {message_of(error)}") from None
    # The name comes first, so that there is no moment at which Ctrl-C leaves a folder that nobody knows.
    name = f".lock-package-{token_hex(8)}"
    places = [Path(tempfile.gettempdir(), name), DEFAULT_CACHE_DIR / name, existing / name]
    default = tempfile.tempdir
    try:
        try:
            folder = _make_first(places, existing)
            tempfile.tempdir = str(folder)
            yield folder
        except OSError as error:
            raise OutputError(f"{what} cannot be written: {error.strerror}") from None
        finally:
            _remove(places)
    finally:
        # Again, because Ctrl-C may have come in between.
        _remove(places)
        tempfile.tempdir = default


def _make_first(places: Sequence[Path], target: Path) -> Path:
    for place in places[:-1]:
        with suppress(OSError):
            place.mkdir(mode=0o700)
            _try_to_rename(place, target)
            return place
    places[-1].mkdir(mode=0o700)
    return places[-1]


def _try_to_rename(source: Path, target: Path) -> None:
    """Raise OSError unless files can be renamed from the folder ``source`` into the folder ``target``."""
    if source.stat().st_dev != target.stat().st_dev:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    # One file system may be mounted twice, and renaming does not cross mounts: the system says so before it
    # looks whether there is such a file.
    with suppress(FileNotFoundError):
        (source / "none").rename(target / source.name)


def _remove(folders: Sequence[Path]) -> None:
    for folder in folders:
        rmtree(folder, ignore_errors=True)

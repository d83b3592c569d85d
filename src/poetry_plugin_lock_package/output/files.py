"""What file systems differ in: links, and files that cannot be removed at once."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

# IO_REPARSE_TAG_MOUNT_POINT of Windows. `os.path.isjunction` is there from Python 3.12 on.
_JUNCTION = 0xA0000003


def is_link(path: Path) -> bool:
    """Whether ``path`` is a symbolic link or a junction of Windows, so that what is in it may be elsewhere."""
    if path.is_symlink():
        return True
    try:
        return getattr(path.lstat(), "st_reparse_tag", 0) == _JUNCTION
    except (OSError, ValueError):
        return False


def remove_tree(folder: Path) -> None:
    """Remove ``folder`` with all in it, also what is read-only: Windows does not remove that as it is.

    Raises OSError if it cannot be removed.
    """
    try:
        rmtree(folder)
    except PermissionError:
        for parent, folders, names in os.walk(folder):
            # Before Python 3.12, a junction is a folder for `os.walk`.
            folders[:] = [name for name in folders if not is_link(Path(parent, name))]
            for path in (Path(parent), *(Path(parent, name) for name in names)):
                with suppress(OSError):
                    _make_writable(path)
        rmtree(folder)


def _make_writable(path: Path) -> None:
    # Never through a link: its target is none of ours.
    if not is_link(path):
        path.chmod(path.stat().st_mode | stat.S_IWRITE)

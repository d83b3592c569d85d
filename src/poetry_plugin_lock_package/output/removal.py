"""Removing files and folders in a way that can be taken back."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@contextmanager
def removed(paths: Iterable[Path], scratch: Path) -> Iterator[None]:
    """Move ``paths`` into ``scratch``, a folder on the same file system that is removed later.

    If the block fails, they are where they were. Raises OutputError if one cannot be moved.
    """
    with ExitStack() as undo:
        for number, path in enumerate(paths):
            kept = scratch / f".removed-{number}"
            # How to undo the step is noted before it, so that Ctrl-C cannot come in between.
            undo.callback(_put_back, kept, path)
            try:
                path.rename(kept)
            except OSError as error:
                raise OutputError(f"{path.name} cannot be removed: {message_of(error)}") from None
        yield
        undo.pop_all()


def _put_back(kept: Path, path: Path) -> None:
    if kept.exists():
        kept.rename(path)

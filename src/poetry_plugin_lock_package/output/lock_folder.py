"""The folder of the lock project: written beside pyproject.toml, and found."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.output.files import is_link, remove_tree
from poetry_plugin_lock_package.output.staging import in_place, staging_folder
from poetry_plugin_lock_package.pyproject import (
    HEADER,
    files_of,
    module_of,
    write_files,
)
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from poetry_plugin_lock_package.pyproject import LockProject


@contextmanager
def staged_lock_project(lock_project: LockProject, parent: Path) -> Iterator[Path]:
    """Write ``lock_project`` to the folder of its name in ``parent``, and give that folder.

    A lock project that is there is updated. If the block fails, everything is as before. Raises OutputError if
    something else has the name.
    """
    folder = parent / lock_project.name
    with staging_folder(parent, lock_project.name) as scratch:
        earlier = find_lock_project(lock_project.name, parent)
        staged = scratch / lock_project.name
        write_files(lock_project, staged)
        if earlier:
            # pyproject.toml last: until it is replaced, the pins have not changed.
            with in_place({staged / file: folder / file for file in reversed(files_of(lock_project))}, scratch):
                yield folder
        else:
            with ExitStack() as undo:
                undo.callback(_take_back, staged, folder)
                staged.rename(folder)
                yield folder
                undo.pop_all()


def _take_back(staged: Path, folder: Path) -> None:
    # If it is still staged, the folder is that of another run.
    if not staged.exists():
        remove_tree(folder)


def find_lock_project(name: str, parent: Path) -> Path | None:
    """The folder of the lock project ``name`` in ``parent``, or None if there is none.

    Raises OutputError if something else is there, or a link in it leads elsewhere.
    """
    folder = parent / name
    try:
        if not is_link(folder) and not folder.exists():
            return None
    except OSError as error:
        raise OutputError(f"{name} cannot be written: {message_of(error)}") from None
    try:
        with (folder / "pyproject.toml").open(encoding="utf-8") as file:
            has_header = file.readline().rstrip() == HEADER
    except (OSError, UnicodeDecodeError):
        has_header = False
    if not has_header or any(is_link(path) for path in (folder, folder / module_of(name), folder / "tests")):
        raise OutputError(f"{folder.name} already exists and is not a lock project. Rename or remove it")
    return folder

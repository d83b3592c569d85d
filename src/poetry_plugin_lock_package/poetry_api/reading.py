"""Reading what others have written, by means of Poetry, which raises whatever its parsers do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from poetry.core.pyproject.toml import PyProjectTOML

from poetry_plugin_lock_package.errors import LockPackageError, ProjectFileError
from poetry_plugin_lock_package.poetry_api.quiet_logging import quiet_logging
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from poetry.poetry import Poetry


@contextmanager
def translate_errors(error_for: Callable[[str], LockPackageError]) -> Iterator[None]:
    """Turn whatever Poetry's readers raise into the error that ``error_for`` makes of its message.

    They do not validate all they read: a file that somebody has merged badly makes them raise a
    KeyError, a TypeError or an error of one of their parsers, and each is a damaged file.
    """
    try:
        yield
    except LockPackageError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever its parsers raise
        # Not chained: the original message may have an address with a password in it, or a path.
        raise error_for(message_of(error)) from None


def load_project(load: Callable[[], Poetry]) -> Poetry:
    """The project that ``load`` makes Poetry load; raises ProjectFileError if it cannot.

    What Poetry logs meanwhile is left out: it names folders of this machine.
    """
    with translate_errors(ProjectFileError), quiet_logging("poetry"):
        return load()


def read_pyproject(poetry: Poetry) -> dict[str, Any]:
    """What is in the pyproject.toml of ``poetry``, which has been loaded from it.

    Not by ``poetry.pyproject``, which keeps comments too and takes many times as long.
    """
    return PyProjectTOML(poetry.pyproject_path).data

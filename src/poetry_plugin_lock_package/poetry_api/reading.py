"""Loading a project with Poetry, whose errors become those of this plugin."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from poetry.core.pyproject.toml import PyProjectTOML

from poetry_plugin_lock_package.errors import LockPackageError, NoProjectError, ProjectFileError
from poetry_plugin_lock_package.poetry_api.quiet_logging import quiet_logging
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from poetry.poetry import Poetry


@contextmanager
def translate_errors(error_for: Callable[[str], LockPackageError]) -> Iterator[None]:
    """Turn any exception of Poetry's readers into the error that ``error_for`` makes of its message.

    Poetry does not validate everything that it reads. A file that was merged badly makes it raise a KeyError, a
    TypeError or an error of one of its parsers.
    """
    try:
        yield
    except LockPackageError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever its parsers raise
        # Not chained: the original message may contain a path, or an address with a password.
        raise error_for(message_of(error)) from None


def load_project(load: Callable[[], Poetry]) -> Poetry:
    """The project that ``load`` makes Poetry load.

    Nothing that Poetry logs meanwhile is shown, because it names folders of this machine. Raises NoProjectError or
    ProjectFileError if the project cannot be loaded.
    """
    with translate_errors(_project_error), quiet_logging("poetry"):
        return load()


def _project_error(problem: str) -> LockPackageError:
    # Poetry raises a RuntimeError without a type or a code of its own (`Factory.locate`).
    return NoProjectError() if "could not find a pyproject.toml" in problem else ProjectFileError(problem)


def read_pyproject(poetry: Poetry) -> dict[str, Any]:
    """The contents of the pyproject.toml from which ``poetry`` was loaded.

    This does not use ``poetry.pyproject``, which keeps comments and takes many times as long.
    """
    return PyProjectTOML(poetry.pyproject_path).data

"""All of Poetry that is private or may change, so that a new release of Poetry needs changes in one place."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from poetry.core.pyproject.toml import PyProjectTOML

from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from poetry.poetry import Poetry


@contextmanager
def quiet_logging() -> Iterator[None]:
    """Log nothing in the block: Poetry and poetry-core log folders of this machine, and wheels that are moved later."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def translate_errors(error_for: Callable[[str], LockPackageError]) -> Iterator[None]:
    """Turn any exception of Poetry's readers into the error that ``error_for`` returns for its message.

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
    """Call ``load``, which loads a project; raise LockPackageError if that is not possible."""
    with translate_errors(unreadable_project), quiet_logging():
        return load()


def unreadable_project(problem: str) -> LockPackageError:
    """Return the error for a project that Poetry cannot load because of ``problem``."""
    # Poetry raises a RuntimeError without a type or a code of its own (`Factory.locate`).
    if "could not find a pyproject.toml" in problem:
        return LockPackageError(
            "Poetry could not find a pyproject.toml file in this folder or its parents. Run this in a Poetry project,"
            " or name its folder with --project"
        )
    return LockPackageError(
        f"The project cannot be loaded from pyproject.toml: {problem}. Correct that, then run again"
    )


def read_pyproject(poetry: Poetry) -> dict[str, Any]:
    """Return the contents of the pyproject.toml from which ``poetry`` was loaded.

    This does not use ``poetry.pyproject``, which keeps comments and takes many times as long.
    """
    return PyProjectTOML(poetry.pyproject_path).data

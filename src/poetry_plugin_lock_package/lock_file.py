"""A poetry.lock as data, and the errors about one that is of no use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any


@dataclass(frozen=True, slots=True)
class LockFile:
    """A poetry.lock that is up to date."""

    data: Mapping[str, Any]
    """Its contents."""
    digest: str
    """The SHA-256 of the file with Unix line endings, because git may change them."""
    folder: Path
    """The folder that it is in. It must never be shown or written."""


def unreadable(problem: str) -> LockError:
    """The error for a lock that cannot be read."""
    return LockError(f"poetry.lock cannot be read: {problem}. Run `poetry lock` to create it again")


def unreadable_entry(name: str, problem: str) -> LockError:
    """The error for the entry of the package ``name`` that cannot be read."""
    return unreadable(f"the entry of {one_line(name)!r} has an error: {problem}")


def inconsistent(problem: str) -> LockError:
    """The error for a lock whose packages do not fit together."""
    return LockError(f"poetry.lock is inconsistent: {problem}. Run `poetry lock` to make it anew")

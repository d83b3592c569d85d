"""Poetry's ``Locker``: whether there is a lock that is up to date, what it contains, and its packages for the solver.

Only a private attribute says which file a locker reads; it is the same from Poetry 2.1 on.
"""

from __future__ import annotations

from copy import copy
from functools import partial
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from poetry.packages import Locker

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.lock_file import LockFile, unreadable, unreadable_entry
from poetry_plugin_lock_package.poetry_api import quiet_logging, translate_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from poetry.core.packages.package import Package
    from poetry.poetry import Poetry


def read_lock(poetry: Poetry) -> LockFile:
    """The lock of ``poetry``. Raises LockError if it is missing, out of date, damaged, or in an unknown format."""
    locker = poetry.locker
    if not locker.is_locked():
        raise LockError("poetry.lock does not exist. Run `poetry lock` to create it")
    if not locker.lock.is_file():
        # A pipe or a device may never end.
        raise LockError("poetry.lock is not a file. Remove it, and run `poetry lock` to create it again")
    with translate_errors(unreadable):
        data = locker.lock_data
        fresh = is_fresh(locker)
    if not fresh:
        # The message of `poetry install` and `poetry export`.
        raise LockError(
            "pyproject.toml changed significantly since poetry.lock was last generated."
            " Run `poetry lock` to fix the lock file"
        )
    return LockFile(data, sha256(locker.lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest(), locker.lock.parent)


def is_fresh(locker: Locker) -> bool:
    """Whether poetry.lock fits pyproject.toml, by Poetry's rule (``Locker.is_fresh``).

    Poetry would parse the whole file again and then use two lines of it. So a copy of the locker gets only these: its
    class, and whatever another plugin has changed in it, still count.
    """
    with locker.lock.open(encoding="utf-8") as file:
        made_by = file.readline().rstrip()
    hashed = {name: value for name, value in locker.lock_data["metadata"].items() if name == "content-hash"}
    asked = copy(locker)
    asked._lock = excerpt = _Excerpt(locker.lock)  # noqa: SLF001
    excerpt.text = f"# {made_by}\n{tomlkit.dumps({'metadata': hashed})}"
    return asked.is_fresh()


class _Excerpt(type(Path())):  # type: ignore[misc] # Path itself cannot be a base before Python 3.12
    """A path that reads as ``text``, whatever is in the file."""

    text: str

    def open(self, mode: str = "r", *_: object, **__: object) -> BytesIO | StringIO:
        return BytesIO(self.text.encode()) if "b" in mode else StringIO(self.text)


class _Part(Locker):
    """A locker for ``lock``, of which it has one entry at a time."""

    def __init__(self, lock: LockFile) -> None:
        super().__init__(lock.folder / "poetry.lock", {})
        self._whole = lock.data
        self.entry: Mapping[str, Any] = {}

    @property
    def lock_data(self) -> dict[str, Any]:
        return {**self._whole, "package": [self.entry]}


def read_packages(lock: LockFile) -> list[Package]:
    """The packages of ``lock`` as Poetry's solver needs them, in the order of the file."""
    part = _Part(lock)
    packages = []
    with quiet_logging():
        for part.entry in lock.data["package"]:
            # Poetry's own errors do not name the package.
            with translate_errors(partial(unreadable_entry, part.entry["name"])):
                packages += part.locked_repository().packages
    return packages

"""What takes Poetry's ``Locker`` long, asked of it in a way that does not."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit
from poetry.core.pyproject.toml import PyProjectTOML
from poetry.packages import Locker

if TYPE_CHECKING:
    from typing import Any

    from poetry.poetry import Poetry


def is_fresh(poetry: Poetry) -> bool:
    """Whether the lock was made for pyproject.toml as it is, by Poetry's rule (``Locker.is_fresh``).

    For this, Poetry parses the whole file once more, and then looks at two lines. So it is given these.
    """
    locker = poetry.locker
    with locker.lock.open(encoding="utf-8") as file:
        made_by = file.readline().rstrip()
    hashed = {name: value for name, value in locker.lock_data["metadata"].items() if name == "content-hash"}
    excerpt = _Excerpt(locker.lock)
    excerpt.text = f"# {made_by}\n{tomlkit.dumps({'metadata': hashed})}"
    # If another plugin has put a locker of its own in place, that one knows.
    return Locker(excerpt, PyProjectTOML(poetry.pyproject_path).data).is_fresh() or locker.is_fresh()


class _Excerpt(type(Path())):  # type: ignore[misc] # Path itself cannot be a base before Python 3.12
    """The path of a file of which only ``text`` is read."""

    text: str

    def open(self, mode: str = "r", *_: object, **__: object) -> BytesIO | StringIO:
        return BytesIO(self.text.encode()) if "b" in mode else StringIO(self.text)


class LockerWithoutExtras(Locker):
    """The lock of ``locker``, but for the extras that its packages offer: to read them takes longer than all the rest.

    From format 2.1 on nobody needs them: each dependency says for which extras of its package it is.
    """

    def __init__(self, locker: Locker) -> None:
        super().__init__(locker.lock, {})
        packages = [{**entry, "extras": {}} for entry in locker.lock_data["package"]]
        self._without_extras = {**locker.lock_data, "package": packages}

    @property
    def lock_data(self) -> dict[str, Any]:
        """The parsed lock."""
        return self._without_extras

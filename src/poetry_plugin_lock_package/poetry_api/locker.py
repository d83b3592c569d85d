"""Ways to ask Poetry's ``Locker`` faster, and for a part of the lock.

All ask a copy of the locker, so that its class, and whatever another plugin has changed in it, still count. Only
private attributes say which file it reads and what it has read; they are the same from Poetry 2.1 on.
"""

from __future__ import annotations

from copy import copy
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from poetry.packages import Locker


def is_fresh(locker: Locker) -> bool:
    """Whether poetry.lock fits pyproject.toml, by Poetry's rule (``Locker.is_fresh``).

    Poetry would parse the whole file again and then use two lines of it. So it gets only these.
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


def without_extras(locker: Locker) -> Locker:
    """A copy of ``locker`` without most extras of its packages, which take longer to read than all the rest.

    From format 2.1 on, each dependency records the extras that it belongs to. Only extras that stand for other
    extras of the same package (``package[a,b]``) are recorded nowhere else, so they stay.
    """
    return with_packages(locker, [{**entry, "extras": _own_extras(entry)} for entry in locker.lock_data["package"]])


def with_packages(locker: Locker, entries: list[dict[str, Any]]) -> Locker:
    """A copy of ``locker`` whose lock has ``entries`` as its packages."""
    changed = copy(locker)
    changed._lock_data = {**locker.lock_data, "package": entries}  # noqa: SLF001
    return changed


def _own_extras(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    name = canonicalize_name(entry["name"])
    extras = {
        extra: [text for text in texts if "[" in text and canonicalize_name(text.partition("[")[0].strip()) == name]
        for extra, texts in entry.get("extras", {}).items()
    }
    return {extra: texts for extra, texts in extras.items() if texts}

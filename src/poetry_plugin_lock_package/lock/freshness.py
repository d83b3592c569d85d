"""Reads ``poetry.lock`` where Poetry is not installed, and decides by Poetry's rule whether it is up to date."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version
from poetry.core.pyproject.toml import PyProjectTOML

from poetry_plugin_lock_package.errors import LockError, unreadable
from poetry_plugin_lock_package.poetry_api import MISSING, NO_FILE, STALE, LockFile, digest_of, translate_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

# What the hash covers (`Locker._get_content_hash`). Of the first list, missing values count as null in a project that
# has only [tool.poetry].
_LEGACY_KEYS = ("dependencies", "source", "extras", "dev-dependencies")
_POETRY_KEYS = (*_LEGACY_KEYS, "group")
_PROJECT_KEYS = ("requires-python", "dependencies", "optional-dependencies")

_OLDEST, _NEXT = Version("2.1"), Version("3")
_WITH_GROUPS = Version("2.3.0")


def read_lock_file(folder: Path, pyproject: Mapping[str, Any]) -> LockFile:
    """The lock in ``folder``, of the project with the contents ``pyproject``.

    Raises LockError if it is missing, out of date, damaged, or of a format that is not 2.1 or a later 2.x.
    """
    path = folder / "poetry.lock"
    if not path.is_file():
        raise LockError(NO_FILE if path.exists() else MISSING)
    with translate_errors(unreadable):
        data = PyProjectTOML(path).data
        content = path.read_bytes()
        recorded = str(data["metadata"]["content-hash"])
        version = Version(data["metadata"]["lock-version"])
    if not _OLDEST <= version < _NEXT:
        raise LockError(
            f"poetry.lock has format {version}, and 2.1 is needed. Run `poetry lock`: versions stay as they are"
        )
    first_line = content.partition(b"\n")[0].decode(errors="replace")
    if recorded not in (content_hash(pyproject), _earlier_hash(pyproject, first_line)):
        raise LockError(STALE)
    return LockFile(data, digest_of(content), folder)


def content_hash(pyproject: Mapping[str, Any], *, with_groups: bool = True) -> str:
    """The hash of what a lock depends on in ``pyproject``, as Poetry records it.

    Poetry before 2.3 left out [dependency-groups].
    """
    project, groups = pyproject.get("project", {}), pyproject.get("dependency-groups", {}) if with_groups else {}
    poetry = pyproject.get("tool", {}).get("poetry", {})
    content: dict[str, Any] = {}
    if relevant := {key: project[key] for key in _PROJECT_KEYS if project.get(key) is not None}:
        content["project"] = relevant
    if groups:
        content["dependency-groups"] = groups
    # Without the new tables, the hash is that of earlier releases of Poetry.
    always = () if content else _LEGACY_KEYS
    legacy = {key: poetry.get(key) for key in _POETRY_KEYS if key in always or poetry.get(key) is not None}
    hashed = {**content, "tool": {"poetry": legacy}} if content else legacy
    return sha256(json.dumps(hashed, sort_keys=True).encode()).hexdigest()


def _earlier_hash(pyproject: Mapping[str, Any], first_line: str) -> str | None:
    """The hash without groups, if ``first_line`` says that a Poetry before 2.3 has written the lock."""
    found = re.search("Poetry ([^ ]+)", first_line)
    try:
        is_earlier = found is not None and Version(found[1]) < _WITH_GROUPS
    except InvalidVersion:
        is_earlier = False
    return content_hash(pyproject, with_groups=False) if is_earlier else None

"""``[tool.poetry-lock-package]`` in pyproject.toml: options that every run in a project shares.

Which options can be settings, and what values they take, is in :mod:`poetry_plugin_lock_package.cli.options`.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import tomlkit

from poetry_plugin_lock_package.cli.options import OPTIONS, Kind
from poetry_plugin_lock_package.errors import SettingError

if TYPE_CHECKING:
    from poetry_plugin_lock_package.cli.values import Value

TABLE = "poetry-lock-package"

_KINDS = {spec.name: spec.kind for spec in OPTIONS if spec.is_setting}


def read_settings(table: object) -> dict[str, Value]:
    """The settings in ``table``, under the names of the options that they stand for.

    Raises SettingError, with the dotted key, for a key that is unknown or a value of another type.
    """
    if not isinstance(table, dict):
        raise SettingError(f"tool.{TABLE}", "has to be a table")
    return {str(key): _checked(str(key), value) for key, value in table.items()}


def _checked(key: str, value: object) -> Value:
    dotted = f"tool.{TABLE}.{tomlkit.key(key).as_string()}"
    kind = _KINDS.get(key)
    if kind is None:
        (closest,) = get_close_matches(key, _KINDS, n=1, cutoff=0)
        raise SettingError(dotted, f"is not a setting. Did you mean {closest}?")
    if isinstance(value, str) and "\0" in value:
        # No shell can pass it in an option, and no path can contain it.
        raise SettingError(dotted, "contains a null character. Remove that")
    if kind is Kind.FLAG and isinstance(value, bool):
        return value
    if kind is Kind.TEXT and isinstance(value, str):
        return str(value)
    if kind is Kind.LIST and isinstance(value, str):
        return [str(value)]
    if kind is Kind.LIST and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [str(item) for item in value]
    raise SettingError(dotted, f"has to be {kind.value}")

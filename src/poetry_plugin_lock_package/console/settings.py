"""``[tool.poetry-lock-package]`` in pyproject.toml: options that every run in a project shares."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import tomlkit

from poetry_plugin_lock_package.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    # A flag, a text or several, as the console has it for an option.
    Value: TypeAlias = bool | str | list[str] | None

TABLE = "poetry-lock-package"

_LIST, _FLAG, _TEXT = "a text or a list of texts", "true or false", "a text"
# Each is the option of its name; what is decided anew for each run (--build, --post, ...) has no place here.
_KINDS = {
    "all-extras": _FLAG,
    "all-groups": _FLAG,
    "as-extra": _TEXT,
    "extras": _LIST,
    "ignore": _LIST,
    "include-root": _FLAG,
    "name": _TEXT,
    "no-root": _FLAG,
    "only": _LIST,
    "output": _TEXT,
    "set-version": _TEXT,
    "with": _LIST,
    "without": _LIST,
}

# Who gives one of these on the command line chooses anew among all of them.
_CHOICES = (
    frozenset({"with", "without", "only", "all-groups"}),
    frozenset({"extras", "all-extras"}),
    frozenset({"no-root", "include-root", "as-extra"}),
)


def read_settings(table: object) -> dict[str, Value]:
    """The settings in ``table``, under the names of the options that they stand for.

    Raises SettingError, with the dotted key, for a key that is unknown or a value of another type.
    """
    if not isinstance(table, dict):
        raise SettingError(f"tool.{TABLE}", "has to be a table")
    return {str(key): _checked(str(key), value) for key, value in table.items()}


def combined(options: Mapping[str, Value], settings: Mapping[str, Value]) -> dict[str, Value]:
    """What holds for a run with ``options`` from the command line: an option wins, and `--ignore` adds."""
    given = {name for name, value in options.items() if value}
    chosen = given.union(*(choice for choice in _CHOICES if choice & given))
    both = {**options, **{name: value for name, value in settings.items() if name not in chosen}}
    both["ignore"] = [*_texts(settings.get("ignore")), *_texts(options.get("ignore"))]
    return both


def _checked(key: str, value: object) -> Value:
    dotted = f"tool.{TABLE}.{tomlkit.key(key).as_string()}"
    kind = _KINDS.get(key)
    if kind is None:
        (closest,) = get_close_matches(key, _KINDS, n=1, cutoff=0)
        raise SettingError(dotted, f"is no setting. The closest that is one: {closest}")
    if isinstance(value, str) and "\0" in value:
        # What no shell can give to the option either, and no path can have.
        raise SettingError(dotted, "has a null character in it. Remove that")
    if kind is _FLAG and isinstance(value, bool):
        return value
    if kind is _TEXT and isinstance(value, str):
        return str(value)
    if kind is _LIST and isinstance(value, str):
        return [str(value)]
    if kind is _LIST and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [str(item) for item in value]
    raise SettingError(dotted, f"has to be {kind}")


def _texts(value: Value) -> list[str]:
    return value if isinstance(value, list) else []

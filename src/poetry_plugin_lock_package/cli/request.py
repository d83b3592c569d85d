"""What a run is asked to do: the options of the command line and the project's settings, merged once and frozen.

The settings are in ``[tool.poetry-lock-package]`` of pyproject.toml, for options that every run should use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.cli.options import CHOICES, GROUP_OPTIONS, OPTIONS, Kind, Mode, check_rules
from poetry_plugin_lock_package.deliver import Output
from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.notices import Notice
from poetry_plugin_lock_package.plan import Options
from poetry_plugin_lock_package.project import checked_version
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from poetry_plugin_lock_package.text import existing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from packaging.utils import NormalizedName
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.poetry import Poetry

    from poetry_plugin_lock_package.selection.provided import ProvidedFile

    # The value of a flag, or one text or several.
    Value: TypeAlias = bool | str | list[str] | None

TABLE = "poetry-lock-package"

_SETTINGS = {spec.name: spec.kind for spec in OPTIONS if spec.is_setting}


@dataclass(frozen=True, slots=True)
class Values:
    """The values of all options in one run."""

    given: Mapping[str, Value]
    """The options on the command line."""
    settings: Mapping[str, Value]
    merged: Mapping[str, Value]
    """The values that count."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - the option table has the type
        return self.merged.get(name)

    def of(self, names: Iterable[str]) -> list[Any]:
        """Return the values of the options ``names``."""
        return [self[name] for name in names]

    @property
    def mode(self) -> Mode:
        """What the run does; some options imply ``--build``."""
        if self["diff"]:
            return Mode.DIFF
        if self["build"] or any(spec.implies_build and self.is_given(spec.name) for spec in OPTIONS):
            return Mode.BUILD
        return Mode.WRITE

    def is_given(self, name: str) -> bool:
        """Whether the option ``name`` is on the command line."""
        # An empty text is given, and an error of its own.
        return self.given.get(name) not in (None, False, [])

    def set_by_settings(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the options ``names`` whose value comes from the settings alone."""
        names = frozenset(names)
        return tuple(name for name in self.settings if name in names and not self.is_given(name))


def merge(given: Mapping[str, Value], settings: Mapping[str, Value]) -> Values:
    """Merge the options ``given`` on the command line with ``settings``: an option wins, and ``--ignore`` adds.

    An option on the command line discards the settings of all options that answer the same question.
    """
    decided = {name for name, value in given.items() if value}
    decided = decided.union(*(names for names in CHOICES.values() if decided.intersection(names)))
    merged = {**given, **{name: value for name, value in settings.items() if name not in decided}}
    merged["ignore"] = [text for values in (settings, given) for text in _texts(values.get("ignore"))]
    return Values(given, settings, merged)


def _texts(value: Value) -> list[str]:
    return value if isinstance(value, list) else []


def read_settings(pyproject: Mapping[str, Any]) -> dict[str, Value]:
    """Return the settings in the contents of ``pyproject``, under the names of their options.

    Raises LockPackageError, with the dotted key, for a key that is unknown or a value of another type.
    """
    tools = pyproject.get("tool", {})
    for name in tools:
        if name != TABLE and canonicalize_name(name).removeprefix("poetry-").removeprefix("plugin-") == "lock-package":
            raise LockPackageError(f"tool.{name} in pyproject.toml has no effect. Rename it to tool.{TABLE}")
    table = tools.get(TABLE, {})
    if not isinstance(table, dict):
        raise LockPackageError(f"tool.{TABLE} in pyproject.toml has to be a table")
    return {key: _checked(key, value) for key, value in table.items()}


def _checked(key: str, value: object) -> Value:
    dotted = f"tool.{TABLE}.{tomlkit.key(key).as_string()} in pyproject.toml"
    kind = _SETTINGS.get(key)
    if kind is None:
        if key in {spec.name for spec in OPTIONS}:
            raise LockPackageError(f"{dotted} is not a setting. Give --{key} on the command line")
        close = get_close_matches(key, _SETTINGS, n=1)
        advice = f"Did you mean {close[0]}?" if close else f"The settings are {', '.join(sorted(_SETTINGS))}"
        raise LockPackageError(f"{dotted} is not a setting. {advice}")
    if isinstance(value, str) and "\0" in value:
        # No shell can pass it in an option, and no path can contain it.
        raise LockPackageError(f"{dotted} contains a null character. Remove that")
    if kind is Kind.FLAG and isinstance(value, bool):
        return value
    if kind is not Kind.FLAG and isinstance(value, str):
        return [value] if kind is Kind.LIST else value
    if kind is Kind.LIST and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise LockPackageError(f"{dotted} has to be {kind.value}")


def origin_of(error: LockPackageError, values: Values) -> str:
    """The end of ``error`` if the value that it is about is not on the command line: where it comes from."""
    names = values.set_by_settings(error.options)
    return f" (pyproject.toml, tool.{TABLE}: {', '.join(names)})" if names else ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do."""

    mode: Mode
    options: Options
    """What the lock package should contain."""
    output: Output
    compared: Path | None = None
    """A wheel to compare with the one that would be built."""
    as_json: bool = False
    strict: bool = False
    """Whether a warning is an error."""
    notices: tuple[Notice, ...] = ()
    """Those about the options themselves."""


def make_request(poetry: Poetry, values: Values, *, explain: bool = False) -> Request:
    """Check ``values`` for the project of ``poetry``; with ``explain``, find the reason for each pin as well.

    Raises LockPackageError if a value or a combination is not valid.
    """
    check_rules(values)
    has_no_effect = values["only"] and (values["with"] or values["without"])
    return Request(
        mode=values.mode,
        # An SBOM has the edges between packages, too.
        options=make_options(poetry, values, explain=explain or values["sbom"]),
        output=Output(
            Path(values["wheelhouse"] or values["output"] or "dist"),
            values["constraints"],
            values["sbom"],
            values["dry-run"],
            tuple(values["target"]),
        ),
        compared=Path(values["diff"]) if values["diff"] else None,
        as_json=values["format"] == "json",
        strict=values["strict"],
        notices=(Notice("groups-without-effect"),) if has_no_effect else (),
    )


def make_options(poetry: Poetry, values: Values, *, explain: bool) -> Options:
    """What ``values`` ask for; raises LockPackageError if a value is not valid."""
    # As settings, the options for the project's own wheel are for the runs that build.
    builds = values.mode is not Mode.WRITE
    return Options(
        groups=activated_groups(poetry.package, values),
        extras=_extras(poetry, values),
        ignore=tuple(map(IgnorePattern.parse, values["ignore"])),
        provided=_provided(poetry, values) if values["provided"] else (),
        no_root=bool(values["no-root"]),
        project_wheel=bool(values["project-wheel"] and builds),
        as_extra=values["as-extra"] if builds else None,
        from_wheel=tuple(map(Path, values["from-wheel"] or ())),
        all_wheels=bool(values["all-wheels"] or values["wheelhouse"]),
        wheelhouse=bool(values["wheelhouse"]),
        name=values["name"],
        version=checked_version(values["set-version"]) if values["set-version"] else None,
        post=values["post"],
        explain=explain,
    )


def _provided(poetry: Poetry, values: Values) -> tuple[ProvidedFile, ...]:
    # Loaded only here: few runs need it.
    from poetry_plugin_lock_package.selection.provided import read_provided, read_standard_input

    # Paths on the command line are relative to the working directory, those in settings to the project.
    folder = Path() if values.is_given("provided") else poetry.pyproject_path.parent
    files: list[ProvidedFile] = []
    for path in dict.fromkeys(values["provided"]):
        files += read_standard_input() if path == "-" else read_provided(Path(path), folder)
    return tuple(files)


def _extras(poetry: Poetry, values: Values) -> frozenset[NormalizedName]:
    if values["all-extras"]:
        return frozenset(poetry.package.extras)
    return frozenset(canonicalize_name(name) for text in values["extras"] or () for name in _split_names(text) if name)


def activated_groups(project: ProjectPackage, values: Values) -> frozenset[NormalizedName]:
    """Return the groups of ``project`` that ``values`` ask for, as Poetry's ``GroupCommand.activated_groups`` does.

    Without ``--with`` or ``--only`` it is main alone, as in ``poetry export``. Names may also be separated by spaces,
    and be in any spelling, which Poetry 2.1 does not know. Raises LockPackageError, in Poetry's words, for unknown
    ones.
    """
    known = {canonicalize_name(name) for name in project.dependency_group_names(include_optional=True)}
    names = {option: {n for text in values[option] or () for n in _split_names(text)} for option in GROUP_OPTIONS}
    unknown = sorted({n for of_option in names.values() for n in of_option if canonicalize_name(n) not in known})
    if unknown:
        asking = {name: sorted(option for option in GROUP_OPTIONS if name in names[option]) for name in unknown}
        listed = (f"{name} (via {', '.join(f'--{o}' for o in options)})" for name, options in asking.items())
        options = tuple(dict.fromkeys(option for of_name in asking.values() for option in of_name))
        exist = existing("groups", known, unknown)
        raise LockPackageError(f"Group(s) not found: {', '.join(listed)}. {exist}", options=options)
    groups = {option: frozenset(map(canonicalize_name, of_option)) for option, of_option in names.items()}
    if values["all-groups"]:
        groups["with"] = frozenset(known)
    return groups["only"] or (groups["with"] | {MAIN_GROUP}) - groups["without"]


def _split_names(text: str) -> list[str]:
    """Split ``text`` at commas and spaces."""
    return re.split(r"[\s,]+", text.strip())

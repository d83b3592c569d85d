"""The values of all options in one run: those of the command line, and the project's settings for the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from poetry_plugin_lock_package.cli.options import OPTIONS, Choice, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    # A flag, a text or several, as the console has it for an option.
    Value: TypeAlias = bool | str | list[str] | None


class Mode(Enum):
    """What a run is for."""

    WRITE = auto()  # the lock project
    BUILD = auto()  # a wheel, and no lock project stays
    DIFF = auto()  # compare a wheel with what would be built, and write nothing


@dataclass(frozen=True, slots=True)
class Values:
    """The ``given`` options of the command line, the ``settings``, and what holds: the two ``merged``."""

    given: Mapping[str, Value]
    settings: Mapping[str, Value]
    merged: Mapping[str, Value]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - the option table says what it is
        return self.merged.get(name)

    @property
    def mode(self) -> Mode:
        """What the run is for; some options imply ``--build``."""
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
        """Those of the options ``names`` whose value comes from the settings alone."""
        names = frozenset(names)
        return tuple(name for name in self.settings if name in names and not self.is_given(name))


def merge(given: Mapping[str, Value], settings: Mapping[str, Value]) -> Values:
    """Merge the options ``given`` on the command line with ``settings``: an option wins, and `--ignore` adds.

    Who gives one option of a choice chooses anew: the settings of that choice do not count.
    """
    decided = {name for name, value in given.items() if value}
    decided = decided.union(*(names for names in map(names_of, Choice) if names & decided))
    merged = {**given, **{name: value for name, value in settings.items() if name not in decided}}
    merged["ignore"] = [*_texts(settings.get("ignore")), *_texts(given.get("ignore"))]
    return Values(given, settings, merged)


def _texts(value: Value) -> list[str]:
    return value if isinstance(value, list) else []

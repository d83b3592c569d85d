"""Markers as pip reads them, which is not always as Poetry does: by ``packaging`` alone."""

from __future__ import annotations

import re
from functools import cache, partial, reduce
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.specifiers import InvalidSpecifier, Specifier
from poetry.core.constraints.generic import Constraint
from poetry.core.constraints.version import VersionConstraint
from poetry.core.version.markers import SingleMarker, parse_marker

from poetry_plugin_lock_package.markers.axes import question_of
from poetry_plugin_lock_package.markers.operations import atoms, parts_of
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE, Environments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, TypeAlias

    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.markers.operations import Atom
    from poetry_plugin_lock_package.markers.regions import Region

    # A marker in packaging, which has no public access to it. Since version 22 it is a list of conditions, which are
    # tuples of tokens, and of such lists, with "and" and "or" between them.
    Tree: TypeAlias = list[Any]

# Version numbers in the only spelling that interpreters and systems report: there, equal versions are equal texts.
_SPELLINGS = {
    "implementation_version": re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}"),
    "platform_version": re.compile(r"[0-9]+(\.[0-9]+)*"),
}


_marker = cache(Marker)


class PipMarkers:
    """Regions of markers as pip reads them: packaging decides whether each condition in them holds.

    poetry-core is used only to find the values that a condition can tell apart.
    """

    def __init__(self, markers: Iterable[Marker], others: Iterable[BaseMarker], python: VersionConstraint) -> None:
        """Prepare for regions of ``markers``, and of those that poetry-core has read, within the range ``python``."""
        texts = {text for marker in markers for text in _conditions(marker._markers)}  # noqa: SLF001
        self._atoms = {text: atom for text in texts for atom in atoms(parse_marker(text))}
        readings = [(atom, partial(_holds, text)) for text, atom in self._atoms.items() if atom.name != "extra"]
        self.environments = Environments(others, python, readings)
        self._decided = cache(self._decide)

    def region(self, marker: Marker | None, extra: str | None) -> Region:
        """Where ``marker`` holds for pip, which looks at one ``extra`` at a time, or at none."""
        return self._region(marker._markers, extra) if marker else EVERYWHERE  # noqa: SLF001

    def _region(self, tree: Tree, extra: str | None) -> Region:
        alternatives = [EVERYWHERE]
        for part in tree:
            if part == "or":
                alternatives.append(EVERYWHERE)
            elif part != "and":
                region = self._region(part, extra) if isinstance(part, list) else self._decided(_text(part), extra)
                alternatives[-1] = self.environments.intersection(alternatives[-1], region)
        return reduce(self.environments.union, alternatives)

    def _decide(self, condition: str, extra: str | None) -> Region:
        atom = self._atoms[condition]
        if atom.name == "extra":
            return EVERYWHERE if _holds(condition, {"extra": extra or ""}) else NOWHERE
        return self.environments.decided(question_of(atom), partial(_holds, condition))


def _conditions(tree: Tree) -> Iterator[str]:
    for part in tree:
        if isinstance(part, list):
            yield from _conditions(part)
        elif isinstance(part, tuple):
            yield _text(part)


def _text(condition: tuple[Any, ...]) -> str:
    return " ".join(token.serialize() for token in condition)


def _holds(condition: str, values: Mapping[str, str]) -> bool:
    try:
        return _marker(condition).evaluate({"extra": "", **values})
    except ValueError:
        # Before version 26, packaging cannot compare a value that is no version with a version. They are not equal.
        return " != " in condition


def is_read_otherwise(marker: BaseMarker) -> bool:
    """Whether pip, with some version of packaging, can read a condition of ``marker`` in another sense than Poetry.

    poetry-core compares versions of Python and ``platform_release`` as versions, and all other variables as text.
    It reads ``<``, ``~=`` and the like in front of a text as part of the text. packaging compares versions wherever
    the text is a version, before release 26 for every variable.
    """
    return any(map(_is_read_otherwise, atoms(marker)))


@cache
def _is_read_otherwise(atom: Atom) -> bool:
    if atom.name == "extra":
        return False
    if not isinstance(atom, SingleMarker):
        return any(_is_compared_as_version(atom.name, part.value) for part in parts_of(atom))
    is_release = atom.name == "platform_release"
    if atom.operator in ("in", "not in"):
        # `"3.1" in python_version` is a search in a text to pip, and a list of versions to poetry-core.
        is_search = str(atom).startswith('"')
        return not _is_plain(atom) if is_search else is_release
    if isinstance(atom.constraint, VersionConstraint):
        return is_release and not _is_specifier(atom.operator, atom.value)
    is_equality = atom.operator in ("==", "!=") and _is_plain(atom)
    return not is_equality or _is_compared_as_version(atom.name, atom.value)


def _is_plain(atom: SingleMarker) -> bool:
    """Whether poetry-core compares with the text as it is written, and sees no list and no operator in it."""
    return atom.constraint == Constraint(atom.value, atom.operator)


def _is_compared_as_version(name: str, value: str) -> bool:
    """Whether ``name`` and ``value`` are, or should be, compared as versions, which may have several texts."""
    if value.startswith(("<", ">", "~", "=", "!")):
        return True
    spelling = _SPELLINGS.get(name)
    return _is_specifier("==", value) and not (spelling and spelling.fullmatch(value))


def _is_specifier(operator: str, version: str) -> bool:
    try:
        Specifier(f"{operator}{version}")
    except InvalidSpecifier:
        return False
    return True

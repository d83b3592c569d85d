"""What changes between a wheel with pins, which may be deployed somewhere, and the one that would be built now."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, TypeAlias

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.markers.regions import NOWHERE, Environments
from poetry_plugin_lock_package.text import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.markers.regions import Region

Kind: TypeAlias = Literal["added", "removed", "updated", "downgraded", "source", "marker", "extras"]


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to the package ``name``.

    ``old`` and ``new`` are versions or addresses, or the markers or extras of the one ``version`` that stays. They are
    None where there is nothing. Addresses come without user info, and paths are not told.
    """

    kind: Kind
    name: NormalizedName
    old: str | None = None
    new: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """One requirement: ``what`` is its version or address, with ``extras`` of it."""

    name: NormalizedName
    what: str
    extras: frozenset[str]
    is_address: bool
    marker: BaseMarker

    @classmethod
    def parse(cls, text: str) -> _Line:
        requirement = Requirement(text)
        what = requirement.url or str(requirement.specifier).removeprefix("==") or "any version"
        name = canonicalize_name(requirement.name)
        extras = frozenset(map(canonicalize_name, requirement.extras))
        return cls(name, what, extras, requirement.url is not None, parse_marker(str(requirement.marker or "")))


def find_differences_of_pins(
    old: Iterable[str],
    new: Iterable[str],
    extra_sets: Sequence[frozenset[NormalizedName]],
    python: VersionConstraint,
) -> Iterator[Change]:
    """What changes from the Requires-Dist lines ``old`` to ``new``, in the order of the names.

    Lines are compared by the environments within ``python`` in which they hold with each of ``extra_sets``
    installed; what never holds is left out. Raises what the parsers of packaging and poetry-core do for a line that
    they cannot read.
    """
    sides = [list(map(_Line.parse, old)), list(map(_Line.parse, new))]
    environments = Environments([line.marker for side in sides for line in side], python)
    before, after = (_by_name(side, environments, extra_sets) for side in sides)
    for name in sorted(before.keys() | after.keys()):
        yield from _changes(name, before.get(name, {}), after.get(name, {}))


@dataclass(frozen=True, slots=True)
class _Held:
    """Where one version or address of a name holds, by set of extras, and how its markers spell that.

    ``extras`` of it hold where they are asked for.
    """

    regions: tuple[Region, ...]
    extras: dict[str, tuple[Region, ...]]
    is_address: bool
    marker: str


def _by_name(
    lines: Iterable[_Line], environments: Environments, extra_sets: Sequence[frozenset[NormalizedName]]
) -> dict[NormalizedName, dict[str, _Held]]:
    held: dict[NormalizedName, dict[str, _Held]] = {}
    for line in lines:
        regions = tuple(environments.region(line.marker, extras) for extras in extra_sets)
        if set(regions) == {NOWHERE}:
            continue
        marker = "" if line.marker.is_any() else str(line.marker)
        extras = dict.fromkeys(line.extras, regions)
        of_name = held.setdefault(line.name, {})
        if other := of_name.get(line.what):
            for extra, before in other.extras.items():
                extras[extra] = tuple(map(environments.union, before, extras.get(extra, before)))
            regions = tuple(map(environments.union, regions, other.regions))
            marker = " or ".join(sorted({marker, other.marker} - {""})) if marker and other.marker else ""
        of_name[line.what] = _Held(regions, extras, line.is_address, marker)
    return held


def _changes(name: NormalizedName, old: dict[str, _Held], new: dict[str, _Held]) -> Iterator[Change]:
    for what in sorted(old.keys() & new.keys(), key=_order):
        if old[what].regions != new[what].regions:
            yield Change("marker", name, old[what].marker or None, new[what].marker or None, _shown(what))
        elif old[what].extras != new[what].extras:
            was, now = (", ".join(sorted(held.extras)) or None for held in (old[what], new[what]))
            yield Change("extras", name, was, now, _shown(what))
    gone, come = (sorted(these.keys() - others.keys(), key=_order) for these, others in ((old, new), (new, old)))
    # Several versions of one name: the first goes with the first, and what is left over was added or removed.
    for one, other in zip_longest(gone, come):
        if one is None:
            yield Change("added", name, new=_shown(other))
        elif other is None:
            yield Change("removed", name, old=_shown(one))
        elif old[one].is_address or new[other].is_address:
            yield Change("source", name, _shown(one), _shown(other))
        else:
            yield Change("downgraded" if _is_downgrade(one, other) else "updated", name, one, other)


def _shown(what: str) -> str:
    """``what`` fit to be shown: the wheel may be somebody's who did not leave out secrets and folders."""
    return "a path" if "file:" in what else redacted(what)


def _is_downgrade(old: str, new: str) -> bool:
    # A range has no order among versions.
    return not (_order(old)[0] or _order(new)[0]) and _order(new) < _order(old)


def _order(what: str) -> tuple[bool, Version, str]:
    """Versions by PEP 440, and then ranges and addresses by their text."""
    try:
        return False, Version(what), what
    except InvalidVersion:
        return True, Version("0"), what

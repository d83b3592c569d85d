"""The requirements in the METADATA of a wheel, and how they differ from planned pins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, TypeAlias
from zipfile import ZipFile

from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.markers.operations import with_extras
from poetry_plugin_lock_package.markers.pip import PipMarkers
from poetry_plugin_lock_package.markers.regions import NOWHERE
from poetry_plugin_lock_package.text import redacted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from packaging.metadata import RawMetadata
    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint

    from poetry_plugin_lock_package.markers.regions import Environments, Region
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.select import Pin

    # The same environments for each extra, or for none.
    Regions: TypeAlias = tuple[Region, ...]

Kind: TypeAlias = Literal["added", "removed", "updated", "downgraded", "source", "marker", "extras"]


def read_metadata(wheel: Path) -> bytes:
    """METADATA of ``wheel``; raises whatever zipfile does if there is none, and ValueError if there are several."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1)
        return archive.read(name)


def needs_extra(line: str) -> bool:
    """Whether the Requires-Dist ``line`` holds with extras alone; raises what the parsers do if it cannot be read."""
    marker = Requirement(line).marker
    return marker is not None and with_extras(parse_marker(str(marker)), ()).is_empty()


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a package from one wheel to another. Addresses have no user info, and paths are not shown."""

    kind: Kind
    name: NormalizedName
    old: str | None = None
    """The version or address before; or the marker or the extras of the ``version`` that stays."""
    new: str | None = None
    """The same afterwards. Either is None where there is nothing."""
    version: str | None = None


@dataclass(frozen=True, slots=True)
class _Required:
    """Where one version, range or address of a package is required."""

    regions: Regions
    extras: Mapping[NormalizedName, Regions]
    """Where each extra of it is asked for."""
    markers: frozenset[str]
    """The markers of its lines; an empty one holds everywhere."""

    @property
    def marker(self) -> str | None:
        return None if "" in self.markers else " or ".join(sorted(str(parse_marker(text)) for text in self.markers))


# By the name of the package and the version, range or address, as PEP 508 has it after the name.
_Requirements: TypeAlias = "dict[tuple[NormalizedName, str], _Required]"


def find_differences(
    metadata: RawMetadata, pins: Collection[Pin], extras: Collection[NormalizedName], python: VersionConstraint
) -> Iterator[str]:
    """Name each requirement of ``metadata`` that is not as planned in ``pins``, and each pin that is missing.

    The extras have to be ``extras``. Markers count as equal if they hold in the same environments within the range
    ``python``, with no extra and with each one of ``extras``: poetry-core rewrites markers, and loses some (an empty
    one, a lone ``extra !=``). A pin means what poetry-core takes it for, and a line of METADATA what pip does.
    """
    read, planned = _compared(metadata.get("requires_dist", []), pins, [None, *sorted(extras)], python)
    for name, what in planned.keys() | read.keys():
        found, expected = read.get((name, what)), planned.get((name, what))
        if expected is None:
            yield f"{name}{what} was not planned"
        elif found is None:
            yield f"{name}{what} is missing"
        elif found.regions != expected.regions:
            yield f"{name}{what} has another marker"
        elif found.extras != expected.extras:
            yield f"{name}{what} has other extras"
    if differing := set(metadata.get("provides_extra", [])) ^ set(extras):
        yield f"the extras differ by {', '.join(sorted(differing))}"


def requires_same(wheel: Path, plan: Plan) -> bool:
    """Whether the lock package ``wheel`` requires what ``plan`` pins; one that cannot be read does not."""
    try:
        metadata = parse_email(read_metadata(wheel))[0]
        is_same_lock = metadata.get("description", "").strip() == plan.lock_project.readme.strip()
        if is_same_lock and len(metadata.get("requires_dist", [])) == len(plan.pins):
            # Comparing all markers takes time, and there is nothing to find.
            return True
        return not any(True for _ in find_differences(metadata, plan.pins, plan.graph.extras, plan.graph.python))
    except Exception:  # noqa: BLE001 - whatever the parsers raise: a damaged file has many forms
        return False


def find_changes(
    lines: Iterable[str], pins: Collection[Pin], extras: Sequence[NormalizedName | None], python: VersionConstraint
) -> Iterator[Change]:
    """What changes from the Requires-Dist ``lines`` of a wheel to ``pins``, in the order of the names.

    Both are compared by the environments within ``python`` in which they hold with each of ``extras``; what never
    holds is left out. Raises what the parsers of packaging and poetry-core do for a line that they cannot read.
    """
    sides: list[dict[NormalizedName, dict[str, _Required]]] = []
    for requirements in _compared(lines, pins, extras, python):
        sides.append({})
        for (name, what), required in requirements.items():
            if set(required.regions) != {NOWHERE}:
                sides[-1].setdefault(name, {})[what] = required
    before, after = sides
    for name in sorted(before.keys() | after.keys()):
        yield from _changes(name, before.get(name, {}), after.get(name, {}))


def _changes(name: NormalizedName, old: dict[str, _Required], new: dict[str, _Required]) -> Iterator[Change]:
    for what in sorted(old.keys() & new.keys(), key=_order):
        if old[what].regions != new[what].regions:
            yield Change("marker", name, old[what].marker, new[what].marker, _shown(what))
        elif old[what].extras != new[what].extras:
            before, after = (", ".join(sorted(required.extras)) or None for required in (old[what], new[what]))
            yield Change("extras", name, before, after, _shown(what))
    only_old, only_new = (sorted(a.keys() - b.keys(), key=_order) for a, b in ((old, new), (new, old)))
    # Pair several versions of one name in order; what has no partner was added or removed.
    for one, other in zip_longest(only_old, only_new):
        if one is None:
            yield Change("added", name, new=_shown(other))
        elif other is None:
            yield Change("removed", name, old=_shown(one))
        elif one.startswith(" @ ") or other.startswith(" @ "):
            yield Change("source", name, _shown(one), _shown(other))
        else:
            # Ranges have no order among versions.
            is_downgrade = not (_order(one)[0] or _order(other)[0]) and _order(other) < _order(one)
            yield Change("downgraded" if is_downgrade else "updated", name, _shown(one), _shown(other))


def _shown(what: str) -> str:
    """``what`` fit to be shown: somebody may have built the wheel without removing secrets and folders."""
    if "file:" in what:
        return "a path"
    return redacted(what.removeprefix(" @ ").removeprefix("==")) or "any version"


def _order(what: str) -> tuple[bool, Version, str]:
    """Versions by PEP 440, and then ranges and addresses by their text."""
    try:
        return False, Version(what.removeprefix("==")), what
    except InvalidVersion:
        return True, Version("0"), what


def _compared(
    lines: Iterable[str], pins: Collection[Pin], extras: Sequence[NormalizedName | None], python: VersionConstraint
) -> tuple[_Requirements, _Requirements]:
    """The requirements of the ``lines`` of METADATA as pip reads them, and those of ``pins``, by where they hold."""
    found = [Requirement(line) for line in lines]
    markers = [requirement.marker for requirement in found if requirement.marker]
    as_read = PipMarkers(markers, [pin.marker for pin in pins], python)
    environments = as_read.environments
    read: _Requirements = {}
    for one in found:
        regions = tuple(as_read.region(one.marker, extra) for extra in extras)
        _add(read, one, regions, str(one.marker or ""), environments)
    planned: _Requirements = {}
    # Many pins share a requirement, one for each of its alternative markers: parse it once.
    parsed = {text: Requirement(text) for text in {pin.requirement for pin in pins}}
    for pin in pins:
        where = environments.region(pin.marker)
        regions = tuple(where if pin.extra in (None, extra) else NOWHERE for extra in extras)
        _add(planned, parsed[pin.requirement], regions, pin.requires_dist[len(pin.requirement) + 3 :], environments)
    return read, planned


def _add(
    requirements: _Requirements, one: Requirement, regions: Regions, marker: str, environments: Environments
) -> None:
    """Add ``one``; what is required twice holds where either of the two does."""
    key = canonicalize_name(one.name), f" @ {one.url}" if one.url else str(one.specifier)
    extras = dict.fromkeys(map(canonicalize_name, one.extras), regions)
    other = requirements.get(key, _Required(tuple(NOWHERE for _ in regions), {}, frozenset()))
    for extra, before in other.extras.items():
        extras[extra] = tuple(map(environments.union, before, extras.get(extra, before)))
    regions = tuple(map(environments.union, regions, other.regions))
    requirements[key] = _Required(regions, extras, other.markers | {marker})

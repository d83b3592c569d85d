"""Why a package is pinned, or left out, in terms of the locked graph: by names, for people to read.

This follows the names of dependencies, and does not work out in which environments each of them holds: the selection
has done that.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import with_extras

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import LockedGraph
    from poetry_plugin_lock_package.selection.select import Selection

    Names = tuple[str, ...]
    Requires = Mapping[NormalizedName, set[NormalizedName]]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why packages are pinned, and why they are not, by name."""

    via: Mapping[NormalizedName, Names]
    """What requires each pinned package: the project, and other pinned packages."""
    dropped_with: tuple[tuple[Names, Names], ...]
    """Names of ignored or provided packages, with those of the packages that were dropped with them."""
    kept: tuple[tuple[str, Names, Names], ...]
    """Pinned packages that an omitted one requires: the package, its omitted and its remaining dependants."""


def find_reasons(graph: LockedGraph, selection: Selection, project: str) -> Reasons:
    """The reasons for ``selection`` from ``graph``, whose edges are known; ``project`` is the name of the project."""
    requires = _requirements(graph)

    def dependants(name: NormalizedName, among: Collection[NormalizedName]) -> Names:
        return tuple(sorted(other for other in among if name in requires[other]))

    own = {dependency.name for dependency in graph.dependencies}
    pinned = {package.name for package in selection.by_package}
    via = {name: (*([project] if name in own else []), *dependants(name, pinned - {name})) for name in pinned}
    left_out = (*selection.ignored, *(package for one in selection.provided for package in one.locked))
    causes = dict.fromkeys(package.name for package in left_out)
    dropped = {package.name for package in selection.dropped}
    omitted = (causes.keys() | dropped) - pinned
    needed_by = {name: dependants(name, omitted) for name in sorted(pinned)}
    return Reasons(
        via,
        tuple(_dropped_with(causes, dropped, requires, omitted)),
        tuple((name, others, via[name]) for name, others in needed_by.items() if others and via[name]),
    )


def _requirements(graph: LockedGraph) -> Requires:
    """The names that each name requires, with the extras that something requests."""
    requested: defaultdict[NormalizedName, set[NormalizedName]] = defaultdict(set)
    for dependencies in (graph.dependencies, *(package.dependencies for package in graph.packages)):
        for dependency in dependencies:
            requested[dependency.name] |= dependency.extras
    requires: defaultdict[NormalizedName, set[NormalizedName]] = defaultdict(set)
    for package in graph.packages:
        extras = frozenset(requested[package.name])
        requires[package.name] |= {
            dependency.name
            for dependency in package.dependencies
            if not with_extras(dependency.marker, extras).is_empty()
        }
    return requires


def _dropped_with(
    causes: Collection[NormalizedName],
    dropped: Collection[NormalizedName],
    requires: Requires,
    omitted: Collection[NormalizedName],
) -> Iterator[tuple[Names, Names]]:
    """The ``dropped`` names, grouped by those of ``causes`` that lead to them along ``omitted`` names."""
    causes_of: dict[NormalizedName, list[str]] = {name: [] for name in dropped}
    for cause in causes:
        reached, waiting = {cause}, [cause]
        while waiting:
            further = (requires[waiting.pop()] & set(omitted)) - reached
            reached |= further
            waiting += further
        for name in causes_of.keys() & reached:
            causes_of[name].append(cause)
    groups: dict[Names, list[str]] = {}
    for name in sorted(causes_of):
        groups.setdefault(tuple(causes_of[name]), []).append(name)
    yield from ((cause, tuple(names)) for cause, names in sorted(groups.items()) if cause)

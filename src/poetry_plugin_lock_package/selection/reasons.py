"""Why a package is pinned, or left out, in terms of the locked graph: by names, for people to read.

This follows the names of dependencies, and does not work out in which environments each of them holds: the selection
has done that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import with_extras

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import Dependency, LockedGraph, LockedPackage
    from poetry_plugin_lock_package.selection.select import Selection

    Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """What each pinned name is there for (``via``), and what became of the needs of packages that are left out.

    ``dropped_with`` has names of packages that were ignored or are provided, with the names of those that were
    dropped with them. ``kept`` has each name that a package which is gone needed, with these and with those that
    still need it.
    """

    via: Mapping[NormalizedName, Names]
    dropped_with: tuple[tuple[Names, Names], ...]
    kept: tuple[tuple[str, Names, Names], ...]


def find_reasons(graph: LockedGraph, selection: Selection, project: str) -> Reasons:
    """The reasons for ``selection`` from ``graph``, whose edges are known; ``project`` is the name of the project."""
    requires = _requirements(graph)
    own = {dependency.name for dependency in graph.dependencies}
    staying = {package.name for package in selection.by_package}

    def still_needed_by(name: NormalizedName) -> Names:
        others = sorted(other for other in staying if name in requires[other] and other != name)
        return (*((project,) if name in own else ()), *others)

    via = {name: still_needed_by(name) for name in staying}
    left_out = (*selection.ignored, *(package for one in selection.provided for package in one.locked))
    gone = {package.name for package in (*left_out, *selection.dropped)} - staying
    needed = {name: tuple(sorted(other for other in gone if name in requires[other])) for name in staying}
    return Reasons(
        via,
        tuple(_dropped_with(_names(left_out), _names(selection.dropped), requires, gone)),
        tuple((name, needed[name], via[name]) for name in sorted(staying) if needed[name] and via[name]),
    )


def _requirements(graph: LockedGraph) -> dict[NormalizedName, set[NormalizedName]]:
    """The names that each name requires, with the extras for which something asks."""
    asked_for: dict[NormalizedName, set[NormalizedName]] = {package.name: set() for package in graph.packages}
    for dependencies in (graph.dependencies, *(package.dependencies for package in graph.packages)):
        for dependency in dependencies:
            asked_for.setdefault(dependency.name, set()).update(dependency.extras)
    requires: dict[NormalizedName, set[NormalizedName]] = {package.name: set() for package in graph.packages}
    for package in graph.packages:
        requires[package.name].update(_held(package.dependencies, asked_for[package.name]))
    return requires


def _held(dependencies: Iterable[Dependency], extras: Collection[NormalizedName]) -> Iterator[NormalizedName]:
    for dependency in dependencies:
        if not with_extras(dependency.marker, frozenset(extras)).is_empty():
            yield dependency.name


def _dropped_with(
    left_out: Iterable[NormalizedName],
    dropped: Iterable[NormalizedName],
    requires: Mapping[NormalizedName, set[NormalizedName]],
    gone: Collection[NormalizedName],
) -> Iterator[tuple[Names, Names]]:
    """The ``dropped`` names, grouped by the ones ``left_out`` from which a path of what is gone leads to them."""
    led_from: dict[NormalizedName, list[str]] = {name: [] for name in dropped}
    for ignored in left_out:
        reached, waiting = {ignored}, [ignored]
        while waiting:
            further = (requires[waiting.pop()] & set(gone)) - reached
            reached |= further
            waiting += further
        for name in led_from.keys() & reached:
            led_from[name].append(ignored)
    groups: dict[Names, list[str]] = {}
    for name in sorted(led_from):
        groups.setdefault(tuple(led_from[name]), []).append(name)
    yield from ((ignored, tuple(names)) for ignored, names in sorted(groups.items()) if ignored)


def _names(packages: Iterable[LockedPackage]) -> list[NormalizedName]:
    return list(dict.fromkeys(package.name for package in packages))

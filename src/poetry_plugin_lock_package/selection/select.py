"""Which locked packages the lock package pins, and where each of them is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import with_extras
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE
from poetry_plugin_lock_package.selection.old_locks import OldLock
from poetry_plugin_lock_package.selection.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
    from poetry_plugin_lock_package.markers.regions import Region
    from poetry_plugin_lock_package.selection.walk import Node, Target

    # The extras that are installed: with an extra of the lock package, or (None) without any.
    ExtraSets = Mapping[NormalizedName | None, frozenset[NormalizedName]]


@dataclass(frozen=True, slots=True)
class Selected:
    """``package`` is pinned where ``marker`` holds, if ``extra`` of the project is installed (None: always).

    The marker does not mention ``extra``. A package may be there several times, under alternative markers.
    """

    package: LockedPackage
    marker: BaseMarker
    extra: NormalizedName | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What the lock package pins, what was ignored, and what was dropped because only the ignored needed it.

    ``required`` are the ignored packages that something pinned requires all the same, each with the
    name of what does, or None for the project itself: installers follow that, whatever the pins say.
    """

    selected: tuple[Selected, ...]
    ignored: tuple[LockedPackage, ...] = ()
    dropped: tuple[LockedPackage, ...] = ()
    required: tuple[tuple[NormalizedName, NormalizedName | None], ...] = ()


def select(
    graph: LockedGraph,
    ignored: Collection[NormalizedName] = (),
    extras: frozenset[NormalizedName] = frozenset(),
    *,
    self_contained: bool = False,
) -> Selection:
    """Choose the packages of ``graph`` that Poetry installs, less ``ignored`` and what only those need.

    ``extras`` of the project are taken to be installed always; each other one by itself. With ``self_contained``,
    every extra has all that is installed with it, not only what differs from what is installed always.

    A package is dropped environment by environment: it stays, with a narrower
    marker, where something that is not ignored still leads to it. A package whose
    needs do not change keeps its recorded marker letter for letter.
    """
    extra_sets: dict[NormalizedName | None, frozenset[NormalizedName]] = {None: extras}
    extra_sets.update({extra: extras | {extra} for extra in graph.extras if self_contained or extra not in extras})
    if not ignored and graph.records_markers:
        return Selection(tuple(_select_all(graph, extra_sets, self_contained=self_contained)))
    needs = _Needs(graph, frozenset(ignored))
    selected = tuple(_select_needed(graph, needs, extra_sets, self_contained=self_contained))
    kept = {chosen.package for chosen in selected}
    return Selection(
        selected,
        ignored=tuple(p for p in graph.packages if p.name in needs.ignored),
        dropped=tuple(
            p
            for index, p in enumerate(graph.packages)
            if p not in kept and p.name not in needs.ignored and needs.is_ever_installed(index, extra_sets.values())
        ),
        required=tuple(
            sorted(
                {pair for installed in extra_sets.values() for pair in needs.required(installed)},
                key=lambda pair: (pair[0], pair[1] or ""),
            )
        ),
    )


def _select_all(graph: LockedGraph, extra_sets: ExtraSets, *, self_contained: bool) -> Iterable[Selected]:
    for package in graph.packages:
        always = with_extras(package.marker, extra_sets[None])
        for extra, installed in extra_sets.items():
            marker = with_extras(package.marker, installed)
            if not marker.is_empty() and (extra is None or self_contained or marker != always):
                yield Selected(package, marker, extra)


def _select_needed(
    graph: LockedGraph, needs: _Needs, extra_sets: ExtraSets, *, self_contained: bool
) -> Iterable[Selected]:
    kept = {extra: needs.kept(installed) for extra, installed in extra_sets.items()}
    for index, package in enumerate(graph.packages):
        for extra, installed in extra_sets.items():
            if extra is None or self_contained or kept[extra][index] != kept[None][index]:
                markers = needs.markers(package, kept[extra][index], installed)
                yield from (Selected(package, marker, extra) for marker in markers)


class _Needs:
    """Where each package of a graph is still needed once some are ignored, for any extras of the project."""

    def __init__(self, graph: LockedGraph, ignored: frozenset[NormalizedName]) -> None:
        self.ignored = ignored
        self._graph = graph
        self._walk = Walk(graph)
        self._environments = self._walk.environments
        # How to find out depends on whether the lock records it.
        self._installed = cache(self._where_recorded if graph.records_markers else OldLock(graph, self._walk).installed)
        self._still_needed = cache(self._needed_without_ignored)

    def is_ever_installed(self, index: int, extra_sets: Iterable[frozenset[NormalizedName]]) -> bool:
        """Whether Poetry installs package ``index`` in some environment, with one of ``extra_sets``."""
        return any(self._installed(extras)[index] != NOWHERE for extras in extra_sets)

    def markers(
        self, package: LockedPackage, kept: Region, extras: frozenset[NormalizedName]
    ) -> tuple[BaseMarker, ...]:
        """Markers of ``package`` for the environments ``kept``: the recorded one, if that says the same."""
        is_recorded = self._graph.records_markers and kept == self._environments.region(package.marker, extras)
        if is_recorded and kept != NOWHERE:
            return (with_extras(package.marker, extras),)
        return self._environments.markers(kept)

    def kept(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which it stays, with ``extras`` installed."""
        if not self.ignored:
            return self._installed(extras)
        still_needed = self._still_needed(extras)
        return [still_needed.get((index, None), NOWHERE) for index in range(len(self._graph.packages))]

    def required(self, extras: frozenset[NormalizedName]) -> Iterator[tuple[NormalizedName, NormalizedName | None]]:
        """Each ignored name that something which stays requires, with the name of that, or None for the project."""
        if not self.ignored:
            return
        edges: list[tuple[NormalizedName | None, Region, Target]] = [
            (None, EVERYWHERE, target) for target in self._walk.targets(self._graph.own_dependencies, extras)
        ]
        for node, where in self._still_needed(extras).items():
            edges += [(self._graph.packages[node[0]].name, where, target) for target in self._walk.edges(node)]
        for name, where, ((index, _), edge) in edges:
            package = self._graph.packages[index]
            installed = self._installed(extras)[index]
            asked_for = self._environments.intersection(where, self._environments.intersection(edge, installed))
            if package.name in self.ignored and asked_for != NOWHERE:
                yield package.name, name

    def _needed_without_ignored(self, extras: frozenset[NormalizedName]) -> Mapping[Node, Region]:
        installed = self._installed(extras)
        start = list(self._walk.targets(self._graph.dependencies, extras))
        needed = self._walk.reached(start, installed)
        # What nothing led to even before: the lock says that it is installed, so it stays,
        # and what it needs stays with it.
        start += [
            ((index, None), self._environments.difference(region, needed.get((index, None), NOWHERE)))
            for index, region in enumerate(installed)
        ]
        without = [NOWHERE if p.name in self.ignored else installed[i] for i, p in enumerate(self._graph.packages)]
        return self._walk.reached(start, without)

    def _where_recorded(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which Poetry installs it, with ``extras``."""
        return [self._environments.region(package.marker, extras) for package in self._graph.packages]

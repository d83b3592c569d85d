"""Which locked packages the lock package pins, and where each of them is needed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import alternatives, with_extras
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE
from poetry_plugin_lock_package.selection.fit import Comparison
from poetry_plugin_lock_package.selection.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import Dependency, LockedGraph, LockedPackage
    from poetry_plugin_lock_package.markers.regions import Region
    from poetry_plugin_lock_package.selection.fit import Requirer
    from poetry_plugin_lock_package.selection.provided import ProvidedPackage
    from poetry_plugin_lock_package.selection.walk import Node

    # The extras that are installed: with an extra of the lock package, or (None) without any.
    ExtraSets = Mapping[NormalizedName | None, frozenset[NormalizedName]]
    # What requires a package (None: the project), how, and where that holds.
    Request = tuple[NormalizedName | None, Dependency, Region]


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

    ``provided`` are the packages that are left to the platform somewhere, each compared with what is locked.
    ``required`` are the ignored packages that something pinned requires all the same, each with the
    name of what does, or None for the project itself: installers follow that, whatever the pins say.
    """

    selected: tuple[Selected, ...]
    ignored: tuple[LockedPackage, ...] = ()
    dropped: tuple[LockedPackage, ...] = ()
    provided: tuple[Comparison, ...] = ()
    required: tuple[tuple[NormalizedName, NormalizedName | None], ...] = ()


def select(
    graph: LockedGraph,
    ignored: Collection[NormalizedName] = (),
    extras: frozenset[NormalizedName] = frozenset(),
    *,
    self_contained: bool = False,
    provided: Collection[ProvidedPackage] = (),
) -> Selection:
    """Choose the packages of ``graph`` that Poetry installs, less ``ignored``, ``provided`` and what only those need.

    ``extras`` of the project are taken to be installed always; each other one by itself. With ``self_contained``,
    every extra has all that is installed with it, not only what differs from what is installed always.

    A package is dropped environment by environment: it stays, with a narrower
    marker, where something that is not left out still leads to it. A package whose
    needs do not change keeps its recorded marker letter for letter.
    """
    extra_sets: dict[NormalizedName | None, frozenset[NormalizedName]] = {None: extras}
    extra_sets.update({extra: extras | {extra} for extra in graph.extras if self_contained or extra not in extras})
    if not ignored and not provided:
        return Selection(tuple(_select_all(graph, extra_sets, self_contained=self_contained)))
    needs = _Needs(graph, frozenset(ignored), provided)
    selected = tuple(_select_needed(graph, needs, extra_sets, self_contained=self_contained))
    compared = tuple(needs.compared(extra_sets.values()))
    kept = {chosen.package for chosen in selected} | {package for one in compared for package in one.locked}
    required = {pair for installed in extra_sets.values() for pair in needs.required(installed)}
    return Selection(
        selected,
        ignored=tuple(p for p in graph.packages if p.name in needs.ignored),
        dropped=tuple(
            p
            for index, p in enumerate(graph.packages)
            if p not in kept and p.name not in needs.ignored and needs.is_ever_installed(index, extra_sets.values())
        ),
        provided=compared,
        required=tuple(sorted(required, key=lambda pair: (pair[0], pair[1] or ""))),
    )


def _select_all(graph: LockedGraph, extra_sets: ExtraSets, *, self_contained: bool) -> Iterable[Selected]:
    for package in graph.packages:
        always = with_extras(package.marker, extra_sets[None])
        for extra, installed in extra_sets.items():
            marker = with_extras(package.marker, installed)
            if not marker.is_empty() and (extra is None or self_contained or marker != always):
                yield from (Selected(package, part, extra) for part in alternatives(marker))


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
    """Where each package of a graph is still needed once some are left out, for any extras of the project."""

    def __init__(
        self, graph: LockedGraph, ignored: frozenset[NormalizedName], provided: Collection[ProvidedPackage] = ()
    ) -> None:
        self.ignored = ignored
        self._provided = provided
        self._graph = graph
        self._walk = Walk(graph, [package.marker for package in provided])
        self._environments = self._walk.environments
        self._where_provided: dict[NormalizedName, Region] = {}
        for one in provided:
            where = self._where_provided.get(one.name, NOWHERE)
            self._where_provided[one.name] = self._environments.union(where, self._environments.region(one.marker))
        self._left_out = {**self._where_provided, **dict.fromkeys(ignored, EVERYWHERE)}
        self._installed = cache(self._where_recorded)
        self._still_needed = cache(self._needed_without_left_out)

    def is_ever_installed(self, index: int, extra_sets: Iterable[frozenset[NormalizedName]]) -> bool:
        """Whether Poetry installs package ``index`` in some environment, with one of ``extra_sets``."""
        return any(self._installed(extras)[index] != NOWHERE for extras in extra_sets)

    def markers(
        self, package: LockedPackage, kept: Region, extras: frozenset[NormalizedName]
    ) -> tuple[BaseMarker, ...]:
        """Markers of ``package`` for the environments ``kept``: the recorded one, if that says the same."""
        if kept == self._environments.region(package.marker, extras) != NOWHERE:
            return alternatives(with_extras(package.marker, extras))
        return self._environments.markers(kept)

    def kept(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which it stays, with ``extras`` installed."""
        still_needed = self._still_needed(extras)
        return [still_needed.get((index, None), NOWHERE) for index in range(len(self._graph.packages))]

    def required(self, extras: frozenset[NormalizedName]) -> Iterator[tuple[NormalizedName, NormalizedName | None]]:
        """Each ignored name that something which stays requires, with the name of that, or None for the project."""
        for by, dependency, where in self._requests(self._graph.own_dependencies, extras):
            # What the platform has does not come back.
            missing = self._environments.difference(where, self._where_provided.get(dependency.name, NOWHERE))
            if dependency.name in self.ignored and missing != NOWHERE:
                yield dependency.name, by

    def compared(self, extra_sets: Iterable[frozenset[NormalizedName]]) -> Iterator[Comparison]:
        """What is provided, as far as Poetry installs it with one of ``extra_sets``, compared with what is locked."""
        if not self._provided:
            return
        intersection = self._environments.intersection
        locked: defaultdict[ProvidedPackage, dict[LockedPackage, None]] = defaultdict(dict)
        requirers: defaultdict[ProvidedPackage, dict[Requirer, None]] = defaultdict(dict)
        for extras in extra_sets:
            requests: defaultdict[NormalizedName, list[Request]] = defaultdict(list)
            for request in self._requests(self._graph.dependencies, extras):
                requests[request[1].name].append(request)
            for provided in self._provided:
                here = self._environments.region(provided.marker)
                for index in self._walk.indexes[provided.name]:
                    if intersection(here, self._installed(extras)[index]) != NOWHERE:
                        locked[provided][self._graph.packages[index]] = None
                for by, dependency, where in requests[provided.name]:
                    if intersection(here, where) != NOWHERE:
                        requirers[provided][by, dependency.constraint] = None
        for provided, packages in sorted(locked.items(), key=lambda item: (item[0].name, item[0].version or "")):
            yield Comparison(provided.name, provided.version, tuple(packages), tuple(requirers[provided]))

    def _requests(self, own: Iterable[Dependency], extras: frozenset[NormalizedName]) -> Iterator[Request]:
        """What requires a package that is left out: the project by ``own`` dependencies, or a package that stays."""
        environments, installed = self._environments, self._installed(extras)
        requirers: list[tuple[NormalizedName | None, Region, Iterable[Dependency], frozenset[NormalizedName]]] = [
            (None, EVERYWHERE, own, extras)
        ]
        for (index, extra), where in self._still_needed(extras).items():
            package = self._graph.packages[index]
            requirers.append((package.name, where, package.dependencies, frozenset({extra} if extra else ())))
        for by, where, dependencies, of_extras in requirers:
            for dependency in dependencies:
                if dependency.name in self._left_out:
                    versions = (installed[index] for index in self._walk.indexes[dependency.name])
                    there = reduce(environments.union, versions, NOWHERE)
                    left_out = environments.intersection(there, self._left_out[dependency.name])
                    holds = environments.region(dependency.marker, of_extras)
                    yield by, dependency, environments.intersection(environments.intersection(where, holds), left_out)

    def _needed_without_left_out(self, extras: frozenset[NormalizedName]) -> Mapping[Node, Region]:
        installed = self._installed(extras)
        start = list(self._walk.targets(self._graph.dependencies, extras))
        needed = self._walk.reached(start, installed)
        # What nothing led to even before: the lock says that it is installed, so it stays,
        # and what it needs stays with it.
        start += [
            ((index, None), self._environments.difference(region, needed.get((index, None), NOWHERE)))
            for index, region in enumerate(installed)
        ]
        remaining = [
            self._environments.difference(region, self._left_out.get(package.name, NOWHERE))
            for package, region in zip(self._graph.packages, installed, strict=True)
        ]
        return self._walk.reached(start, remaining)

    def _where_recorded(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which Poetry installs it, with ``extras``."""
        return [self._environments.region(package.marker, extras) for package in self._graph.packages]

"""Which locked packages the lock package pins, and where each of them is needed."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import with_extras
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE, Environments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import Dependency, LockedGraph, LockedPackage
    from poetry_plugin_lock_package.markers.regions import Region

    # A package in the graph, by its index in `LockedGraph.packages`, and one of its
    # extras that is asked for, or None for the package itself.
    Node = tuple[int, NormalizedName | None]
    # A node, and the environments in which it is asked for.
    Target = tuple[Node, Region]
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
        self._environments = Environments(
            (
                *(package.marker for package in graph.packages),
                *(dependency.marker for dependency in (*graph.dependencies, *graph.own_dependencies)),
                *(dependency.marker for package in graph.packages for dependency in package.dependencies),
            ),
            graph.python,
        )
        self._indexes: defaultdict[NormalizedName, list[int]] = defaultdict(list)
        for index, package in enumerate(graph.packages):
            self._indexes[package.name].append(index)
        self._edges = cache(self._edges_from)
        self._installed = cache(self._where_installed)
        self._still_needed = cache(self._needed_without_ignored)

    def is_ever_installed(self, index: int, extra_sets: Iterable[frozenset[NormalizedName]]) -> bool:
        """Whether Poetry installs package ``index`` in some environment, with one of ``extra_sets``."""
        return any(self._installed(extras)[index] != NOWHERE for extras in extra_sets)

    def markers(
        self, package: LockedPackage, kept: Region, extras: frozenset[NormalizedName]
    ) -> tuple[BaseMarker, ...]:
        """Markers of ``package`` for the environments ``kept``: the recorded one, if that says the same."""
        if kept == NOWHERE:
            return ()
        if kept == self._environments.region(package.marker, extras):
            return (with_extras(package.marker, extras),)
        return self._environments.markers(kept)

    def kept(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which it stays, with ``extras`` installed."""
        still_needed = self._still_needed(extras)
        return [still_needed.get((index, None), NOWHERE) for index in range(len(self._graph.packages))]

    def required(self, extras: frozenset[NormalizedName]) -> Iterator[tuple[NormalizedName, NormalizedName | None]]:
        """Each ignored name that something which stays requires, with the name of that, or None for the project."""
        edges: list[tuple[NormalizedName | None, Region, Target]] = [
            (None, EVERYWHERE, target) for target in self._targets(self._graph.own_dependencies, extras)
        ]
        for node, where in self._still_needed(extras).items():
            edges += [(self._graph.packages[node[0]].name, where, target) for target in self._edges(node)]
        for name, where, ((index, _), edge) in edges:
            package = self._graph.packages[index]
            installed = self._installed(extras)[index]
            asked_for = self._environments.intersection(where, self._environments.intersection(edge, installed))
            if package.name in self.ignored and asked_for != NOWHERE:
                yield package.name, name

    def _needed_without_ignored(self, extras: frozenset[NormalizedName]) -> Mapping[Node, Region]:
        selected = self._installed(extras)
        start = list(self._targets(self._graph.dependencies, extras))
        needed = self._reached(start, selected, frozenset())
        # What nothing led to even before: the lock says that it is installed, so it stays,
        # and what it needs stays with it.
        start += [
            ((index, None), self._environments.difference(region, needed.get((index, None), NOWHERE)))
            for index, region in enumerate(selected)
        ]
        return self._reached(start, selected, self.ignored)

    def _where_installed(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which Poetry installs it, with ``extras``."""
        recorded = [self._environments.region(package.marker, extras) for package in self._graph.packages]
        if self._graph.records_markers:
            return recorded
        # The rule for such locks (`Transaction.calculate_operations` without an environment): what the project
        # needs with all of its extras, as far as a dependency of its own that is not optional, or in one of
        # ``extras``, leads there.
        solved = self._reached(
            self._targets(self._graph.dependencies, frozenset(self._graph.extras)), recorded, frozenset()
        )
        asked_for = (d for d in self._graph.dependencies if not with_extras(d.marker, extras).is_empty())
        installed = self._reached(
            (target for dependency in asked_for for target in self._solved_targets(dependency, solved)),
            [solved.get((index, None), NOWHERE) for index in range(len(recorded))],
            frozenset(),
        )
        return [installed.get((index, None), NOWHERE) for index in range(len(recorded))]

    def _solved_targets(self, dependency: Dependency, solved: Mapping[Node, Region]) -> Iterator[Target]:
        """What ``dependency`` of the project leads to where that is ``solved``, whatever its marker says."""
        is_optional = with_extras(dependency.marker, ()).is_empty()
        for index in self._indexes[dependency.name]:
            if is_optional:
                # By its name: with the extras for which anything asks.
                yield from ((node, where) for node, where in solved.items() if node[0] == index)
            else:
                nodes: list[Node] = [(index, None), *((index, extra) for extra in sorted(dependency.extras))]
                where = reduce(self._environments.intersection, (solved.get(node, NOWHERE) for node in nodes))
                yield from ((node, where) for node in nodes)

    def _reached(
        self, start: Iterable[Target], selected: Sequence[Region], without: frozenset[NormalizedName]
    ) -> Mapping[Node, Region]:
        """Where each node is reached from ``start``, as far as it is selected, and never through ``without``.

        The least fixed point of "selected, and asked for by something that is reached":
        regions only grow, and there are finitely many, so cycles end.
        """
        environments = self._environments
        reached: dict[Node, Region] = {}
        # What is asked of a node until its turn comes is looked at in one go: in cycles, that comes back often.
        asked: OrderedDict[Node, Region] = OrderedDict()
        for node, where in start:
            asked[node] = environments.union(asked.get(node, NOWHERE), where)
        while asked:
            node, where = asked.popitem(last=False)
            index, _ = node
            if self._graph.packages[index].name in without:
                continue
            before = reached.get(node, NOWHERE)
            grown = environments.union(before, environments.intersection(where, selected[index]))
            if grown != before:
                reached[node] = grown
                for target, edge in self._edges(node):
                    where = environments.intersection(grown, edge)
                    asked[target] = environments.union(asked.get(target, NOWHERE), where)
        return reached

    def _edges_from(self, node: Node) -> tuple[Target, ...]:
        index, extra = node
        return tuple(self._targets(self._graph.packages[index].dependencies, frozenset({extra} if extra else ())))

    def _targets(self, dependencies: Iterable[Dependency], extras: frozenset[NormalizedName]) -> Iterator[Target]:
        """What ``dependencies`` of something with ``extras`` lead to, and where they hold."""
        for dependency in dependencies:
            where = self._environments.region(dependency.marker, extras)
            if where == NOWHERE:
                continue
            # Every version of the name: the fork's own markers say which of them is installed where.
            for index in self._indexes[dependency.name]:
                yield (index, None), where
                for extra in dependency.extras:
                    yield (index, extra), where

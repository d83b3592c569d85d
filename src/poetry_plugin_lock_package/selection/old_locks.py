"""What Poetry installs from a lock before format 2.1, once it is known which version is the one where.

There, Poetry solves with all of the project's extras, and then leaves out what is optional and not asked for
(``Transaction.calculate_operations`` without an environment, and ``get_extra_package_names``).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, reduce
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.reach import reach
from poetry_plugin_lock_package.markers.regions import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import LockedGraph, Requirement
    from poetry_plugin_lock_package.markers.regions import Region
    from poetry_plugin_lock_package.selection.walk import Node, Target, Walk


class OldLock:
    """The packages of a graph that has ``requirements`` and records no markers."""

    def __init__(self, graph: LockedGraph, walk: Walk) -> None:
        self._graph = graph
        self._walk = walk
        self._environments = walk.environments
        self._solved = cache(self._where_solved)
        self._always = cache(self._always_installed)
        self._named = cache(self._reached_by_names)

    def installed(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which Poetry installs it, with ``extras``."""
        start = tuple(self._walk.targets((r.dependency for r in self._graph.requirements), extras))
        chosen = tuple(self._environments.region(package.marker, extras) for package in self._graph.packages)
        # Most projects have no markers that name extras, and so the same start and choice with any of them.
        always = self._always(start, chosen)
        named = [self._named(extra, start, chosen) for extra in sorted(extras)]
        return [
            reduce(self._environments.union, (regions.get(index, NOWHERE) for regions in (always, *named)))
            for index in range(len(chosen))
        ]

    def _where_solved(self, start: tuple[Target, ...], chosen: tuple[Region, ...]) -> Mapping[Node, Region]:
        """What the solver has in its solution, where."""
        return self._walk.reached(start, chosen)

    def _always_installed(self, start: tuple[Target, ...], chosen: tuple[Region, ...]) -> Mapping[int, Region]:
        """What the project's dependencies that are not optional lead to in the solution."""
        solved = self._solved(start, chosen)
        required = (requirement for requirement in self._graph.requirements if not requirement.is_optional)
        reached = self._walk.reached(
            (target for requirement in required for target in self._solved_targets(requirement, solved)),
            [solved.get((index, None), NOWHERE) for index in range(len(chosen))],
        )
        return {index: where for (index, extra), where in reached.items() if extra is None}

    def _solved_targets(self, requirement: Requirement, solved: Mapping[Node, Region]) -> Iterator[Target]:
        """What ``requirement`` leads to wherever that is ``solved``: Poetry does not look at its marker for this."""
        for index in self._fitting(requirement):
            nodes: list[Node] = [(index, None), *((index, extra) for extra in requirement.dependency.extras)]
            where = reduce(self._environments.intersection, (solved.get(node, NOWHERE) for node in nodes))
            yield from ((node, where) for node in nodes)

    def _fitting(self, requirement: Requirement) -> Sequence[int]:
        indexes = self._walk.indexes[requirement.dependency.name]
        return [index for index in indexes if self._graph.packages[index].version in requirement.versions]

    def _reached_by_names(
        self, extra: NormalizedName, start: tuple[Target, ...], chosen: tuple[Region, ...]
    ) -> Mapping[int, Region]:
        """What ``extra`` names, and what that requires, name by name, with all that the solution has of each."""
        solved = self._solved(start, chosen)
        edges: defaultdict[int, list[tuple[int, Region]]] = defaultdict(list)
        for node, where in solved.items():
            for (index, asked), edge in self._walk.edges(node):
                if asked is None:
                    edges[node[0]].append((index, self._environments.intersection(where, edge)))
        names = {r.dependency.name for r in self._graph.requirements if extra in r.in_extras}
        named = [index for name in sorted(names) for index in self._walk.indexes[name]]
        regions = {index: solved.get((index, None), NOWHERE) for index in range(len(chosen))}
        return reach(
            self._environments, [(index, regions[index]) for index in named], edges.__getitem__, regions.__getitem__
        )

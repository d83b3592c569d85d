"""Where Poetry installs each package of a lock before format 2.1, once the versions are chosen.

For such a lock, Poetry solves with all optional dependencies of the project. Then it leaves out what is optional and
not asked for (``Transaction.calculate_operations`` without an environment, and ``get_extra_package_names``).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, reduce
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.regions import NOWHERE, reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import Dependency, LockedGraph, Requirement
    from poetry_plugin_lock_package.markers.regions import Region
    from poetry_plugin_lock_package.selection.select import Node, Walk

    # Where each requirement of the project holds, or where each package is the chosen version.
    Holds = tuple[Region, ...]
    # A package as the solver knows it: by its name and the extras that are asked for together.
    Key = tuple[NormalizedName, frozenset[NormalizedName]]


class OldLock:
    """A graph that records no markers, and so says by its ``requirements`` what is installed."""

    def __init__(self, graph: LockedGraph, walk: Walk) -> None:
        self._graph = graph
        self._walk = walk
        self._environments = walk.environments
        self._solved = cache(self._where_solved)
        self._always = cache(self._always_installed)
        self._named = cache(self._reached_by_names)

    def installed(self, extras: frozenset[NormalizedName]) -> list[Region]:
        """For each package of the graph: the environments in which Poetry installs it, with ``extras``."""
        regions = self._environments.region
        holds = tuple(regions(requirement.dependency.marker, extras) for requirement in self._graph.requirements)
        chosen = tuple(regions(package.marker, extras) for package in self._graph.packages)
        # Most projects have no markers that name extras. Then this is the same with any of them, and done only once.
        always = self._always(holds, chosen)
        named = [self._named(extra, holds, chosen) for extra in sorted(extras)]
        return [
            reduce(self._environments.union, (found.get(index, NOWHERE) for found in (always, *named)))
            for index in range(len(chosen))
        ]

    def _where_solved(self, holds: Holds, chosen: Holds) -> Mapping[Node, Region]:
        """Where each package, and each extra of it, is in the solver's solution."""
        start = (
            (node, where)
            for requirement, where in zip(self._graph.requirements, holds, strict=True)
            for index in self._walk.indexes[requirement.dependency.name]
            for node in _nodes(index, requirement.dependency.extras)
        )
        return self._walk.reached(start, chosen)

    def _always_installed(self, holds: Holds, chosen: Holds) -> Mapping[int, Region]:
        """Where the dependencies of the project that are not optional lead to each package, within the solution."""
        solved = self._solved(holds, chosen)
        asked = self._where_asked(holds, solved)
        reached = self._walk.reached(
            (
                (node, asked[_key(requirement.dependency)])
                for requirement in self._graph.requirements
                if not requirement.is_optional
                for index in self._fitting(requirement)
                for node in _nodes(index, requirement.dependency.extras)
            ),
            [solved.get((index, None), NOWHERE) for index in range(len(chosen))],
        )
        return {index: where for (index, extra), where in reached.items() if extra is None}

    def _where_asked(self, holds: Holds, solved: Mapping[Node, Region]) -> Mapping[Key, Region]:
        """Where the solution has a package with exactly the extras that the project requires of it.

        Poetry looks for that alone, and not at the marker of what the project requires (``PackageNode.reachable``).
        To the solver, ``lib[a]`` and ``lib[a,b]`` are two packages. Both of them require ``lib``.
        """
        asked = {_key(requirement.dependency): NOWHERE for requirement in self._graph.requirements}
        union, intersection = self._environments.union, self._environments.intersection
        for requirement, where in zip(self._graph.requirements, holds, strict=True):
            key = _key(requirement.dependency)
            asked[key] = union(asked[key], where)
        for (index, extra), where in solved.items():
            package = self._graph.packages[index]
            if extra is None and (key := (package.name, frozenset())) in asked:
                asked[key] = union(asked[key], where)
            for dependency in package.dependencies:
                if dependency.extras and (key := _key(dependency)) in asked:
                    edge = self._environments.region(dependency.marker, frozenset({extra} if extra else ()))
                    asked[key] = union(asked[key], intersection(where, edge))
        return asked

    def _fitting(self, requirement: Requirement) -> Sequence[int]:
        packages = self._graph.packages
        indexes = self._walk.indexes[requirement.dependency.name]
        return [index for index in indexes if (packages[index].version, packages[index].source) in requirement.fits]

    def _reached_by_names(self, extra: NormalizedName, holds: Holds, chosen: Holds) -> Mapping[int, Region]:
        """Where the names in ``extra`` lead to each package. Poetry follows names here, in all of the solution."""
        solved = self._solved(holds, chosen)
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


def _key(dependency: Dependency) -> Key:
    return dependency.name, dependency.extras


def _nodes(index: int, extras: Iterable[NormalizedName]) -> list[Node]:
    return [(index, None), *((index, extra) for extra in extras)]

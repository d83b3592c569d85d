"""Walks over the locked graph: what leads where, and in which environments."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.reach import reach
from poetry_plugin_lock_package.markers.regions import NOWHERE, Environments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import Dependency, LockedGraph
    from poetry_plugin_lock_package.markers.regions import Region

    # A package in the graph, by its index in `LockedGraph.packages`, and one of its
    # extras that is asked for, or None for the package itself.
    Node = tuple[int, NormalizedName | None]
    # A node, and the environments in which it is asked for.
    Target = tuple[Node, Region]


class Walk:
    """The graph with its edges as regions of ``environments``; ``indexes`` are those of the packages of each name."""

    def __init__(self, graph: LockedGraph, markers: Iterable[BaseMarker] = ()) -> None:
        """Prepare for regions of what is in ``graph``, and of ``markers``."""
        self._graph = graph
        self.environments = Environments(
            (
                *(package.marker for package in graph.packages),
                *(dependency.marker for dependency in (*graph.dependencies, *graph.own_dependencies)),
                *(dependency.marker for package in graph.packages for dependency in package.dependencies),
                *markers,
            ),
            graph.python,
        )
        self.indexes: defaultdict[NormalizedName, list[int]] = defaultdict(list)
        for index, package in enumerate(graph.packages):
            self.indexes[package.name].append(index)
        self.edges = cache(self._edges_from)

    def reached(self, start: Iterable[Target], allowed: Sequence[Region]) -> Mapping[Node, Region]:
        """Where each node is reached from ``start``, as far as its package is ``allowed``."""
        return reach(self.environments, start, self.edges, lambda node: allowed[node[0]])

    def targets(self, dependencies: Iterable[Dependency], extras: frozenset[NormalizedName]) -> Iterator[Target]:
        """What ``dependencies`` of something with ``extras`` lead to, and where they hold."""
        for dependency in dependencies:
            where = self.environments.region(dependency.marker, extras)
            if where == NOWHERE:
                continue
            # Every version of the name: the fork's own markers say which of them is installed where.
            for index in self.indexes[dependency.name]:
                yield (index, None), where
                for extra in dependency.extras:
                    yield (index, extra), where

    def _edges_from(self, node: Node) -> tuple[Target, ...]:
        index, extra = node
        return tuple(self.targets(self._graph.packages[index].dependencies, frozenset({extra} if extra else ())))

"""Where Poetry installs each package, once the versions are chosen.

Poetry solves with all optional dependencies of the project. Then it leaves out what is optional and not asked for
(``Transaction.calculate_operations`` without an environment, and ``get_extra_package_names``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.lock.old_formats.candidates import ROOT
from poetry_plugin_lock_package.markers.regions import NOWHERE, reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.old_formats.candidates import Candidates, Key, Node
    from poetry_plugin_lock_package.markers.regions import Region


@dataclass(frozen=True, slots=True)
class Installing:
    """The solver's solution for one choice of the project's extras."""

    candidates: Candidates
    solved: Mapping[Node, Region]
    """Where the solution has each candidate, and each extra of it."""

    def always(self) -> Mapping[Node, Region]:
        """Where the dependencies of the project that are not optional lead to each node."""
        asked = self._where_asked()
        start = [
            (node, asked[edge.key])
            for edge in self.candidates.edges[ROOT]
            if not edge.is_optional
            for index in edge.fits
            for node in edge.nodes(index)
        ]
        return reach(self.candidates.environments, start, self.candidates.targets, self._where_solved)

    def by_names(self, extra: NormalizedName) -> Mapping[int, Region]:
        """Where the names in ``extra`` lead to each package. Poetry follows names here, in all of the solution."""
        intersection = self.candidates.environments.intersection
        edges: defaultdict[int, list[tuple[int, Region]]] = defaultdict(list)
        for node, where in self.solved.items():
            for (index, asked), edge in self.candidates.targets(node):
                if node[0] is not None and index is not None and asked is None:
                    edges[node[0]].append((index, intersection(where, edge)))
        names = sorted({edge.name for edge in self.candidates.edges[ROOT] if extra in edge.in_extras})
        start = [
            (index, self._where_solved((index, None))) for name in names for index in self.candidates.indexes[name]
        ]
        return reach(
            self.candidates.environments, start, edges.__getitem__, lambda index: self._where_solved((index, None))
        )

    def _where_solved(self, node: Node) -> Region:
        return self.solved.get((node[0], None), NOWHERE)

    def _where_asked(self) -> Mapping[Key, Region]:
        """Where the solution has a package with exactly the extras that the project requires of it.

        Poetry looks for that alone, and not at the marker of what the project requires (``PackageNode.reachable``).
        To the solver, ``lib[a]`` and ``lib[a,b]`` are two packages. Both of them require ``lib``.
        """
        union, intersection = self.candidates.environments.union, self.candidates.environments.intersection
        asked: defaultdict[Key, Region] = defaultdict(lambda: NOWHERE)
        for node, where in self.solved.items():
            index, extra = node
            if index is not None and extra is None:
                key = (self.candidates.packages[index].name, ())
                asked[key] = union(asked[key], where)
            for edge in self.candidates.edges.get(node, ()):
                if edge.extras or index is None:
                    asked[edge.key] = union(asked[edge.key], intersection(where, edge.where))
        return asked

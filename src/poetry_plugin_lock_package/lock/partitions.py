"""The environments in which the solver has to decide, parted by all that bears on its decision."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.lock.candidates import ROOT
from poetry_plugin_lock_package.lock.narrowing import reached_nodes
from poetry_plugin_lock_package.markers.regions import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.candidates import Candidates, Node
    from poetry_plugin_lock_package.lock.narrowing import Narrowed
    from poetry_plugin_lock_package.markers.regions import Region


@dataclass(frozen=True, slots=True)
class Dispute:
    """What bears on an open choice: ``names``, the ``indexes`` of their candidates, and where those are ``reached``."""

    names: frozenset[NormalizedName]
    indexes: tuple[int, ...]
    reached: Mapping[Node, Region]


def disputes(candidates: Candidates, narrowed: Narrowed) -> Dispute:
    """The names with a choice, those with a problem, and all that lead to one of these, where the choice is open."""
    environments = candidates.environments
    reached = {
        node: region
        for node, where in reached_nodes(candidates, candidates.allowed).items()
        if (region := environments.intersection(where, narrowed.open)) != NOWHERE
    }
    parents: defaultdict[NormalizedName, set[NormalizedName]] = defaultdict(set)
    for index, extra in reached:
        if index is not None:
            for edge in candidates.edges.get((index, extra), ()):
                parents[edge.name].add(candidates.packages[index].name)
    forked = {candidates.packages[i].name for i, _ in reached if i is not None}
    names: set[NormalizedName] = set()
    todo = [*narrowed.disputed, *(name for name in forked if len(candidates.indexes[name]) > 1)]
    while todo:
        if (name := todo.pop()) not in names:
            names.add(name)
            todo += parents[name]
    indexes = tuple(index for index, package in enumerate(candidates.packages) if package.name in names)
    return Dispute(frozenset(names), indexes, reached)


def partitions(candidates: Candidates, dispute: Dispute, region: Region) -> list[Region]:
    """``region`` in parts in which the same edges between what is in ``dispute`` hold, and the same Pythons will do."""
    environments = candidates.environments
    cuts = [candidates.allowed[index] for index in dispute.indexes]
    for node, where in dispute.reached.items():
        if node == ROOT or candidates.packages[node[0] or 0].name in dispute.names:
            edges = (edge for edge in candidates.edges.get(node, ()) if edge.name in dispute.names)
            cuts += [environments.intersection(where, edge.where) for edge in edges]
    parts = [region]
    for cut in dict.fromkeys(cuts):
        parts = [
            half
            for part in parts
            for half in (environments.intersection(part, cut), environments.difference(part, cut))
            if half != NOWHERE
        ]
    return parts

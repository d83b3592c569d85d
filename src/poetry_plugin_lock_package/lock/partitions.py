"""The environments in which the solver has to decide, divided by everything that bears on its decision."""

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
    from poetry_plugin_lock_package.markers.regions import Region


@dataclass(frozen=True, slots=True)
class Dispute:
    """The choice that is open in ``region``: the ``names`` that bear on it, and the ``indexes`` of their candidates.

    ``reached`` is where the project may lead to each node.
    """

    names: frozenset[NormalizedName]
    indexes: tuple[int, ...]
    region: Region
    reached: Mapping[Node, Region]


def find_dispute(candidates: Candidates, disputed: frozenset[NormalizedName], region: Region) -> Dispute:
    """The names that are ``disputed`` in ``region``, and every name that may lead to one of them there."""
    environments = candidates.environments
    reached = {
        node: where
        for node, anywhere in reached_nodes(candidates, candidates.allowed).items()
        if (where := environments.intersection(anywhere, region)) != NOWHERE
    }
    parents: defaultdict[NormalizedName, set[NormalizedName]] = defaultdict(set)
    for index, extra in reached:
        if index is not None:
            for edge in candidates.edges.get((index, extra), ()):
                parents[edge.name].add(candidates.packages[index].name)
    names: set[NormalizedName] = set()
    todo = [*disputed]
    while todo:
        if (name := todo.pop()) not in names:
            names.add(name)
            todo += parents[name]
    indexes = tuple(index for index, package in enumerate(candidates.packages) if package.name in names)
    return Dispute(frozenset(names), indexes, region, reached)


def partitions(candidates: Candidates, dispute: Dispute) -> list[Region]:
    """The region of ``dispute`` in parts. In one part, the same edges hold and Python allows the same packages."""
    environments = candidates.environments
    cuts = [candidates.allowed[index] for index in dispute.indexes]
    for node, where in dispute.reached.items():
        if node == ROOT or candidates.packages[node[0] or 0].name in dispute.names:
            edges = (edge for edge in candidates.edges.get(node, ()) if edge.name in dispute.names)
            cuts += [environments.intersection(where, edge.where) for edge in edges]
    parts = [dispute.region]
    for cut in dict.fromkeys(cuts):
        parts = [
            half
            for part in parts
            for half in (environments.intersection(part, cut), environments.difference(part, cut))
            if half != NOWHERE
        ]
    return parts

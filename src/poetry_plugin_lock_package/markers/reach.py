"""Where the nodes of a graph are reached, when its edges hold in some environments only."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

from poetry_plugin_lock_package.markers.regions import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from poetry_plugin_lock_package.markers.regions import Environments, Region

Node = TypeVar("Node")


def reach(
    environments: Environments,
    start: Iterable[tuple[Node, Region]],
    edges: Callable[[Node], Iterable[tuple[Node, Region]]],
    allowed: Callable[[Node], Region],
) -> Mapping[Node, Region]:
    """The region in which each node is reached from ``start``, and never outside the region ``allowed`` for it.

    The least fixed point of "allowed, and asked for by something that is reached": regions only grow, and there
    are finitely many, so cycles end. Nodes that are reached nowhere are left out.
    """
    reached: dict[Node, Region] = {}
    # Requests are merged until their node's turn comes, because cycles lead back to a node often.
    asked: OrderedDict[Node, Region] = OrderedDict()
    for node, where in start:
        asked[node] = environments.union(asked.get(node, NOWHERE), where)
    while asked:
        node, where = asked.popitem(last=False)
        before = reached.get(node, NOWHERE)
        grown = environments.union(before, environments.intersection(where, allowed(node)))
        if grown != before:
            reached[node] = grown
            for target, edge in edges(node):
                where = environments.intersection(grown, edge)
                asked[target] = environments.union(asked.get(target, NOWHERE), where)
    return reached

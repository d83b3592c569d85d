"""Where several versions are possible: what bears on the choice, and what Poetry's solver makes of it.

The environments are divided by everything that bears on the choice, and the solver is asked once for each part.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.lock.old_formats.candidates import ROOT
from poetry_plugin_lock_package.lock.old_formats.narrowing import reached_nodes
from poetry_plugin_lock_package.markers.regions import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.packages.project_package import ProjectPackage

    from poetry_plugin_lock_package.lock.old_formats.candidates import Candidates, Node
    from poetry_plugin_lock_package.markers.regions import Region


@dataclass(frozen=True, slots=True)
class Solved:
    """What the solver has chosen."""

    chosen: tuple[Region, ...]
    """Where each candidate, by index, may be installed."""
    unsolved: Region = NOWHERE
    """Where there is no solution."""
    problem: str = ""
    """Why there is none."""


def decide(
    root: ProjectPackage,
    candidates: Candidates,
    extras: frozenset[NormalizedName],
    disputed: frozenset[NormalizedName],
    region: Region,
) -> Solved:
    """Choose between the candidates of the names that are ``disputed`` in ``region``, with ``extras`` of ``root``."""
    # Imported only here: it takes long, and few locks need it.
    from poetry_plugin_lock_package.poetry_api.solving import solve

    environments = candidates.environments
    reached = {
        node: where
        for node, anywhere in reached_nodes(candidates, candidates.allowed).items()
        if (where := environments.intersection(anywhere, region)) != NOWHERE
    }
    names = names_behind(candidates, disputed, reached)
    indexes = [index for index, package in enumerate(candidates.packages) if package.name in names]
    chosen = list(candidates.allowed)
    unsolved, problem = NOWHERE, ""
    for part in parts(candidates, names, region, reached):
        likely = environments.intersection(part, candidates.possible)
        if likely == NOWHERE:
            continue
        solved = solve(root, candidates.packages, names, environments.example(likely), extras)
        if isinstance(solved, str):
            unsolved, problem = environments.union(unsolved, part), problem or solved
            continue
        found = {*solved}
        for index in indexes:
            rest = environments.difference(chosen[index], part)
            chosen[index] = environments.union(rest, part) if candidates.packages[index] in found else rest
    return Solved(tuple(chosen), unsolved, problem)


def names_behind(
    candidates: Candidates, disputed: Collection[NormalizedName], reached: Collection[Node]
) -> frozenset[NormalizedName]:
    """The ``disputed`` names, and every name that may lead to one of them by one of the nodes that are ``reached``."""
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
    return frozenset(names)


def parts(
    candidates: Candidates, names: Collection[NormalizedName], region: Region, reached: Mapping[Node, Region]
) -> list[Region]:
    """``region`` in parts. In one part, the same edges hold, and Python allows the same packages of ``names``."""
    environments = candidates.environments
    cuts = [candidates.allowed[index] for index, package in enumerate(candidates.packages) if package.name in names]
    for node, where in reached.items():
        if node == ROOT or candidates.packages[node[0] or 0].name in names:
            edges = (edge for edge in candidates.edges.get(node, ()) if edge.name in names)
            cuts += [environments.intersection(where, edge.where) for edge in edges]
    found = [region]
    for cut in dict.fromkeys(cuts):
        found = [
            half
            for part in found
            for half in (environments.intersection(part, cut), environments.difference(part, cut))
            if half != NOWHERE
        ]
    return found

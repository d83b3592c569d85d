"""The choice of versions: without the solver where nothing is left to choose, and with Poetry's solver elsewhere.

Poetry's solver takes the newest locked version that meets the requirements which it has found so far. Where each
requirement on its own leads to the same version, the order in which the solver finds them does not matter, and it
never has to go back. There, no solver is needed. For the rest, the environments are divided by everything that bears on
the choice, and the solver is asked once for each part.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.lock.old_formats.candidates import ROOT
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE, reach
from poetry_plugin_lock_package.poetry_api import solve

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.packages.project_package import ProjectPackage

    from poetry_plugin_lock_package.lock.old_formats.candidates import Candidates, Node
    from poetry_plugin_lock_package.markers.regions import Region

    # The requirements on a name: the candidates that meet each of them, newest first, and where it holds.
    Requests = Mapping[tuple[int, ...], Region]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is chosen without the solver."""

    chosen: tuple[Region, ...]
    """Where each candidate, by index, may still be installed."""
    open: Region
    """Where the solver has to decide."""
    disputed: frozenset[NormalizedName]
    """The names about which it has to."""


def narrow(candidates: Candidates, chosen: tuple[Region, ...]) -> Narrowed:
    """Rule out each ``chosen`` candidate where the solver is sure to take another one."""
    union, difference = candidates.environments.union, candidates.environments.difference
    while True:
        requests = _requests(candidates, chosen)
        settled = {name: _agreed(candidates, name, asked, chosen) for name, asked in requests.items()}
        before, narrowed = chosen, list(chosen)
        for agreed in settled.values():
            for index in agreed:
                taken_by_others = (region for other, region in agreed.items() if other != index)
                narrowed[index] = reduce(difference, taken_by_others, narrowed[index])
        chosen = tuple(narrowed)
        if chosen == before:
            break
    left = {
        name: difference(reduce(union, asked.values()), reduce(union, settled[name].values(), NOWHERE))
        for name, asked in requests.items()
    }
    disputed = frozenset(name for name, region in left.items() if region != NOWHERE)
    return Narrowed(chosen, reduce(union, left.values(), NOWHERE), disputed)


def reached_nodes(candidates: Candidates, chosen: Sequence[Region]) -> Mapping[Node, Region]:
    """Where the project leads to each candidate, and to each extra of it, as far as it is ``chosen`` there."""
    return reach(
        candidates.environments,
        [(ROOT, EVERYWHERE)],
        candidates.targets,
        lambda node: EVERYWHERE if node[0] is None else chosen[node[0]],
    )


def _requests(candidates: Candidates, chosen: Sequence[Region]) -> Mapping[NormalizedName, Requests]:
    """What the project, and every package that it leads to, asks of each name."""
    environments = candidates.environments
    requests: defaultdict[NormalizedName, defaultdict[tuple[int, ...], Region]]
    requests = defaultdict(lambda: defaultdict(lambda: NOWHERE))
    for node, region in reached_nodes(candidates, chosen).items():
        for edge in candidates.edges.get(node, ()):
            where = environments.intersection(region, edge.where)
            if where != NOWHERE:
                asked = requests[edge.name]
                asked[edge.fits] = environments.union(asked[edge.fits], where)
    return requests


def _agreed(
    candidates: Candidates, name: NormalizedName, asked: Requests, chosen: Sequence[Region]
) -> dict[int, Region]:
    """For each candidate of ``name``: where every requirement that is ``asked`` of it leads to this candidate."""
    environments = candidates.environments
    indexes = candidates.indexes.get(name, ())
    if not _is_plain(candidates, indexes):
        return {}
    agreed = dict.fromkeys(indexes, reduce(environments.union, asked.values()))
    for fits, where in asked.items():
        picked, left = dict.fromkeys(indexes, NOWHERE), where
        for index in fits:
            picked[index] = environments.intersection(left, chosen[index])
            left = environments.difference(left, chosen[index])
        for index, region in picked.items():
            agreed[index] = environments.difference(agreed[index], environments.difference(where, region))
    return agreed


def _is_plain(candidates: Candidates, indexes: Sequence[int]) -> bool:
    """Whether the solver only compares versions. It does more if two packages differ in source or local part alone."""
    packages = [candidates.packages[index] for index in indexes]
    versions = {package.version.without_local() for package in packages}
    return len(packages) == 1 or (
        len(versions) == len(packages) and not any(package.is_direct_origin() for package in packages)
    )


# ---- by Poetry's solver


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

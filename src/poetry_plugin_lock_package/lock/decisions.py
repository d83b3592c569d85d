"""What Poetry's solver decides where a lock leaves a choice. It is asked once for each part of the environments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.lock.partitions import partitions
from poetry_plugin_lock_package.markers.regions import NOWHERE
from poetry_plugin_lock_package.poetry_api.solving import solve

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from poetry.core.packages.project_package import ProjectPackage

    from poetry_plugin_lock_package.lock.candidates import Candidates
    from poetry_plugin_lock_package.lock.partitions import Dispute
    from poetry_plugin_lock_package.markers.regions import Region


@dataclass(frozen=True, slots=True)
class Decided:
    """``chosen`` is where each candidate, by index, may be installed.

    ``unsolved`` is where there is no solution, and ``problem`` says why.
    """

    chosen: tuple[Region, ...]
    unsolved: Region
    problem: str


def decide(
    root: ProjectPackage, candidates: Candidates, extras: frozenset[NormalizedName], dispute: Dispute
) -> Decided:
    """Choose between the candidates in ``dispute`` as Poetry does with ``extras`` of ``root``."""
    environments = candidates.environments
    chosen = list(candidates.allowed)
    unsolved, problem = NOWHERE, ""
    for part in partitions(candidates, dispute):
        likely = environments.intersection(part, candidates.possible)
        if likely == NOWHERE:
            continue
        solved = solve(root, candidates.packages, dispute.names, environments.example(likely), extras)
        if isinstance(solved, str):
            unsolved, problem = environments.union(unsolved, part), problem or solved
            continue
        found = {*solved}
        for index in dispute.indexes:
            rest = environments.difference(chosen[index], part)
            chosen[index] = environments.union(rest, part) if candidates.packages[index] in found else rest
    return Decided(tuple(chosen), unsolved, problem)

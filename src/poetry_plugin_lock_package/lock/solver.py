"""The choice of versions for a lock that does not record where each is installed (formats before 2.1).

Poetry installs from such a lock by solving once more for the environment at hand, with the locked packages as the
only candidates (``Installer._do_install``). Here that is done for all environments at once. Most of the choice
follows from the lock alone (see ``narrowing``). Where something is left, the environments are parted by all that
bears on it, and Poetry's own solver decides for one environment of each part. Nothing is looked up, and no
version can come out that is not in the lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry.core.version.markers import AnyMarker, EmptyMarker, MarkerUnion, MultiMarker, parse_marker

from poetry_plugin_lock_package.lock.candidates import read_candidates
from poetry_plugin_lock_package.lock.model import inconsistent
from poetry_plugin_lock_package.lock.narrowing import narrow, reached_nodes
from poetry_plugin_lock_package.lock.partitions import find_dispute
from poetry_plugin_lock_package.markers.operations import atoms
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE
from poetry_plugin_lock_package.poetry_api.groups import spelt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.packages.package import Package
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.candidates import Candidates
    from poetry_plugin_lock_package.markers.regions import Region

    # What is installed, and where its version is the one.
    Solution = Mapping[Package, BaseMarker]


@dataclass(frozen=True, slots=True)
class _Resolved:
    """Where each package is needed in its version, by index; where there is no solution, and why."""

    candidates: Candidates
    needed: tuple[Region, ...]
    unsolved: Region = NOWHERE
    problem: str = ""


def resolve(
    project: ProjectPackage,
    locked: Sequence[Package],
    groups: Collection[NormalizedName],
    extras: frozenset[NormalizedName] = frozenset(),
) -> tuple[Solution, tuple[BaseMarker, ...]]:
    """Solve for the ``groups`` of ``project``, with ``locked`` as the only packages there are.

    Returns which packages are installed, each with a marker that tells where its version is the one if its name
    is needed there, and markers for where there is no solution. Where the project itself asks for versions by
    extras, that is so with ``extras`` and with one more of them, and the markers name those extras. Raises
    LockError, with the solver's words for it, if there is no solution for any environment.
    """
    root = project.with_dependency_groups(spelt(project, groups), only=True)
    named = _named_extras(root)
    extra_sets = list(dict.fromkeys((extras & named, *((extras & named) | {extra} for extra in sorted(named)))))
    resolved = {
        chosen: _resolve(root, candidates, chosen)
        for chosen, candidates in zip(extra_sets, read_candidates(root, locked, extra_sets), strict=True)
    }
    if all(one.unsolved == EVERYWHERE for one in resolved.values()):
        raise inconsistent(next(iter(resolved.values())).problem)
    conditions = {chosen: _extra_condition(chosen, named) for chosen in extra_sets}
    solution = {}
    forked = {package.name for package in locked if len(resolved[extra_sets[0]].candidates.indexes[package.name]) > 1}
    for index, package in enumerate(locked):
        if any(one.needed[index] != NOWHERE for one in resolved.values()):
            regions = {
                conditions[chosen]: _where_chosen(one, index, is_forked=package.name in forked)
                for chosen, one in resolved.items()
            }
            solution[package] = _marker(resolved[extra_sets[0]].candidates, regions)
    unsolved = _marker(
        resolved[extra_sets[0]].candidates, {conditions[chosen]: one.unsolved for chosen, one in resolved.items()}
    )
    return solution, () if unsolved.is_empty() else (unsolved,)


def _where_chosen(resolved: _Resolved, index: int, *, is_forked: bool) -> Region:
    if is_forked:
        return resolved.needed[index]
    return resolved.candidates.environments.difference(EVERYWHERE, resolved.unsolved)


def _named_extras(root: ProjectPackage) -> frozenset[NormalizedName]:
    """The extras of ``root`` by whose names it asks for other versions: those in markers that its user wrote."""
    conditions = " ".join(
        str(atom) for dependency in root.all_requires for atom in atoms(dependency.marker) if atom.name == "extra"
    )
    return frozenset(extra for extra in root.extras if f'"{extra}"' in conditions)


def _extra_condition(extras: frozenset[NormalizedName], named: Iterable[NormalizedName]) -> BaseMarker:
    """The marker that holds if, of ``named``, exactly ``extras`` are installed."""
    return parse_marker(" and ".join(f'extra {"==" if extra in extras else "!="} "{extra}"' for extra in sorted(named)))


def _marker(candidates: Candidates, regions: Mapping[BaseMarker, Region]) -> BaseMarker:
    """The marker of ``regions``, each under its condition."""
    if len({*regions.values()}) == 1:
        regions = {AnyMarker(): next(iter(regions.values()))}
    alternatives = [
        marker if condition.is_any() else condition if marker.is_any() else MultiMarker(condition, marker)
        for condition, region in regions.items()
        for marker in candidates.environments.markers(region)
    ]
    # Not simplified by poetry-core, which takes long: nobody reads this text.
    return MarkerUnion(*alternatives) if len(alternatives) > 1 else next(iter(alternatives), EmptyMarker())


def _resolve(root: ProjectPackage, candidates: Candidates, extras: frozenset[NormalizedName]) -> _Resolved:
    """Solve with ``extras`` of ``root``, and only where the lock leaves something to decide.

    What the solver decides may leave another name open, whose choice bears on the same decision: then it has to
    decide on both together.
    """
    union, difference = candidates.environments.union, candidates.environments.difference
    chosen, unsolved, problem = candidates.allowed, NOWHERE, ""
    disputed: frozenset[NormalizedName] = frozenset()
    region = NOWHERE
    while True:
        narrowed = narrow(candidates, chosen)
        known, known_region = disputed, region
        disputed, region = disputed | narrowed.disputed, union(region, difference(narrowed.open, unsolved))
        if (disputed, region) == (known, known_region):
            break
        # With Poetry's solver, which takes long to import: few locks need it.
        from poetry_plugin_lock_package.lock.decisions import decide

        decided = decide(root, candidates, extras, find_dispute(candidates, disputed, region))
        chosen, unsolved, problem = decided.chosen, decided.unsolved, decided.problem
    reached = reached_nodes(candidates, [difference(where, unsolved) for where in narrowed.chosen])
    needed = tuple(reached.get((index, None), NOWHERE) for index in range(len(candidates.packages)))
    is_hopeless = difference(candidates.possible, unsolved) == NOWHERE
    return _Resolved(candidates, needed, EVERYWHERE if is_hopeless else unsolved, problem)

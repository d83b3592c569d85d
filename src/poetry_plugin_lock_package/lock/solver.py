"""The choice of versions for a lock that does not record where each is installed (formats before 2.1).

To install from such a lock, Poetry solves once more for the environment at hand, with the locked packages as the
only candidates (``Installer._do_install``). Here this is done for all environments at once. Most of the choice
follows from the lock alone (see ``narrowing``). For the rest, the environments are divided by everything that
bears on the choice, and Poetry's own solver decides for one environment of each part. Nothing is looked up, and
every chosen version is in the lock.
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
    from poetry_plugin_lock_package.markers.regions import Environments, Region

    # What is installed, and where its version is the chosen one.
    Solution = Mapping[Package, BaseMarker]


@dataclass(frozen=True, slots=True)
class _Resolved:
    """``needed`` is where each package is needed in its version, by index.

    ``unsolved`` is where there is no solution, and ``problem`` says why.
    """

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

    Returns the packages that are installed somewhere, and markers for where there is no solution. Each package has
    a marker: wherever its name is needed and the marker holds, its version is installed. If the project asks for
    versions by extras, this is worked out with ``extras``, and with each other extra added to them. The markers
    then name these extras. Raises LockError with the solver's message if no environment has a solution.
    """
    root = project.with_dependency_groups(spelt(project, groups), only=True)
    named = _named_extras(root)
    extra_sets = list(dict.fromkeys((extras & named, *((extras & named) | {extra} for extra in sorted(named)))))
    resolved = {
        chosen: _resolve(root, candidates, chosen)
        for chosen, candidates in zip(extra_sets, read_candidates(root, locked, extra_sets), strict=True)
    }
    if all(one.unsolved == EVERYWHERE for one in resolved.values()):
        raise inconsistent(resolved[extra_sets[0]].problem)
    environments = resolved[extra_sets[0]].candidates.environments
    by_condition = {_extra_condition(chosen, named): one for chosen, one in resolved.items()}
    solution = {
        package: _marker(
            {condition: _where_chosen(one, index) for condition, one in by_condition.items()}, environments
        )
        for index, package in enumerate(locked)
        if any(one.needed[index] != NOWHERE for one in resolved.values())
    }
    unsolved = _marker({condition: one.unsolved for condition, one in by_condition.items()}, environments)
    return solution, () if unsolved.is_empty() else (unsolved,)


def _where_chosen(resolved: _Resolved, index: int) -> Region:
    """Where package ``index`` is the one that is installed, if its name is needed there."""
    candidates = resolved.candidates
    if len(candidates.indexes[candidates.packages[index].name]) > 1:
        return resolved.needed[index]
    return candidates.environments.difference(EVERYWHERE, resolved.unsolved)


def _named_extras(root: ProjectPackage) -> frozenset[NormalizedName]:
    """The extras of ``root`` that appear in markers which its user wrote, and so may decide about versions."""
    conditions = " ".join(
        str(atom) for dependency in root.all_requires for atom in atoms(dependency.marker) if atom.name == "extra"
    )
    return frozenset(extra for extra in root.extras if f'"{extra}"' in conditions)


def _extra_condition(extras: frozenset[NormalizedName], named: Iterable[NormalizedName]) -> BaseMarker:
    """The marker that holds if, of ``named``, exactly ``extras`` are installed."""
    return parse_marker(" and ".join(f'extra {"==" if extra in extras else "!="} "{extra}"' for extra in sorted(named)))


def _marker(regions: Mapping[BaseMarker, Region], environments: Environments) -> BaseMarker:
    """The marker that holds in each of ``regions`` if its condition does."""
    if len({*regions.values()}) == 1:
        regions = {AnyMarker(): next(iter(regions.values()))}
    alternatives = [
        marker if condition.is_any() else condition if marker.is_any() else MultiMarker(condition, marker)
        for condition, region in regions.items()
        for marker in environments.markers(region)
    ]
    # poetry-core takes long to simplify a marker, and nobody reads this one.
    return MarkerUnion(*alternatives) if len(alternatives) > 1 else next(iter(alternatives), EmptyMarker())


def _resolve(root: ProjectPackage, candidates: Candidates, extras: frozenset[NormalizedName]) -> _Resolved:
    """Solve with ``extras`` of ``root``. The solver is asked only where the lock leaves a choice.

    A decision of the solver may leave the choice for another name open, which may bear on the first decision.
    Then the solver decides about both names together.
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
        # Poetry's solver takes long to import, and few locks need it.
        from poetry_plugin_lock_package.lock.decisions import decide

        decided = decide(root, candidates, extras, find_dispute(candidates, disputed, region))
        chosen, unsolved, problem = decided.chosen, decided.unsolved, decided.problem
    reached = reached_nodes(candidates, [difference(where, unsolved) for where in narrowed.chosen])
    needed = tuple(reached.get((index, None), NOWHERE) for index in range(len(candidates.packages)))
    is_hopeless = difference(candidates.possible, unsolved) == NOWHERE
    return _Resolved(candidates, needed, EVERYWHERE if is_hopeless else unsolved, problem)

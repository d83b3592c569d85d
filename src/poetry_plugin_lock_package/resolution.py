"""Groups and markers for a lock that does not record them (formats before 2.1).

Poetry installs from such a lock by solving once more for the environment at hand,
with the locked packages as the only candidates. Here its solver does the
same for all environments at once: nothing is looked up, and no version can come out
that is not in the lock.

One resolution for all versions of Python settles on a release that suits them all,
where Poetry, on a Python of today, takes a newer one that is locked beside it. So
where the lock leaves a choice, each stretch of Python versions between which nothing
changes is solved by itself.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING

from cleo.io.null_io import NullIO
from poetry.core.constraints.version import VersionRange
from poetry.core.packages.utils.utils import create_nested_marker, get_python_constraint_from_marker
from poetry.core.version.markers import EmptyMarker, parse_marker
from poetry.puzzle.exceptions import SolverProblemError
from poetry.puzzle.solver import Solver
from poetry.repositories import RepositoryPool

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.groups import group_marker, spelt

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.packages.package import Package
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker

    # What is installed, and where.
    Solution = Mapping[Package, BaseMarker]


def resolve(
    project: ProjectPackage, locked: Sequence[Package], groups: Collection[NormalizedName]
) -> tuple[Solution, tuple[str, ...]]:
    """Solve for the ``groups`` of ``project``, with ``locked`` as the only packages there are.

    Returns where each package is installed, with markers that mention the extras of the
    project, and the Python ranges for which there is no solution. Raises LockError, with the
    solver's words for it, if there is none for any version in the project's range.
    """
    root = project.with_dependency_groups(spelt(project, groups), only=True)
    whole = root.python_constraint
    if len({package.name for package in locked}) == len(locked):
        # One version of each package, so there is no choice.
        solution = _solve(root, locked, groups, whole)
        if not isinstance(solution, SolverProblemError):
            return solution, ()
    solutions = {python: _solve(root, locked, groups, python) for python in _stretches(whole, locked)}
    problems = {python: s for python, s in solutions.items() if isinstance(s, SolverProblemError)}
    if len(problems) == len(solutions):
        text = " ".join(str(next(iter(problems.values()))).split())
        raise LockError(f"poetry.lock is inconsistent: {text} Run `poetry lock` to make it anew")
    solved = {python: {} if isinstance(s, SolverProblemError) else s for python, s in solutions.items()}
    return _joined(solved, whole), tuple(map(str, problems))


def _solve(
    root: ProjectPackage, locked: Sequence[Package], groups: Collection[NormalizedName], python: VersionConstraint
) -> Solution | SolverProblemError:
    """What Poetry installs on the versions ``python`` and under which markers, or why it cannot."""
    narrowed = root.clone()
    if python != root.python_constraint:
        narrowed.python_versions = str(python)
    solver = Solver(narrowed, RepositoryPool.from_packages(list(locked), None), [], list(locked), NullIO())
    # As Poetry's installer does: there is nothing to load later, and nowhere to load it from.
    solver.provider.load_deferred(load_deferred=False)
    try:
        solved = solver.solve().get_solved_packages()
    except SolverProblemError as error:
        return error
    return {package: group_marker(info, groups) for package, info in solved.items()}


def _stretches(python: VersionConstraint, locked: Sequence[Package]) -> list[VersionConstraint]:
    """``python``, cut wherever the range of a package or the marker of a dependency begins or ends."""
    constraints = chain(
        (package.python_constraint for package in locked),
        (get_python_constraint_from_marker(d.marker) for package in locked for d in package.requires),
    )
    bounds = {bound for c in constraints for part in c.flatten() for bound in (part.min, part.max) if bound is not None}
    cuts = [None, *sorted(bounds), None]
    parts = (VersionRange(low, high, include_min=True).intersect(python) for low, high in pairwise(cuts))
    return [part for part in parts if not part.is_empty()]


def _joined(solutions: Mapping[VersionConstraint, Solution], python: VersionConstraint) -> Solution:
    """One marker for each package, from its markers on each stretch of the versions ``python``."""
    packages = dict.fromkeys(chain.from_iterable(solutions.values()))
    return {package: _joined_marker(package, solutions).reduce_by_python_constraint(python) for package in packages}


def _joined_marker(package: Package, solutions: Mapping[VersionConstraint, Solution]) -> BaseMarker:
    markers = {python: solution.get(package, EmptyMarker()) for python, solution in solutions.items()}
    if len(set(markers.values())) == 1:
        return next(iter(markers.values()))
    joined: BaseMarker = EmptyMarker()
    for python, marker in markers.items():
        joined = joined.union(marker.intersect(parse_marker(create_nested_marker("python_version", python))))
    return joined

"""The choice of versions for a lock that does not record where each is installed (formats before 2.1).

Poetry installs from such a lock by solving once more for the environment at hand,
with the locked packages as the only candidates. Here its solver does the
same for all environments at once: nothing is looked up, and no version can come out
that is not in the lock.

One resolution for all environments settles on a release that suits them all, where
Poetry, on a Python or a platform that may have it, takes a newer one that is locked
beside it. So where the lock leaves a choice, each stretch of Python versions between
which nothing changes is solved by itself, and if a newer release is still unused
there, or two of one name are, each platform.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from cleo.io.null_io import NullIO
from poetry.core.constraints.version import VersionRange
from poetry.core.packages.project_package import ProjectPackage
from poetry.core.packages.utils.utils import get_python_constraint_from_marker
from poetry.core.version.markers import AnyMarker, EmptyMarker, parse_marker
from poetry.puzzle.exceptions import SolverProblemError
from poetry.puzzle.solver import Solver
from poetry.repositories import RepositoryPool

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.poetry_api.groups import group_marker, spelt
from poetry_plugin_lock_package.poetry_api.reading import translate_errors
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import Version, VersionConstraint
    from poetry.core.packages.dependency import Dependency
    from poetry.core.packages.package import Package
    from poetry.core.version.markers import BaseMarker

    # What is installed, and where its version is the one.
    Solution = Mapping[Package, BaseMarker]
    # A version of Python, and whether what comes after it begins behind it.
    Cut = tuple[Version, bool]


@dataclass(frozen=True, slots=True)
class Cell:
    """Environments that are solved at once: Python versions, and a platform if ``platform`` says which.

    ``marker`` tells them from the other cells that they are joined with.
    """

    python: VersionConstraint
    marker: BaseMarker
    platform: tuple[tuple[str, str], ...] = ()


# What tells platforms apart in markers; the last stands for all others.
_PLATFORMS = (
    (("sys_platform", "linux"), ("platform_system", "Linux"), ("os_name", "posix")),
    (("sys_platform", "darwin"), ("platform_system", "Darwin"), ("os_name", "posix")),
    (("sys_platform", "win32"), ("platform_system", "Windows"), ("os_name", "nt")),
    (("sys_platform", "another"), ("platform_system", "Another"), ("os_name", "posix")),
)
_OTHERS = parse_marker(" and ".join(f'sys_platform != "{platform[0][1]}"' for platform in _PLATFORMS[:-1]))


def resolve(
    project: ProjectPackage, locked: Sequence[Package], groups: Collection[NormalizedName]
) -> tuple[Solution, tuple[str, ...]]:
    """Solve for the ``groups`` of ``project``, with ``locked`` as the only packages there are.

    Returns which packages are installed, each with a marker that tells where its version is the one if its name
    is needed there, and the Python ranges for which there is no solution. Raises LockError, with the solver's
    words for it, if there is none for any version in the project's range.
    """
    root = project.with_dependency_groups(spelt(project, groups), only=True)
    if len({package.name for package in locked}) == len(locked):
        # One version of each package, so there is no choice.
        solution = _solve(root, locked, groups, Cell(root.python_constraint, AnyMarker()))
        if not isinstance(solution, SolverProblemError):
            return solution, ()
    solutions: dict[Cell, Solution] = {}
    problems: dict[Cell, SolverProblemError] = {}
    for stretch in _stretches(root, locked):
        solution = _solve(root, locked, groups, stretch)
        if isinstance(solution, SolverProblemError):
            problems[stretch] = solution
            solutions[stretch] = {}
        elif _leaves_choice(solution, locked, stretch):
            solutions[stretch] = _solve_by_platform(root, locked, groups, stretch)
        else:
            solutions[stretch] = solution
    if len(problems) == len(solutions):
        raise _inconsistent(message_of(next(iter(problems.values()))))
    joined = {p: marker.reduce_by_python_constraint(root.python_constraint) for p, marker in _joined(solutions).items()}
    return joined, tuple(str(stretch.python) for stretch in problems)


def _solve(
    root: ProjectPackage, locked: Sequence[Package], groups: Collection[NormalizedName], cell: Cell
) -> Solution | SolverProblemError:
    """Which packages Poetry installs in ``cell``, and where each version is the one, or why it cannot."""
    # Copies, because the solver leaves marks on packages and dependencies.
    candidates = deepcopy(list(locked))
    for package in candidates if cell.platform else ():
        # A package's dependencies are those of its main group, and can be set only one by one.
        needed = [dependency for dependency in package.requires if _may_hold(dependency, cell)]
        for name in {dependency.name for dependency in package.requires}:
            package.dependency_group("main").remove_dependency(name)
        for dependency in needed:
            package.add_dependency(dependency)
    with translate_errors(_inconsistent):
        solver = Solver(_narrowed(root, cell), RepositoryPool.from_packages(candidates, None), [], candidates, NullIO())
        # As Poetry's installer does: there is nothing to load later, and nowhere to load it from.
        solver.provider.load_deferred(load_deferred=False)
        # It asks for this when what is locked does not fit, and would clone or download.
        solver.provider.search_for_direct_origin_dependency = _refuse_to_look_up  # type: ignore[method-assign]
        try:
            solved = solver.solve().get_solved_packages()
        except SolverProblemError as error:
            return error
    versions = Counter(package.name for package in solved)
    return {
        # The solver's marker for a name that is required in several ways may lack a part (for one environment
        # it would not), so it is used only where it has to tell versions apart.
        package: group_marker(info, groups) if versions[package.name] > 1 else AnyMarker()
        for package, info in solved.items()
    }


def _narrowed(root: ProjectPackage, cell: Cell) -> ProjectPackage:
    """``root`` as it is in ``cell``."""
    narrowed = ProjectPackage(root.pretty_name, root.version)
    narrowed.extras = root.extras
    narrowed.python_versions = str(cell.python)
    for dependency in deepcopy(root.all_requires):
        if _may_hold(dependency, cell):
            narrowed.add_dependency(dependency)
    return narrowed


def _may_hold(dependency: Dependency, cell: Cell) -> bool:
    """Whether ``dependency`` is one in some environment of ``cell``, as far as its platform tells."""
    return dependency.marker.validate(dict(cell.platform))


def _refuse_to_look_up(dependency: Dependency) -> Package:
    raise _inconsistent(f"{dependency.name} is not locked as it is asked for, or not there")


def _inconsistent(problem: str) -> LockError:
    return LockError(f"poetry.lock is inconsistent: {problem}. Run `poetry lock` to make it anew")


def _stretches(root: ProjectPackage, locked: Sequence[Package]) -> list[Cell]:
    """The Python range of ``root``, cut wherever that of a package, or a marker, begins or ends."""
    dependencies = chain(root.all_requires, *(package.requires for package in locked))
    constraints = chain(
        (package.python_constraint for package in locked),
        (get_python_constraint_from_marker(dependency.marker) for dependency in dependencies),
    )
    cuts = sorted({cut for constraint in constraints for cut in _cuts(constraint)})
    stretches = []
    for low, high in pairwise([None, *cuts, None]):
        python = VersionRange(
            low and low[0], high and high[0], include_min=not (low and low[1]), include_max=bool(high and high[1])
        ).intersect(root.python_constraint)
        if not python.is_empty():
            stretches.append(Cell(python, parse_marker(" and ".join(_bounds(low, high)))))
    return stretches


def _cuts(constraint: VersionConstraint) -> Iterator[Cut]:
    for part in constraint.flatten():
        if part.min is not None:
            yield part.min, not part.include_min
        if part.max is not None:
            yield part.max, part.include_max


def _bounds(low: Cut | None, high: Cut | None) -> Iterator[str]:
    """Markers for the Python versions from ``low`` to ``high``; a minor version's first release begins it."""
    for cut, operators in ((low, (">=", ">")), (high, ("<", "<="))):
        if cut is None:
            continue
        version, is_behind = cut
        major, minor, patch = version.major, version.minor or 0, version.patch or 0
        if patch or is_behind:
            yield f'python_full_version {operators[is_behind]} "{major}.{minor}.{patch}"'
        else:
            yield f'python_version {operators[0]} "{major}.{minor}"'


def _leaves_choice(solution: Solution, locked: Sequence[Package], cell: Cell) -> bool:
    """Whether a package is in ``solution`` twice, or locked in a newer version as well for some Python in ``cell``."""
    if len({package.name for package in solution}) < len(solution):
        return True
    newest = {package.name: max(p.version for p in solution if p.name == package.name) for package in solution}
    return any(
        package.name in newest
        and package.version > newest[package.name]
        and package.python_constraint.allows_any(cell.python)
        for package in locked
    )


def _solve_by_platform(
    root: ProjectPackage, locked: Sequence[Package], groups: Collection[NormalizedName], stretch: Cell
) -> Solution:
    """What Poetry installs in ``stretch``, which has a solution, with each platform solved by itself."""
    solutions: dict[Cell, Solution] = {}
    for platform in _PLATFORMS:
        is_other = platform == _PLATFORMS[-1]
        marker = _OTHERS if is_other else parse_marker(f'sys_platform == "{platform[0][1]}"')
        cell = Cell(stretch.python, marker, platform)
        solution = _solve(root, locked, groups, cell)
        # There is one: the platform has no requirement that all together have not.
        solutions[cell] = {} if isinstance(solution, SolverProblemError) else solution
    return _joined(solutions)


def _joined(solutions: Mapping[Cell, Solution]) -> Solution:
    """One marker for each package, from its markers in each cell."""
    packages = dict.fromkeys(chain.from_iterable(solutions.values()))
    return {package: _joined_marker(package, solutions) for package in packages}


def _joined_marker(package: Package, solutions: Mapping[Cell, Solution]) -> BaseMarker:
    markers = {cell: solution.get(package, EmptyMarker()) for cell, solution in solutions.items()}
    if len(set(markers.values())) == 1:
        return next(iter(markers.values()))
    joined: BaseMarker = EmptyMarker()
    for cell, marker in markers.items():
        joined = joined.union(marker.intersect(cell.marker))
    return joined

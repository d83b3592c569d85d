"""Poetry's solver for one environment, with the locked packages as the only candidates."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from cleo.io.null_io import NullIO
from poetry.core.packages.project_package import ProjectPackage
from poetry.puzzle.solver import Solver
from poetry.repositories import RepositoryPool

from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.packages.dependency import Dependency
    from poetry.core.packages.package import Package


def solve(
    root: ProjectPackage,
    locked: Sequence[Package],
    names: Collection[NormalizedName],
    environment: Mapping[str, str],
    extras: Collection[NormalizedName],
) -> list[Package] | str:
    """Which of ``locked`` Poetry installs in ``environment`` with ``extras`` of ``root``, or why it cannot.

    This is how ``Installer._do_install`` solves for a lock before format 2.1, but only for ``names``. The solver
    ranks packages by their dependencies, and dependencies on other names still count for that. A package that Poetry
    would clone or download is a reason why it cannot.
    """
    # Poetry raises an error for a source without packages, and its order of the sources is that of their first ones.
    of_sources = {package.source_reference: package for package in reversed(locked)}.values()
    candidates = [_copy(package) for package in locked if package.name in names or package in of_sources]
    narrowed = _copy_root(root)
    required = (dependency for package in (narrowed, *candidates) for dependency in package.all_requires)
    solver = Solver(
        narrowed,
        RepositoryPool.from_packages(candidates, None),
        [],
        candidates,
        NullIO(),
        active_root_extras=extras,
    )
    # Untyped, because Poetry does not mean these two attributes to be set.
    provider: Any = solver.provider
    provider.load_deferred(load_deferred=False)
    # The provider calls this when no locked package meets the dependency.
    provider.search_for_direct_origin_dependency = _refuse_to_look_up
    # The names that Poetry's provider skips; empty in Poetry itself.
    provider.UNSAFE_PACKAGES = {d.name for d in required}.difference(names)
    # The solver reads nothing else of an environment.
    with solver.use_environment(cast("Any", SimpleNamespace(marker_env=dict(environment), path=None))):
        try:
            return list(solver.solve().get_solved_packages())
        except Exception as error:  # noqa: BLE001 - Poetry has no common type for its errors about a lock
            return message_of(error)


def _refuse_to_look_up(dependency: Dependency) -> Package:
    raise RuntimeError(f"{dependency.name} is not locked as it is asked for, or not there")


def _copy(package: Package) -> Package:
    """``package`` with copies of its dependencies, because the solver changes them."""
    copied = package.with_dependency_groups([], only=True)
    for dependency in package.requires:
        copied.add_dependency(dependency.clone())
    return copied


def _copy_root(root: ProjectPackage) -> ProjectPackage:
    copied = ProjectPackage(root.pretty_name, root.version)
    copied.extras = root.extras
    copied.python_versions = root.python_versions
    for dependency in root.all_requires:
        copied.add_dependency(dependency.clone())
    return copied

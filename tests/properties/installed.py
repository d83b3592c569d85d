"""What Poetry itself installs from a lock, and what pip would from a wheel, in one environment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cleo.io.null_io import NullIO
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP
from poetry.core.version.markers import BaseMarker
from poetry.poetry import Poetry
from poetry.puzzle.exceptions import SolverProblemError
from poetry.puzzle.solver import Solver
from poetry.repositories import RepositoryPool
from poetry.repositories.exceptions import PackageNotFoundError

from tests.properties.environments import Environment, Extras

# name -> version
Installed = Mapping[str, str]


@dataclass(frozen=True)
class Lock:
    """What Poetry itself reads from a lock: name, version and marker of the packages of some groups."""

    packages: tuple[tuple[str, str, BaseMarker], ...]

    @classmethod
    def of(cls, poetry: Poetry, groups: tuple[str, ...]) -> "Lock":
        return cls(
            tuple(
                (package.name, package.version.to_string(), info.get_marker(sorted(info.groups & {*groups})))
                for package, info in poetry.locker.locked_packages().items()
                if info.groups & {*groups}
            )
        )

    def selected(self, environment: Environment, extras: Extras) -> set[tuple[str, str]]:
        """What `poetry install` selects of these groups, by Poetry's own rule: names and versions."""
        values = {**environment, "extra": set(extras)}
        return {(name, version) for name, version, marker in self.packages if marker.validate(values)}

    def installed(self, environment: Environment, extras: Extras) -> Installed:
        """What is selected, if that is one version of each name."""
        return dict(self.selected(environment, extras))


@dataclass(frozen=True)
class OldLock:
    """A lock that records nothing: Poetry solves it anew for the environment at hand."""

    poetry: Poetry

    def installed(self, environment: Environment, extras: Extras) -> Installed | None:
        """What `poetry install --only main` installs, where each name comes from one source."""
        releases = self.releases(environment, extras)
        return None if releases is None else {name: version for name, version, _ in releases}

    def releases(self, environment: Environment, extras: Extras) -> set[tuple[str, str, str | None]] | None:
        """Name, version and source of what Poetry's installer installs; None if its solver finds no solution."""
        locked = self.poetry.locker.locked_repository().packages
        root = self.poetry.package.with_dependency_groups([MAIN_GROUP], only=True)
        pool = RepositoryPool.from_packages(locked, None)
        names = {canonicalize_name(extra) for extra in extras}
        solver = Solver(root, pool, [], locked, NullIO(), active_root_extras=names)
        solver.provider.load_deferred(load_deferred=False)
        # All that the solver asks an environment for.
        here: Any = SimpleNamespace(marker_env=environment, path=Path())
        try:
            with solver.use_environment(here):
                operations = solver.solve().calculate_operations(extras=names)
        except (SolverProblemError, IndexError, PackageNotFoundError):
            # Poetry has errors of other types for a source that no package is from, or without the package.
            return None
        found = (operation.package for operation in operations if not operation.skipped)
        return {(package.name, package.version.to_string(), package.source_reference) for package in found}


def required(requirements: Iterable[Requirement], environment: Environment, extras: Extras) -> set[str]:
    """The requirements that pip would follow: if extras are asked for, one of them has to make the marker hold."""
    return {
        f"{requirement.name}{requirement.specifier}"
        for requirement in requirements
        if requirement.marker is None
        or any(requirement.marker.evaluate({**environment, "extra": extra}) for extra in extras or ("",))
    }

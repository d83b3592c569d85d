"""What a lock package has to install, found out anew: one environment at a time, and by names.

Nothing here is taken from the code under test. Poetry says what it would install,
`packaging` says which edges hold, and the rest is a walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from cleo.io.null_io import NullIO
from packaging.markers import Marker
from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP
from poetry.puzzle.exceptions import SolverProblemError
from poetry.puzzle.solver import Solver
from poetry.repositories import RepositoryPool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.requirements import Requirement
    from poetry.core.version.markers import BaseMarker
    from poetry.poetry import Poetry

    from tests.properties.graphs import Alternatives, Edge, Graph

    Environment = Mapping[str, str]
    # name -> version
    Installed = Mapping[str, str]

_PLATFORMS = (
    ("posix", "linux", "Linux", "x86_64", "6.1.0", "cpython"),
    ("posix", "linux", "Linux", "aarch64", "5.10.0-tegra", "pypy"),
    ("posix", "darwin", "Darwin", "arm64", "23.1.0", "cpython"),
    ("nt", "win32", "Windows", "AMD64", "10", "cpython"),
    ("posix", "freebsd13", "FreeBSD", "amd64", "13.2-RELEASE", "cpython"),
)
# On both sides of every bound in graphs.py, and around its ranges.
_PYTHONS = (
    "3.8.1",
    "3.8.18",
    "3.9.4",
    "3.9.5",
    "3.9.7",
    "3.9.8",
    "3.10.3",
    "3.10.4",
    "3.11.0",
    "3.12.1",
    "3.13.0",
    "3.14.2",
)


def _environment(full: str, platform: tuple[str, ...]) -> dict[str, str]:
    os_name, sys_platform, system, machine, release, implementation = platform
    return {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
        "platform_release": release,
        "platform_version": release,
        "python_version": full.rpartition(".")[0],
        "python_full_version": full,
        "implementation_name": implementation,
        "implementation_version": full if implementation == "cpython" else "7.3.15",
        "platform_python_implementation": "CPython" if implementation == "cpython" else "PyPy",
    }


ENVIRONMENTS = tuple(_environment(full, platform) for full in _PYTHONS for platform in _PLATFORMS)


@cache
def _parsed(marker: str) -> Marker:
    return Marker(marker)


def holds(marker: Alternatives, environment: Environment) -> bool:
    """Whether ``marker`` holds in ``environment``."""
    return any(all(_parsed(condition).evaluate(dict(environment)) for condition in part) for part in marker)


@dataclass(frozen=True)
class Lock:
    """What Poetry itself reads from a lock: name, version and marker of the packages of some groups."""

    packages: tuple[tuple[str, str, BaseMarker], ...]

    @classmethod
    def of(cls, poetry: Poetry, groups: tuple[str, ...]) -> Lock:
        return cls(
            tuple(
                (package.name, package.version.to_string(), info.get_marker(sorted(info.groups & {*groups})))
                for package, info in poetry.locker.locked_packages().items()
                if info.groups & {*groups}
            )
        )

    def installed(self, environment: Environment, extras: frozenset[str]) -> Installed:
        """What `poetry install` installs of these groups, by Poetry's own rule."""
        values = {**environment, "extra": set(extras)}
        return {name: version for name, version, marker in self.packages if marker.validate(values)}


@dataclass(frozen=True)
class OldLock:
    """A lock that records nothing: Poetry solves it anew for the environment at hand."""

    poetry: Poetry

    def installed(self, environment: Environment, extras: frozenset[str]) -> Installed | None:
        """What `poetry install --only main` installs, by Poetry's solver; None if it finds no solution."""
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
        except SolverProblemError:
            return None
        return {
            operation.package.name: operation.package.version.to_string()
            for operation in operations
            if not operation.skipped
        }


class Walk:
    """A graph in one environment with some extras, where Poetry installs ``installed`` for ``groups``."""

    def __init__(
        self,
        graph: Graph,
        installed: Installed,
        environment: Environment,
        extras: frozenset[str],
        groups: tuple[str, ...] = (MAIN_GROUP,),
    ) -> None:
        self._installed = installed
        self._environment = environment
        self._roots = [edge for edge in graph.roots if edge.group in groups and self._is_active(edge, extras)]
        # The versions of a name never go together, so a name is enough.
        self._edges = {entry.name: entry.edges for entry in graph.entries if installed.get(entry.name) == entry.version}

    def expected(self, ignored: frozenset[str]) -> set[tuple[str, str]]:
        """Name and version of what stays: all but the ignored and what only they led to."""
        before = self._reachable((), frozenset())
        unexplained = self._installed.keys() - before
        # What nothing led to even before has no reason that could be ignored: it
        # stays, and so does what it needs.
        lost = before - self._reachable(unexplained, ignored)
        return {(name, version) for name, version in self._installed.items() if name not in lost | ignored}

    def requests(self, ignored: frozenset[str]) -> Iterator[tuple[str | None, str]]:
        """What the project (None) and each name that stays require here, installed or ignored or neither."""
        yield from ((None, edge.target) for edge in self._roots if holds(edge.marker, self._environment))
        unexplained = self._installed.keys() - self._reachable((), frozenset())
        for name, extras in self._reached(unexplained, ignored).items():
            yield from ((name, edge.target) for edge in self._edges[name] if self._is_active(edge, extras))

    def _reachable(self, others: Iterable[str], ignored: frozenset[str]) -> set[str]:
        """The names to which the project and ``others`` lead, never through an ignored one."""
        return set(self._reached(others, ignored))

    def _reached(self, others: Iterable[str], ignored: frozenset[str]) -> Mapping[str, frozenset[str]]:
        """As ``_reachable``, with the extras that are asked for."""
        todo = [(edge.target, frozenset(edge.asks)) for edge in self._roots] + [(name, frozenset()) for name in others]
        features: dict[str, frozenset[str]] = {}
        while todo:
            name, asks = todo.pop()
            have = features.get(name)
            if name in ignored or name not in self._installed or (have is not None and asks <= have):
                continue
            features[name] = asks | (have or frozenset())
            todo += [
                (edge.target, frozenset(edge.asks))
                for edge in self._edges[name]
                if self._is_active(edge, features[name])
            ]
        return features

    def _is_active(self, edge: Edge, extras: frozenset[str]) -> bool:
        return (edge.extra is None or edge.extra in extras) and holds(edge.marker, self._environment)


def required(requirements: Iterable[Requirement], environment: Environment, extras: frozenset[str]) -> set[str]:
    """The requirements that pip would follow: if extras are asked for, one of them has to make the marker hold."""
    return {
        f"{requirement.name}{requirement.specifier}"
        for requirement in requirements
        if requirement.marker is None
        or any(requirement.marker.evaluate({**environment, "extra": extra}) for extra in extras or ("",))
    }

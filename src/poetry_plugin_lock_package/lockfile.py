"""``poetry.lock`` as a graph of frozen values, read by Poetry's own ``Locker``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.markers import any_extra_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.packages.dependency import Dependency as PoetryDependency
    from poetry.core.packages.package import Package
    from poetry.core.version.markers import BaseMarker
    from poetry.packages import Locker
    from poetry.packages.transitive_package_info import TransitivePackageInfo
    from poetry.poetry import Poetry

GroupName = NewType("GroupName", str)

# What Poetry's reader raises on a file that is TOML but not a lock: each is a
# damaged file to the user, not a fault of this code.
_DAMAGE = (RuntimeError, ValueError, KeyError, TypeError, AttributeError, AssertionError, OSError)


@dataclass(frozen=True, slots=True)
class Dependency:
    """An edge of the locked graph: ``name`` with ``extras`` is required where ``marker`` holds.

    ``extra`` in the marker means an extra of the package that requires.
    """

    name: NormalizedName
    extras: frozenset[NormalizedName]
    marker: BaseMarker


@dataclass(frozen=True, slots=True)
class Source:
    """Where a locked package comes from, if not from the default index.

    ``type`` is Poetry's: ``legacy`` (an index, whose name is ``reference``), ``git``, ``url``,
    ``directory`` or ``file``. ``direct`` is the PEP 508 direct reference of a git or URL source.
    """

    type: str
    reference: str | None = None
    direct: str | None = None


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One entry of ``poetry.lock``, with the ``marker`` under which Poetry installs it.

    ``extra`` in the marker means an extra of the project. ``dependencies`` are
    filled in only where they were asked for.
    """

    name: NormalizedName
    version: str
    marker: BaseMarker
    source: Source | None = None
    dependencies: tuple[Dependency, ...] = ()


@dataclass(frozen=True, slots=True)
class LockedGraph:
    """The locked packages of some groups, and how the project comes to them.

    ``python`` is the project's range, and ``extras`` are the project's extras.
    """

    packages: tuple[LockedPackage, ...]
    dependencies: tuple[Dependency, ...]
    extras: tuple[NormalizedName, ...]
    python: VersionConstraint


def read_locked_graph(
    poetry: Poetry, groups: Collection[str] = (MAIN_GROUP,), *, with_dependencies: bool = True
) -> LockedGraph:
    """Read the lock of ``poetry``, for the dependency ``groups`` named.

    The edges between packages cost as much time to read as all the rest; without
    ``with_dependencies`` the packages have none.

    Raises LockError if the lock is missing, older than pyproject.toml, damaged, or
    written in a format that does not record groups and markers.
    """
    _check(poetry.locker)
    wanted = {canonicalize_name(group) for group in groups}
    try:
        locked = poetry.locker.locked_packages()
        edges = (
            {package: package.requires for package in poetry.locker.locked_repository().packages}
            if with_dependencies
            else {}
        )
        packages = tuple(
            _locked_package(package, info, wanted, edges.get(package, ()))
            for package, info in locked.items()
            if _names(info.groups) & wanted
        )
    except _DAMAGE as error:
        raise LockError(f"poetry.lock cannot be read: {_line(error)}. Run `poetry lock` to make it anew") from error
    return LockedGraph(
        packages=tuple(sorted(packages, key=lambda package: (package.name, package.version))),
        dependencies=tuple(_dependency(dependency) for dependency in poetry.package.requires),
        extras=tuple(sorted(poetry.package.extras)),
        python=poetry.package.python_constraint,
    )


def _check(locker: Locker) -> None:
    """Raise LockError unless ``locker`` has a lock that is fresh and of a format with groups and markers."""
    if not locker.is_locked():
        raise LockError("poetry.lock does not exist. Run `poetry lock` to create it")
    try:
        version = locker.lock_data["metadata"]["lock-version"]
        records_markers = locker.is_locked_groups_and_markers()
        fresh = locker.is_fresh()
    except _DAMAGE as error:
        raise LockError(f"poetry.lock cannot be read: {_line(error)}. Run `poetry lock` to make it anew") from error
    if not fresh:
        # Poetry's own words for it (`poetry install`, `poetry export`).
        raise LockError(
            "pyproject.toml changed significantly since poetry.lock was last generated."
            " Run `poetry lock` to fix the lock file"
        )
    if not records_markers:
        raise LockError(
            f"poetry.lock has format {version}, which does not record groups and markers."
            " Run `poetry lock` with Poetry 2 to bring it up to date"
        )


def _locked_package(
    package: Package,
    info: TransitivePackageInfo,
    groups: set[NormalizedName],
    dependencies: Collection[PoetryDependency],
) -> LockedPackage:
    return LockedPackage(
        name=package.name,
        # Not `str`: it is not normalised before poetry-core 2.3.
        version=package.version.to_string(),
        marker=_marker(info, groups),
        source=_source(package),
        dependencies=tuple(_dependency(dependency) for dependency in dependencies),
    )


def _marker(info: TransitivePackageInfo, groups: set[NormalizedName]) -> BaseMarker:
    """Where Poetry installs the package for ``groups``: the rule of ``Transaction.calculate_operations``."""
    # Poetry 2.1 keeps groups as they were spelt, and unites them in the order given:
    # sorted, the text does not depend on the hash seed.
    spelt: Mapping[NormalizedName, NormalizedName] = {canonicalize_name(name): name for name in info.markers}
    return info.get_marker(
        [spelt[group] for group in sorted(groups & spelt.keys(), key=lambda g: (g != MAIN_GROUP, g))]
    )


def _names(groups: Collection[str]) -> set[NormalizedName]:
    return {canonicalize_name(group) for group in groups}


def _dependency(dependency: PoetryDependency) -> Dependency:
    marker = dependency.marker
    if dependency.in_extras:
        # An optional dependency of the project: the extras that bring it are not in its marker.
        marker = marker.intersect(any_extra_of(dependency.in_extras))
    return Dependency(dependency.name, frozenset(dependency.extras), marker)


def _source(package: Package) -> Source | None:
    if package.source_type is None:
        return None
    if package.source_type not in ("git", "url"):
        return Source(package.source_type, package.source_reference)
    # Through the dependency, where poetry-core has already turned scp-like addresses
    # into URLs and put the locked commit in.
    requirement = package.to_dependency().base_pep_508_name_resolved
    return Source(package.source_type, package.source_reference, requirement.partition(" @ ")[2])


def _line(error: BaseException) -> str:
    """The message of ``error`` on one line, without the command that Poetry already suggests in it."""
    if isinstance(error, KeyError):
        return f"it has no {error}"
    text = " ".join(str(error).split()) or type(error).__name__
    return text.partition(" Regenerate the lock file")[0].removesuffix(".")

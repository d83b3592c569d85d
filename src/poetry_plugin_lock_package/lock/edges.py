"""The edges of the locked graph: what the project and each locked package require."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.lock.model import Dependency, Requirement
from poetry_plugin_lock_package.lock.sources import source_of
from poetry_plugin_lock_package.markers.operations import any_extra_of, with_alternative_extras, with_extras
from poetry_plugin_lock_package.poetry_api.groups import spelt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from packaging.utils import NormalizedName
    from poetry.core.packages.dependency import Dependency as PoetryDependency
    from poetry.core.packages.package import Package
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker


def project_dependencies(
    project: ProjectPackage, groups: Collection[NormalizedName], *, records_markers: bool
) -> Iterator[Dependency]:
    """What ``project`` requires in ``groups``, as Poetry sees it if the lock ``records_markers`` or not."""
    for group in spelt(project, groups):
        # For locking: what [project] requires, as narrowed by what [tool.poetry] adds to it.
        for dependency in project.dependency_group(group).dependencies_for_locking:
            if is_required(dependency):
                # From other locks, Poetry installs what is not optional without the extras that name it as well.
                needs_extra = records_markers or dependency.is_optional()
                yield project_dependency(dependency) if needs_extra else _dependency(dependency, dependency.marker)


def is_required(dependency: PoetryDependency) -> bool:
    """Whether the project's metadata has ``dependency``, and so not if it is optional and in no extra."""
    return bool(dependency.in_extras) or not dependency.is_optional() or "extra" in str(dependency.marker)


def recorded_dependencies(package: Package) -> Iterator[Dependency]:
    """The dependencies of ``package`` from a lock of format 2.1, read ``without_extras`` but those of its own."""
    yield from (_dependency(d, with_alternative_extras(d.marker)) for d in package.requires)
    for extra, dependencies in package.extras.items():
        # The extra stands for others, by Poetry's rule (`Provider.complete_package`) whatever the marker says.
        marker = any_extra_of([extra])
        yield from (Dependency(package.name, frozenset(d.extras), marker) for d in dependencies)


def dependencies_by_extras(package: Package) -> Iterator[Dependency]:
    """The dependencies of ``package`` from a lock before format 2.1."""
    for extra, dependency, marker in edges_by_extras(package):
        yield _dependency(dependency, marker if extra is None else marker.intersect(any_extra_of([extra])))


def edges_by_extras(package: Package) -> Iterator[tuple[NormalizedName | None, PoetryDependency, BaseMarker]]:
    """What ``package`` from a lock before format 2.1 requires: for which extra of it (None: always), what, and where.

    The rule is that of Poetry's ``Provider.complete_package``: an optional dependency belongs to each extra that
    names it. Only later locks say so in a marker.
    """
    yield from ((None, d, d.marker) for d in package.requires if not (d.is_optional() or d.in_extras))
    for extra in package.extras:
        found, names = _optional_names(package, extra)
        for dependency in package.requires:
            if dependency.name in names and (found & {*dependency.in_extras} or not dependency.in_extras):
                yield extra, dependency, with_extras(with_alternative_extras(dependency.marker), found)


def project_requirements(root: ProjectPackage, locked: Iterable[Package]) -> Iterator[Requirement]:
    """What ``root``, with the groups in question alone, requires of the packages of a lock before format 2.1."""
    by_name: dict[NormalizedName, list[Package]] = {}
    for package in locked:
        by_name.setdefault(package.name, []).append(package)
    for dependency in root.all_requires:
        yield Requirement(
            _dependency(dependency, dependency.marker),
            frozenset(dependency.in_extras),
            dependency.is_optional(),
            frozenset(
                (package.version.to_string(), source_of(package))
                for package in by_name.get(dependency.name, ())
                if package.satisfies(dependency)
            ),
        )


def _optional_names(package: Package, extra: NormalizedName) -> tuple[set[NormalizedName], set[NormalizedName]]:
    """``extra`` of ``package`` with those that it stands for (``package[a,b]``), and the names that they bring."""
    found: set[NormalizedName] = set()
    names: set[NormalizedName] = set()
    todo = [extra]
    while todo:
        found.add(current := todo.pop())
        for dependency in package.extras.get(current, ()):
            if dependency.name == package.name:
                todo += dependency.extras - found
            else:
                names.add(dependency.name)
    return found, names


def project_dependency(dependency: PoetryDependency) -> Dependency:
    """The edge for ``dependency`` of the project: the extras that bring it may not be in its marker."""
    marker = dependency.marker
    if dependency.in_extras:
        marker = marker.intersect(any_extra_of(dependency.in_extras))
    return _dependency(dependency, marker)


def _dependency(dependency: PoetryDependency, marker: BaseMarker) -> Dependency:
    """The edge for ``dependency``, which holds where ``marker`` does.

    ``in_extras`` must not narrow it: poetry-core derives them from that marker, even from ``A or extra == "x"``.
    """
    # No version meets an address or a path.
    constraint = None if dependency.is_direct_origin() else dependency.constraint
    return Dependency(dependency.name, frozenset(dependency.extras), marker, constraint)

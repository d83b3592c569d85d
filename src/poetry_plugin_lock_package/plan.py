"""The plan of a lock package: start reading here. Nothing in it writes a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.errors import LockPackageError, OptionError
from poetry_plugin_lock_package.lock.model import by_version
from poetry_plugin_lock_package.lock.reader import read_locked_graph
from poetry_plugin_lock_package.poetry_api import read_lock
from poetry_plugin_lock_package.project import identify, is_name, read_project
from poetry_plugin_lock_package.pyproject import (
    ALL_FIELDS,
    PinnedMetadata,
    describe_provenance,
    describe_provided,
    make_lock_project,
)
from poetry_plugin_lock_package.selection.ignore import ignored_names
from poetry_plugin_lock_package.selection.select import make_pins, select
from poetry_plugin_lock_package.text import existing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.utils import NormalizedName
    from poetry.core.poetry import Poetry
    from poetry.poetry import Poetry as PoetryWithLocker

    from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
    from poetry_plugin_lock_package.poetry_api import LockFile
    from poetry_plugin_lock_package.project import Project, Release
    from poetry_plugin_lock_package.pyproject import Field, LockProject
    from poetry_plugin_lock_package.selection.ignore import IgnorePattern
    from poetry_plugin_lock_package.selection.provided import ProvidedFile
    from poetry_plugin_lock_package.selection.select import Pin, Selection


@dataclass(frozen=True, slots=True)
class Options:
    """What a lock package contains, and what it is called."""

    groups: frozenset[NormalizedName] = frozenset({MAIN_GROUP})
    """The dependency groups to pin."""
    extras: frozenset[NormalizedName] = frozenset()
    """The extras of the project that are always installed."""
    ignore: tuple[IgnorePattern, ...] = ()
    provided: tuple[ProvidedFile, ...] = ()
    """What the platform has."""
    no_root: bool = False
    project_wheel: bool = False
    """Whether the pins replace the dependencies in the project's own wheel."""
    as_extra: str | None = None
    """The name of an extra that is added to the project's own wheel, with the pins."""
    kept: frozenset[Field] = frozenset()
    """The fields of [project] whose requirements stay in the project's own wheel, beside the pins."""
    from_wheel: tuple[Path, ...] = ()
    """The project's own wheels, if they are not built now."""
    all_wheels: bool = False
    """Whether the wheels of path dependencies are built as well."""
    wheelhouse: bool = False
    """Whether the files of git and URL dependencies are there as well, so that these are pinned by version."""
    name: str | None = None
    """Like ``version`` and ``post`` (the number of a post-release), None if it follows from the project."""
    version: str | None = None
    post: str | None = None
    explain: bool = False
    """Whether the graph has all edges, so that each pin can be explained."""

    @property
    def own_wheel(self) -> bool:
        """Whether the pins go into the project's own wheel."""
        return self.project_wheel or self.as_extra is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """A lock package before anything is written, with all that led to it."""

    options: Options
    release: Release
    """The name and version of what is built."""
    project: Project
    root: Project | None
    """The project, if it is pinned."""
    graph: LockedGraph
    selection: Selection
    pins: tuple[Pin, ...]
    """The pins of ``selection`` and of ``root``, in the extras of what is built."""
    lock_project: LockProject
    """The lock package, which is not built if the pins go into the project's own wheel."""
    pinned_metadata: PinnedMetadata | None
    """How the pins go into the project's own wheel."""

    @property
    def pinned_packages(self) -> tuple[LockedPackage, ...]:
        """The packages that are pinned, each once."""
        return tuple(self.selection.by_package)

    @property
    def keeps_ranges(self) -> bool:
        """Whether installers see the requirements of the project itself beside the pins."""
        pinned = self.pinned_metadata
        return self.root is not None or (pinned is not None and "dependencies" in pinned.kept)


def find_release(project: Project, options: Options) -> Release:
    """The name and version of what is built; raises OptionError if ``options`` do not allow them."""
    return identify(project.release, options.name, options.version, options.post, own_wheel=options.own_wheel)


def plan(poetry: Poetry, options: Options, lock: LockFile | None = None) -> Plan:
    """Work out the lock package of the project that ``poetry`` has loaded, from ``lock``; nothing is written.

    Without ``lock``, Poetry reads that of the project. Raises a LockPackageError if pyproject.toml or poetry.lock does
    not allow a lock package.
    """
    _check_options(poetry, options)
    project = read_project(poetry, options.version)
    release = find_release(project, options)
    # Extras belong to the main group, as the project does in `poetry install --only`.
    is_main = MAIN_GROUP in options.groups
    extras = options.extras if is_main else frozenset()
    with_dependencies = bool(options.ignore or options.provided) or options.explain
    lock = lock or read_lock(cast("PoetryWithLocker", poetry))
    graph = read_locked_graph(lock, poetry.package, options.groups, extras, with_dependencies=with_dependencies)
    graph = by_version(graph) if options.wheelhouse else graph
    selection = _select(graph, options, extras)
    if canonicalize_name(release.name) in {package.name for package in selection.by_package}:
        raise OptionError("--name", f"cannot be {release.name}, which is the name of a pinned package. Choose another")
    root = project if project.is_package and is_main and not (options.no_root or options.own_wheel) else None
    pins = make_pins(selection, root, extras)
    described = project.release if root else replace(project.release, version="")
    provenance = describe_provenance(described, graph, selection, options.groups, extras)
    provenance += describe_provided(options.provided, selection)
    # The project's own wheel may have another name: that is not the name of the lock package.
    name = None if options.own_wheel else options.name
    lock_package = identify(project.release, name, options.version, options.post)
    lock_project = make_lock_project(lock_package, project, pins, graph.extras, provenance)
    pinned = _pinned_metadata(options, pins, graph, release if release != project.release else None)
    pins = pinned.pins if pinned else pins
    return Plan(options, release, project, root, graph, selection, pins, lock_project, pinned)


def _select(graph: LockedGraph, options: Options, extras: frozenset[NormalizedName]) -> Selection:
    names = {package.name for package in graph.packages}
    # Ignore packages of the platform that are not locked.
    provided = dict.fromkeys(package for file in options.provided for package in file.packages if package.name in names)
    ignored = ignored_names(options.ignore, names)
    return select(graph, ignored, extras, self_contained=options.as_extra is not None, provided=tuple(provided))


def _pinned_metadata(
    options: Options, pins: tuple[Pin, ...], graph: LockedGraph, release: Release | None
) -> PinnedMetadata | None:
    if not options.own_wheel:
        return None
    if options.as_extra is None:
        return PinnedMetadata(pins, graph.extras, graph.python, release, options.kept)
    names = _extra_names(options.as_extra, graph.extras)
    pins = tuple(replace(pin, extra=names[pin.extra]) for pin in pins)
    return PinnedMetadata(pins, tuple(names.values()), graph.python, release, ALL_FIELDS, is_extra=True)


def _extra_names(name: str, extras: Iterable[NormalizedName]) -> dict[NormalizedName | None, NormalizedName]:
    """The names of the extras with the pins: of the one without any extra (None), and of the one for each extra."""
    return {
        None: canonicalize_name(name),
        **{extra: canonicalize_name(f"{name}-{extra}") for extra in sorted(extras)},
    }


def _check_options(poetry: Poetry, options: Options) -> None:
    extras = poetry.package.extras.keys()
    if unknown := options.extras - extras:
        # In the words of `poetry install`.
        listed = f"Extra [{', '.join(sorted(unknown))}] is not specified."
        raise LockPackageError(f"{listed} {existing('extras', extras, unknown)}")
    if not options.own_wheel:
        return
    option = "--project-wheel" if options.project_wheel else "--as-extra"
    if not poetry.is_package_mode:
        raise OptionError(option, "is not possible in non-package mode, in which the project has no wheel")
    if MAIN_GROUP not in options.groups:
        raise OptionError(option, "needs the main group, to which the project belongs. Pin that group as well")
    if options.as_extra is None:
        return
    if not is_name(options.as_extra):
        raise OptionError(
            option,
            f"{options.as_extra!r} is not a valid name for an extra: use letters, digits, and . _ - between them",
        )
    if taken := extras & {*_extra_names(options.as_extra, extras).values()}:
        raise OptionError(
            option, f"would make an extra that the project already has: {', '.join(sorted(taken))}. Choose another name"
        )

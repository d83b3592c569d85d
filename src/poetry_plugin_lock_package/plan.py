"""The plan of a lock package: start reading here. Nothing in it writes a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.errors import ExtraError, OptionError
from poetry_plugin_lock_package.lock.reader import read_locked_graph
from poetry_plugin_lock_package.poetry_api.lock import read_lock
from poetry_plugin_lock_package.project import identify, is_name, read_project
from poetry_plugin_lock_package.selection.ignore import ignored_names
from poetry_plugin_lock_package.selection.pins import make_pins
from poetry_plugin_lock_package.selection.select import select
from poetry_plugin_lock_package.wheel.lock_project import make_lock_project
from poetry_plugin_lock_package.wheel.provenance import describe_provenance, describe_provided

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.utils import NormalizedName
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
    from poetry_plugin_lock_package.project import Project, Release
    from poetry_plugin_lock_package.selection.ignore import IgnorePattern
    from poetry_plugin_lock_package.selection.pins import Pin
    from poetry_plugin_lock_package.selection.provided import ProvidedFile
    from poetry_plugin_lock_package.selection.select import Selection
    from poetry_plugin_lock_package.wheel.lock_project import LockProject
    from poetry_plugin_lock_package.wheel.locked_wheel import PinnedMetadata


@dataclass(frozen=True, slots=True)
class Options:
    """What a lock package should contain, and what it should be called.

    ``groups`` are the dependency groups to pin, ``extras`` those of the project that are always installed.
    ``provided`` lists what the platform has. ``name``, ``version`` and ``post`` (the number of a post-release) are
    None if they follow from the project. With ``include_root``, or with the extra ``as_extra``, the pins go into the
    project's own wheel: one that is built now, or each of ``from_wheel``. With ``explain`` the graph has all edges, so
    that each pin can be explained. With ``path_wheels`` the wheels of path dependencies are built as well.
    """

    groups: frozenset[NormalizedName] = frozenset({MAIN_GROUP})
    extras: frozenset[NormalizedName] = frozenset()
    ignore: tuple[IgnorePattern, ...] = ()
    provided: tuple[ProvidedFile, ...] = ()
    no_root: bool = False
    include_root: bool = False
    as_extra: str | None = None
    from_wheel: tuple[Path, ...] = ()
    path_wheels: bool = False
    name: str | None = None
    version: str | None = None
    post: str | None = None
    explain: bool = False

    @property
    def own_wheel(self) -> bool:
        """Whether the pins go into the project's own wheel."""
        return self.include_root or self.as_extra is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """A lock package before anything is written, with all that led to it.

    ``release`` is the name and version of what is built. ``root`` is the project if it is pinned, or None. If the pins
    go into the project's own wheel, ``pinned_metadata`` says how, and ``lock_project`` is that of the lock package,
    which is not built then.
    """

    options: Options
    release: Release
    project: Project
    root: Project | None
    graph: LockedGraph
    selection: Selection
    pins: tuple[Pin, ...]
    lock_project: LockProject
    pinned_metadata: PinnedMetadata | None

    @property
    def pinned_packages(self) -> tuple[LockedPackage, ...]:
        """The packages that are pinned, each once."""
        return tuple(dict.fromkeys(chosen.package for chosen in self.selection.selected))

    @property
    def adds_extra(self) -> bool:
        """Whether the pins are an extra of the project's own wheel, beside what that requires anyway."""
        return self.pinned_metadata is not None and self.pinned_metadata.mode == "add"


@dataclass(frozen=True, slots=True)
class Subject:
    """The ``project``, the name and version of its ``lock_package``, and the ``release`` of what is built."""

    project: Project
    lock_package: Release
    release: Release


def identify_subject(poetry: Poetry, options: Options) -> Subject:
    """Read the project that ``poetry`` has loaded, and work out what is built; poetry.lock is not read.

    If the project's own wheel is built, the name in ``options`` is for that, and the lock package has its usual one.
    Raises ProjectError or OptionError if something does not allow a lock package.
    """
    project = read_project(poetry, options.version)
    name = None if options.own_wheel else options.name
    lock_package = release = identify(project.release, name, options.version, options.post)
    if options.own_wheel:
        release = identify(project.release, options.name, options.version, options.post, own_wheel=True)
    return Subject(project, lock_package, release)


def plan(poetry: Poetry, options: Options, subject: Subject | None = None) -> Plan:
    """Work out the lock package of the project that ``poetry`` has loaded; nothing is written.

    ``subject`` is that of the project, if it is known already. Raises a LockPackageError if pyproject.toml or
    poetry.lock does not allow a lock package.
    """
    _check_options(poetry, options)
    subject = subject or identify_subject(poetry, options)
    project, release = subject.project, subject.release
    # Extras belong to the main group.
    extras = options.extras if MAIN_GROUP in options.groups else frozenset()
    with_dependencies = bool(options.ignore or options.provided) or options.explain
    graph = read_locked_graph(
        read_lock(poetry), poetry.package, options.groups, extras, with_dependencies=with_dependencies
    )
    names = {package.name for package in graph.packages}
    ignored = ignored_names(options.ignore, names)
    # What the platform has and the lock does not is of no interest.
    provided = [package for file in options.provided for package in file.packages if package.name in names]
    selection = select(
        graph, ignored, extras, self_contained=options.as_extra is not None, provided=tuple(dict.fromkeys(provided))
    )
    if canonicalize_name(release.name) in {chosen.package.name for chosen in selection.selected}:
        raise OptionError("--name", f"cannot be {release.name}, which is the name of a pinned package. Choose another")
    # The project belongs to its main group, as in `poetry install --only`.
    is_pinned = project.is_package and not (options.no_root or options.own_wheel) and MAIN_GROUP in options.groups
    root = project if is_pinned else None
    pins = make_pins(selection, root, extras)
    made_of = project.release if root else replace(project.release, version="")
    provenance = describe_provenance(made_of, graph, selection, options.groups, extras)
    provenance += describe_provided(options.provided, selection)
    lock_project = make_lock_project(subject.lock_package, project, pins, graph.extras, provenance)
    pinned_metadata = None
    if options.own_wheel:
        pinned_metadata = _pinned_metadata(options, pins, graph, release if release != project.release else None)
        pins = pinned_metadata.pins
    return Plan(options, release, project, root, graph, selection, pins, lock_project, pinned_metadata)


def _check_options(poetry: Poetry, options: Options) -> None:
    if unknown := options.extras - poetry.package.extras.keys():
        raise ExtraError(unknown)
    if options.own_wheel:
        _check_own_wheel(poetry, options)


def _pinned_metadata(
    options: Options, pins: tuple[Pin, ...], graph: LockedGraph, release: Release | None
) -> PinnedMetadata:
    # Loaded only here: few runs need it.
    from poetry_plugin_lock_package.wheel.locked_wheel import PinnedMetadata

    if options.as_extra is None:
        return PinnedMetadata(pins, graph.extras, graph.python, mode="replace", release=release)
    names = _extra_names(options.as_extra, graph.extras)
    pins = tuple(replace(pin, extra=names[pin.extra]) for pin in pins)
    return PinnedMetadata(pins, tuple(names.values()), graph.python, mode="add", release=release)


def _check_own_wheel(poetry: Poetry, options: Options) -> None:
    option = "--include-root" if options.include_root else "--as-extra"
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
    if taken := poetry.package.extras.keys() & {*_extra_names(options.as_extra, poetry.package.extras).values()}:
        raise OptionError(
            option, f"would make an extra that the project already has: {', '.join(sorted(taken))}. Choose another name"
        )


def _extra_names(name: str, extras: Iterable[NormalizedName]) -> dict[NormalizedName | None, NormalizedName]:
    """The names of the extras with the pins: of the one without any extra (None), and of the one for each extra."""
    return {
        None: canonicalize_name(name),
        **{extra: canonicalize_name(f"{name}-{extra}") for extra in sorted(extras)},
    }

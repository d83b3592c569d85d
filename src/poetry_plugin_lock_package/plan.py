"""The flow from end to end: start reading here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.errors import ExtraError, OptionError
from poetry_plugin_lock_package.identity import identify, is_name
from poetry_plugin_lock_package.lock.reader import read_locked_graph
from poetry_plugin_lock_package.project import read_project
from poetry_plugin_lock_package.selection.ignore import ignored_names
from poetry_plugin_lock_package.selection.pins import make_pins
from poetry_plugin_lock_package.selection.select import select
from poetry_plugin_lock_package.wheels.lock_project import make_lock_project, with_test
from poetry_plugin_lock_package.wheels.provenance import describe_provenance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.utils import NormalizedName
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.identity import Identity
    from poetry_plugin_lock_package.lock.model import LockedGraph
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.selection.ignore import IgnorePattern
    from poetry_plugin_lock_package.selection.pins import Pin
    from poetry_plugin_lock_package.selection.select import Selection
    from poetry_plugin_lock_package.wheels.lock_project import LockProject
    from poetry_plugin_lock_package.wheels.locked_wheel import PinnedMetadata


@dataclass(frozen=True, slots=True)
class Options:
    """What a lock package shall contain and be called.

    Dependency groups, extras in its base, what is ignored, whether the root is left out; its name, its
    version and the number of its post-release, if they are not to follow from the project; and whether
    the lock project has a test. With ``include_root`` or the extra ``as_extra`` it is the project's own wheel,
    built now or one of ``from_wheel``.
    """

    groups: frozenset[NormalizedName] = frozenset({MAIN_GROUP})
    extras: frozenset[NormalizedName] = frozenset()
    ignore: tuple[IgnorePattern, ...] = ()
    no_root: bool = False
    include_root: bool = False
    as_extra: str | None = None
    from_wheel: tuple[Path, ...] = ()
    name: str | None = None
    version: str | None = None
    post: str | None = None
    with_test: bool = False

    @property
    def own_wheel(self) -> bool:
        """Whether the pins go into the project's own wheel."""
        return self.include_root or self.as_extra is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """A lock package before anything is written, with all that led to it; ``root`` is the project if it is pinned.

    ``identity`` is what it is called. Where the pins go into the project's own wheel, ``pinned_metadata`` says how,
    and the ``lock_project`` is that of a lock package beside it, which is not built.
    """

    options: Options
    identity: Identity
    project: Project
    root: Project | None
    graph: LockedGraph
    selection: Selection
    pins: tuple[Pin, ...]
    lock_project: LockProject
    pinned_metadata: PinnedMetadata | None


def plan(poetry: Poetry, options: Options) -> Plan:
    """Work out the lock package of the project that ``poetry`` has loaded; nothing is written.

    Raises a LockPackageError if pyproject.toml or poetry.lock does not allow one.
    """
    if unknown := options.extras - poetry.package.extras.keys():
        raise ExtraError(unknown)
    if options.own_wheel:
        _check_own_wheel(poetry, options)
    project = read_project(poetry, options.version)
    lock_package = identity = identify_lock_package(project, options)
    if options.own_wheel:
        identity = identify(project.identity, options.name, options.version, options.post, own_wheel=True)
    extras = options.extras if MAIN_GROUP in options.groups else frozenset()
    graph = read_locked_graph(poetry, options.groups, extras, with_dependencies=bool(options.ignore))
    ignored = ignored_names(options.ignore, {package.name for package in graph.packages})
    selection = select(graph, ignored, extras, self_contained=options.as_extra is not None)
    if canonicalize_name(identity.name) in {chosen.package.name for chosen in selection.selected}:
        raise OptionError("--name", f"has to be another than {identity.name}, which is the name of a pinned package")
    # The project belongs to its main group, as in `poetry install --only`.
    is_pinned = project.is_package and not (options.no_root or options.own_wheel) and MAIN_GROUP in options.groups
    root = project if is_pinned else None
    pins = make_pins(selection, root, extras)
    provenance = describe_provenance(project, graph, selection, options.groups, extras)
    lock_project = make_lock_project(lock_package, project, pins, graph.extras, provenance)
    if options.with_test:
        lock_project = with_test(lock_project)
    pinned_metadata = None
    if options.own_wheel:
        pinned_metadata = _pinned_metadata(options, pins, graph, identity if identity != project.identity else None)
        pins = pinned_metadata.pins
    return Plan(options, identity, project, root, graph, selection, pins, lock_project, pinned_metadata)


def identify_lock_package(project: Project, options: Options) -> Identity:
    """What the lock package of ``project`` is called; if its own wheel is built instead, the name given is for that.

    Raises OptionError if an option is not what it has to be.
    """
    name = None if options.own_wheel else options.name
    return identify(project.identity, name, options.version, options.post)


def _pinned_metadata(
    options: Options, pins: tuple[Pin, ...], graph: LockedGraph, identity: Identity | None
) -> PinnedMetadata:
    # What only the project's own wheel needs is loaded only for that.
    from poetry_plugin_lock_package.wheels.locked_wheel import PinnedMetadata

    if options.as_extra is None:
        return PinnedMetadata(pins, graph.extras, graph.python, mode="replace", identity=identity)
    names = _extra_names(options.as_extra, graph.extras)
    pins = tuple(replace(pin, extra=names[pin.extra]) for pin in pins)
    return PinnedMetadata(pins, tuple(names.values()), graph.python, mode="add", identity=identity)


def _check_own_wheel(poetry: Poetry, options: Options) -> None:
    option = "--include-root" if options.include_root else "--as-extra"
    if not poetry.is_package_mode:
        raise OptionError(option, "is not possible in non-package mode: there is no wheel of the project")
    if MAIN_GROUP not in options.groups:
        raise OptionError(option, "needs the main group, to which the project belongs: pin that as well")
    if options.as_extra is None:
        return
    if not is_name(options.as_extra):
        raise OptionError(
            option, f"{options.as_extra!r} is no name for an extra: letters, digits, and . _ - between them"
        )
    if taken := poetry.package.extras.keys() & {*_extra_names(options.as_extra, poetry.package.extras).values()}:
        raise OptionError(option, f"makes an extra that the project has already: {', '.join(sorted(taken))}")


def _extra_names(name: str, extras: Iterable[NormalizedName]) -> dict[NormalizedName | None, NormalizedName]:
    """What the extras with the pins are called: that for no extra of the project, and that for each."""
    return {
        None: canonicalize_name(name),
        **{extra: canonicalize_name(f"{name}-{extra}") for extra in sorted(extras)},
    }

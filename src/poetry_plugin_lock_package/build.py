"""The flow from end to end: start reading here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.errors import ExtraError
from poetry_plugin_lock_package.ignore import ignored_names
from poetry_plugin_lock_package.lock_project import (
    make_lock_project,
    remove_lock_project,
    with_test,
    write_lock_project,
)
from poetry_plugin_lock_package.lockfile import read_locked_graph
from poetry_plugin_lock_package.naming import Identity, checked_version, identify
from poetry_plugin_lock_package.origin import describe_origin
from poetry_plugin_lock_package.pins import make_pins
from poetry_plugin_lock_package.project import read_project
from poetry_plugin_lock_package.selection import select
from poetry_plugin_lock_package.wheel import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.ignore import IgnorePattern
    from poetry_plugin_lock_package.lock_project import LockProject
    from poetry_plugin_lock_package.lockfile import LockedGraph
    from poetry_plugin_lock_package.pins import Pin
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.selection import Selection


@dataclass(frozen=True, slots=True)
class Options:
    """What a lock package shall contain and be called.

    Dependency groups, extras in its base, what is ignored, whether the root is left out; its name, its
    version and the number of its post-release, if they are not to follow from the project; and whether
    the lock project has a test.
    """

    groups: frozenset[NormalizedName] = frozenset({MAIN_GROUP})
    extras: frozenset[NormalizedName] = frozenset()
    ignore: tuple[IgnorePattern, ...] = ()
    no_root: bool = False
    name: str | None = None
    version: str | None = None
    post: str | None = None
    with_test: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A lock package before anything is written, with all that led to it; ``root`` is the project if it is pinned."""

    options: Options
    project: Project
    root: Project | None
    graph: LockedGraph
    selection: Selection
    pins: tuple[Pin, ...]
    lock_project: LockProject


def plan(poetry: Poetry, options: Options) -> Plan:
    """Work out the lock package of the project that ``poetry`` has loaded; nothing is written.

    Raises a LockPackageError if pyproject.toml or poetry.lock does not allow one.
    """
    if unknown := options.extras - poetry.package.extras.keys():
        raise ExtraError(unknown)
    version = checked_version(options.version) if options.version else None
    project = read_project(poetry, version)
    identity = identify(Identity(project.name, project.version), options.name, version, options.post)
    graph = read_locked_graph(poetry, options.groups, with_dependencies=bool(options.ignore))
    extras = options.extras & {*graph.extras}
    selection = select(graph, ignored_names(options.ignore, {package.name for package in graph.packages}), extras)
    # The project belongs to its main group, as in `poetry install --only`.
    root = project if project.is_package and not options.no_root and MAIN_GROUP in options.groups else None
    pins = make_pins(selection, root, extras)
    origin = describe_origin(project, graph, selection, options.groups, extras)
    lock_project = make_lock_project(identity, project, pins, graph.extras, origin)
    if options.with_test:
        lock_project = with_test(lock_project)
    return Plan(options, project, root, graph, selection, pins, lock_project)


def write(made: Plan) -> Path:
    """Write the lock project beside pyproject.toml; return its folder."""
    return write_lock_project(made.lock_project, made.project.folder)


def remove(made: Plan) -> Path | None:
    """Remove the lock project that is beside pyproject.toml; return its folder, or None if there was none."""
    return remove_lock_project(made.lock_project, made.project.folder)


def build(made: Plan, output: Path) -> Path:
    """Build the wheel into ``output``, relative to the project as in ``poetry build``; return its path."""
    return build_wheel(
        made.lock_project,
        made.pins,
        made.graph.extras,
        made.graph.python,
        made.project.folder / output,
    )

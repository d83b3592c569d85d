"""The flow from end to end: start reading here."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.constraints import constraints_name, make_constraints, render_constraints
from poetry_plugin_lock_package.distributions import find_hashes, hash_of
from poetry_plugin_lock_package.errors import ExtraError
from poetry_plugin_lock_package.ignore import ignored_names
from poetry_plugin_lock_package.lock_project import make_lock_project, write_lock_project
from poetry_plugin_lock_package.lockfile import read_locked_graph
from poetry_plugin_lock_package.naming import Identity, checked_version, identify
from poetry_plugin_lock_package.origin import describe_origin
from poetry_plugin_lock_package.pins import make_pins
from poetry_plugin_lock_package.project import read_project
from poetry_plugin_lock_package.selection import select
from poetry_plugin_lock_package.wheel import build_wheel, put_in_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.constraints import Constraint
    from poetry_plugin_lock_package.ignore import IgnorePattern
    from poetry_plugin_lock_package.lock_project import LockProject
    from poetry_plugin_lock_package.lockfile import LockedGraph
    from poetry_plugin_lock_package.pins import Pin
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.publication import Target
    from poetry_plugin_lock_package.selection import Selection


@dataclass(frozen=True, slots=True)
class Options:
    """What a lock package shall contain and be called.

    Dependency groups, extras in its base, what is ignored, whether the root is left out; its name, its
    version and the number of its post-release, if they are not to follow from the project.
    """

    groups: frozenset[NormalizedName] = frozenset({MAIN_GROUP})
    extras: frozenset[NormalizedName] = frozenset()
    ignore: tuple[IgnorePattern, ...] = ()
    no_root: bool = False
    name: str | None = None
    version: str | None = None
    post: str | None = None


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


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a lock package goes once it is built.

    To the folder ``output``, relative to the project as in ``poetry build``, where ``constraints`` have their
    file go beside it, and to ``target``. ``dry_run`` has everything done but the last step: nothing appears anywhere.
    """

    output: Path
    constraints: bool = False
    target: Target | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """The ``files`` that were built, the wheel first; ``constraints`` without the wheel's own, None if not asked for.

    ``published`` is false if the target had the wheel already, and None without a target.
    """

    files: tuple[Path, ...]
    constraints: tuple[Constraint, ...] | None
    published: bool | None


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
    return Plan(options, project, root, graph, selection, pins, lock_project)


def write(made: Plan) -> Path:
    """Write the lock project beside pyproject.toml; return its folder."""
    return write_lock_project(made.lock_project, made.project.folder)


def build(made: Plan, delivery: Delivery) -> Built:
    """Build the wheel, and its constraints if they are asked for, and deliver them; nothing appears unless all does.

    Raises a LockPackageError if something cannot be built, published or put in place.
    """
    output = made.project.folder / delivery.output
    constraints = _constraints(made, output) if delivery.constraints else None
    with TemporaryDirectory(prefix="lock-package-") as scratch:
        wheel = build_wheel(made.lock_project, made.pins, made.graph.extras, made.graph.python, Path(scratch))
        files = [wheel]
        if constraints is not None:
            text = render_constraints(made.lock_project, wheel.name, hash_of(wheel), constraints)
            files.append(Path(scratch, constraints_name(wheel.name)))
            files[-1].write_bytes(text.encode())
        # Before anything appears: it is what fails most easily.
        target = delivery.target
        published = target.publish(wheel, made.lock_project, dry_run=delivery.dry_run) if target else None
        if not delivery.dry_run:
            _put_all_in_place(files, output)
    return Built(tuple(output / file.name for file in files), constraints, published)


def _constraints(made: Plan, output: Path) -> tuple[Constraint, ...]:
    # Files that only this machine can have made; those of other packages are for poetry.lock to know.
    releases = {
        (chosen.package.name, Version(chosen.package.version))
        for chosen in made.selection.selected
        if chosen.package.source and chosen.package.source.type == "directory"
    }
    if made.root:
        releases.add((canonicalize_name(made.root.name), Version(made.root.version)))
    return make_constraints(made.selection, made.root, made.graph.python, find_hashes(output, releases))


def _put_all_in_place(files: Sequence[Path], output: Path) -> None:
    """Put ``files`` in place, the first of them last, so that it is not touched if another cannot be put there."""
    with ExitStack() as undo:
        for file in reversed(files):
            undo.callback(put_in_place(file, output).unlink)
        undo.pop_all()

"""Where a lock package goes once it is built: a folder, with constraints beside it, and a repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from poetry_plugin_lock_package.output.constraints import constraints_name, make_constraints, render_constraints
from poetry_plugin_lock_package.output.distributions import find_hashes, hash_of
from poetry_plugin_lock_package.output.staging import in_place, staging_folder
from poetry_plugin_lock_package.plan import build, own_wheels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.output.constraints import Constraint
    from poetry_plugin_lock_package.output.publish import Target
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheels.locked_wheel import PinnedMetadata
    from poetry_plugin_lock_package.wheels.project_wheel import ProjectWheel


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a lock package goes: to the folder ``output``, relative to the project as in ``poetry build``.

    ``constraints``, if there are any, go beside it, and it goes to ``target`` as well. With ``dry_run``
    everything is done but the last step, and the project is not built: nothing appears anywhere.
    """

    output: Path
    constraints: tuple[Constraint, ...] | None = None
    target: Target | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """The ``files`` in the output folder, and whether the lock package was ``published``, not skipped, as well."""

    files: tuple[Path, ...]
    published: bool = False


def constrain(plan: Plan, output: Path) -> tuple[Constraint, ...]:
    """All constraints but that of the lock package itself, with the hashes of what was built into ``output`` before.

    Raises HashError or AlternativesError if there can be no constraints, and OutputError if a file cannot be read.
    """
    # Files that only this machine can have made; those of other packages are for poetry.lock to know.
    releases = {
        (chosen.package.name, Version(chosen.package.version))
        for chosen in plan.selection.selected
        if chosen.package.source and chosen.package.source.type == "directory"
    }
    if plan.root:
        releases.add((canonicalize_name(plan.root.name), Version(plan.root.version)))
    found = find_hashes(plan.project.folder / output, releases)
    return make_constraints(plan.selection, plan.root, plan.graph.python, found)


def deliver(plan: Plan, poetry: Poetry, delivery: Delivery) -> Delivered:
    """Build the lock package and deliver it; nothing appears in the output folder unless all goes well.

    Raises a LockPackageError if it cannot be built, published or put in place.
    """
    if delivery.dry_run and plan.pinned_metadata and not plan.options.from_wheel:
        # A build backend works in the project's folder, and may leave files of its own there.
        return Delivered(())
    output = plan.project.folder / delivery.output
    with own_wheels(plan, poetry) as own, staging_folder(output, "The wheel") as scratch:
        wheels = _lock(own, plan.pinned_metadata, scratch, output) if plan.pinned_metadata else (build(plan, scratch),)
        files = [*wheels, *_write_constraints(plan, delivery, wheels, scratch)]
        # Before anything appears: it is what fails most easily.
        published = bool(
            delivery.target and delivery.target.publish(wheels[0], plan.lock_project, dry_run=delivery.dry_run)
        )
        if delivery.dry_run:
            return Delivered(())
        placed = {file: output / file.name for file in files}
        # The wheels last: until then, those which are there have not changed.
        with in_place(dict(reversed(placed.items())), scratch):
            return Delivered((*placed.values(),), published)


def _lock(wheels: Sequence[ProjectWheel], pinned: PinnedMetadata, folder: Path, output: Path) -> tuple[Path, ...]:
    # Loaded only here: few runs need it.
    from poetry_plugin_lock_package.wheels.locked_wheel import lock_wheels

    return lock_wheels(wheels, pinned, folder, output)


def _write_constraints(plan: Plan, delivery: Delivery, wheels: Sequence[Path], folder: Path) -> list[Path]:
    """Write the constraints for ``wheels`` into ``folder``, if they are asked for; return their file."""
    if delivery.constraints is None:
        return []
    hashes = {wheel.name: hash_of(wheel) for wheel in wheels}
    file = folder / constraints_name(wheels[0].name)
    file.write_bytes(render_constraints(hashes, plan.options.as_extra, delivery.constraints).encode())
    return [file]

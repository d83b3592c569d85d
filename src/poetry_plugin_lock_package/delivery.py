"""Where a lock package goes once it is built: a folder, with constraints beside it, and a repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from poetry_plugin_lock_package.build import build, lock_own_wheels
from poetry_plugin_lock_package.constraints import constraints_name, make_constraints, render_constraints
from poetry_plugin_lock_package.distributions import find_hashes, hash_of
from poetry_plugin_lock_package.staging import staging_folder
from poetry_plugin_lock_package.wheel import put_all_in_place, put_in_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.build import Plan
    from poetry_plugin_lock_package.constraints import Constraint
    from poetry_plugin_lock_package.locked_wheel import Locking
    from poetry_plugin_lock_package.publication import Target


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a lock package goes: to the folder ``output``, relative to the project as in ``poetry build``.

    ``constraints``, if there are any, go beside it, and it goes to ``target`` as well. With ``dry_run``
    everything is done but the last step: nothing appears anywhere.
    """

    output: Path
    constraints: tuple[Constraint, ...] | None = None
    target: Target | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """The ``files`` in the output folder, and whether they were ``published`` too, or were there already."""

    files: tuple[Path, ...]
    published: bool = False


def constrain(made: Plan, output: Path) -> tuple[Constraint, ...]:
    """All constraints but that of the lock package itself, with the hashes of what was built into ``output`` before.

    Raises HashError or AlternativesError if there can be no constraints, and OutputError if a file cannot be read.
    """
    # Files that only this machine can have made; those of other packages are for poetry.lock to know.
    releases = {
        (chosen.package.name, Version(chosen.package.version))
        for chosen in made.selection.selected
        if chosen.package.source and chosen.package.source.type == "directory"
    }
    if made.root:
        releases.add((canonicalize_name(made.root.name), Version(made.root.version)))
    found = find_hashes(made.project.folder / output, releases)
    return make_constraints(made.selection, made.root, made.graph.python, found)


def deliver(made: Plan, delivery: Delivery) -> Delivered:
    """Build the lock package and deliver it; nothing appears in the output folder unless all goes well.

    Raises a LockPackageError if it cannot be built, published or put in place.
    """
    with staging_folder(made.project.folder / delivery.output, "The lock package") as scratch:
        wheel = build(made, scratch)
        files = [wheel, *_write_constraints(made, delivery, [wheel], scratch)]
        # Before anything appears: it is what fails most easily.
        published = bool(
            delivery.target and delivery.target.publish(wheel, made.lock_project, dry_run=delivery.dry_run)
        )
        if delivery.dry_run:
            return Delivered(())
        # The wheel last, so that the one which is there stays if another file cannot be put in place.
        placed = put_all_in_place(files[::-1], made.project.folder / delivery.output, scratch)
        return Delivered(placed[::-1], published)


def deliver_own_wheels(made: Plan, poetry: Poetry, locking: Locking, delivery: Delivery) -> Delivered:
    """Put the pins into the project's own wheels, and these into the output folder; they are not published here.

    Raises a LockPackageError if that is not possible.
    """
    if delivery.dry_run:
        return Delivered(())
    wheels = lock_own_wheels(made, poetry, locking, delivery.output)
    with staging_folder(wheels[0].parent, "The constraints file") as scratch:
        beside = _write_constraints(made, delivery, wheels, scratch)
        return Delivered((*wheels, *(put_in_place(file, wheels[0].parent) for file in beside)))


def _write_constraints(made: Plan, delivery: Delivery, wheels: Sequence[Path], folder: Path) -> list[Path]:
    """Write the constraints for ``wheels`` into ``folder``, if they are asked for; return their file."""
    if delivery.constraints is None:
        return []
    hashes = {wheel.name: hash_of(wheel) for wheel in wheels}
    file = folder / constraints_name(wheels[0].name)
    file.write_bytes(render_constraints(hashes, made.options.as_extra, delivery.constraints).encode())
    return [file]

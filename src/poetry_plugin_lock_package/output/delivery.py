"""Where a lock package goes once it is built: a folder, with constraints and an SBOM beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.constraints import (
    constraints_name,
    hash_of,
    is_constraints,
    make_constraints,
    render_constraints,
)
from poetry_plugin_lock_package.errors import OptionError
from poetry_plugin_lock_package.output.removal import removed
from poetry_plugin_lock_package.output.staging import in_place, staging_folder
from poetry_plugin_lock_package.wheel.build import announce, build_wheels

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.constraints import Constraint
    from poetry_plugin_lock_package.plan import Plan


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a lock package goes: into the folder ``output``, relative to the project as in ``poetry build``.

    ``constraints``, if there are any, and the ``sbom`` are written beside it. With ``dry_run``, nothing appears
    anywhere: all but the last step is done, but the project itself is not built.
    """

    output: Path
    constraints: tuple[Constraint, ...] | None = None
    sbom: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """The new ``files`` in the output folder, and those that were ``removed`` from it.

    ``path_files`` are the files of path dependencies and of the project, some of them only ``copied``. In a dry run,
    ``announced`` says what would be done to make them. ``cleaned`` has the fields of METADATA from which secrets were
    removed, by the names of wheels.
    """

    files: tuple[Path, ...]
    removed: tuple[Path, ...] = ()
    path_files: tuple[Path, ...] = ()
    copied: tuple[str, ...] = ()
    announced: tuple[str, ...] = ()
    cleaned: tuple[tuple[str, tuple[str, ...]], ...] = ()


def constrain(plan: Plan, output: Path) -> tuple[Constraint, ...]:
    """All constraints but that of the lock package itself, with the hashes of files that are in ``output`` already."""
    return make_constraints(plan, None if plan.options.path_wheels else plan.project.folder / output)


def check_output(plan: Plan, output: Path) -> None:
    """Raise OptionError if wheels cannot be built into the folder ``output``."""
    if os.path.isfile(plan.project.folder / output):  # noqa: PTH113 - it does not fail on names that no file can have
        raise OptionError("--output", f"has to be a folder, and {output.name} is a file. Choose another")


def check_sbom_library() -> None:
    """Raise OptionError unless the optional library is installed that an SBOM is made with."""
    if find_spec("cyclonedx") is None:
        raise OptionError(
            "--sbom",
            "needs cyclonedx-python-lib, which is not installed. Install it beside Poetry with the extra:"
            " poetry-plugin-lock-package[sbom]",
        )


def deliver(plan: Plan, poetry: Poetry, delivery: Delivery, commit: Callable[[], None] = lambda: None) -> Delivered:
    """Build the lock package, and put it in place: all or nothing appears in the folder.

    ``commit`` is called when the files are in place, before they can no longer be taken back.
    Raises a LockPackageError if the lock package cannot be built or put in place.
    """
    announced = tuple(announce(plan)) if delivery.dry_run else ()
    if delivery.dry_run and plan.pinned_metadata and not plan.options.from_wheel:
        # A build backend works in the project's folder, and may leave files of its own there.
        return Delivered((), announced=announced)
    output = plan.project.folder / delivery.output
    with staging_folder(None if delivery.dry_run else output, "The wheel") as scratch:
        built = build_wheels(plan, poetry, scratch, output, dry_run=delivery.dry_run)
        wheels = [file.path for file in built if file.kind != "path"]
        beside = [file.path for file in built if file.kind == "path"]
        files = [*wheels, *_write_beside(plan, _with_hashes(delivery, plan, scratch / "path-wheels"), wheels, scratch)]
        if delivery.dry_run:
            return Delivered((), announced=announced)
        placed = {file: output / file.name for file in (*files, *beside)}
        stale = tuple(_stale_files(output, wheels, {*placed.values()}))
        # The wheels last: until then, those which are there have not changed.
        with removed(stale, scratch), in_place(dict(reversed(placed.items())), scratch):
            commit()
        # Those of path dependencies first.
        cleaned = sorted((file for file in built if file.cleaned), key=lambda file: file.kind != "path")
        return Delivered(
            files=tuple(placed[file] for file in files),
            removed=stale,
            path_files=tuple(placed[file] for file in beside),
            copied=tuple(file.path.name for file in built if file.copied),
            cleaned=tuple((file.path.name, file.cleaned) for file in cleaned),
        )


def _stale_files(output: Path, wheels: Sequence[Path], new: Collection[Path]) -> Iterator[Path]:
    """Constraints and an SBOM in ``output``, not among the ``new`` files, of other wheels than ``wheels``."""
    path = output / constraints_name(wheels[0].name)
    if path not in new and path.is_file() and not path.is_symlink():
        text = path.read_text(encoding="utf-8", errors="replace")
        if is_constraints(text) and not all(hash_of(wheel) in text for wheel in wheels):
            yield path
    earlier, sbom = output / wheels[0].name, output / _sbom_name(wheels[0].name)
    if sbom not in new and sbom.is_file() and earlier.is_file() and hash_of(earlier) != hash_of(wheels[0]):
        yield sbom


def _with_hashes(delivery: Delivery, plan: Plan, folder: Path) -> Delivery:
    """``delivery``, its constraints with the hashes of what is now in ``folder`` if it was to be built."""
    if delivery.constraints is None or delivery.dry_run or not plan.options.path_wheels:
        return delivery
    return replace(delivery, constraints=make_constraints(plan, folder))


def _write_beside(plan: Plan, delivery: Delivery, wheels: Sequence[Path], folder: Path) -> Iterator[Path]:
    """Write the files that go beside ``wheels`` into ``folder``, as far as they are asked for; give their paths."""
    for name, text in _texts_beside(plan, delivery, wheels):
        file = folder / name
        file.write_bytes(text.encode())
        yield file


def _texts_beside(plan: Plan, delivery: Delivery, wheels: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """The names and contents of the files that go beside ``wheels``: to add one, yield it here."""
    if delivery.constraints is not None:
        text = render_constraints(wheels, plan.options.as_extra, delivery.constraints)
        yield constraints_name(wheels[0].name), text
    if delivery.sbom:
        # Loaded only here: its library is optional.
        from poetry_plugin_lock_package.sbom import render_sbom

        yield _sbom_name(wheels[0].name), render_sbom(plan)


def _sbom_name(wheel_name: str) -> str:
    """The name of the SBOM that goes beside the wheel ``wheel_name``."""
    return "-".join(wheel_name.split("-")[:2]) + ".cdx.json"

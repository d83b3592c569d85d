"""Locked wheels: wheels of the project itself that have the pins instead of its ranges, or as an extra."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.metadata import RawMetadata
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import OutputError, VerificationError, WheelError
from poetry_plugin_lock_package.wheel.metadata import Dependencies
from poetry_plugin_lock_package.wheel.project_wheel import read_project_wheel
from poetry_plugin_lock_package.wheel.rewrite import find_changes, rewrite_wheel
from poetry_plugin_lock_package.wheel.verify import find_differences

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint

    from poetry_plugin_lock_package.project import Release
    from poetry_plugin_lock_package.selection.select import Pin
    from poetry_plugin_lock_package.wheel.metadata import Mode
    from poetry_plugin_lock_package.wheel.project_wheel import ProjectWheel


@dataclass(frozen=True, slots=True)
class PinnedMetadata:
    """The pins and extras of locked wheels, within the range ``python``.

    ``mode`` says whether they replace the wheel's own requirements and extras or are added to them. ``release``
    is a new name and version, or None to keep those of the wheel.
    """

    pins: tuple[Pin, ...]
    extras: tuple[NormalizedName, ...]
    python: VersionConstraint
    mode: Mode
    release: Release | None

    @property
    def dependencies(self) -> Dependencies:
        """The fields for METADATA."""
        return Dependencies(tuple(pin.requires_dist for pin in self.pins), self.extras, self.mode)


def lock_wheels(wheels: Sequence[ProjectWheel], pinned: PinnedMetadata, folder: Path, output: Path) -> tuple[Path, ...]:
    """Make a locked wheel of each of ``wheels`` in ``folder``, to be moved to ``output`` later; return their paths.

    Raises WheelError if a wheel cannot be locked, OutputError if a file cannot be written or would replace a wheel
    with other dependencies, and VerificationError if a new wheel, read back, is not as planned.
    """
    names = [wheel.path.name for wheel in wheels]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WheelError(f"There are several wheels of the name {', '.join(twice)}. Give only one of them")
    made = [_make_locked(wheel, pinned, folder) for wheel in wheels]
    if others := [wheel.path.name for wheel in made if _is_other(wheel, output / wheel.path.name)]:
        raise OutputError(
            f"{output.name} has {', '.join(others)} already, with other dependencies. Choose another folder"
            " with --output, or another name or version with --name or --set-version"
        )
    return tuple(wheel.path for wheel in made)


def read_back(path: Path, wheel: ProjectWheel, pinned: PinnedMetadata) -> ProjectWheel:
    """Read the locked wheel at ``path``; raises VerificationError unless it is ``wheel`` with what ``pinned`` says."""
    try:
        made = read_project_wheel(path)
    except WheelError as error:
        raise VerificationError(str(error)) from error
    changes = find_changes(wheel, made, pinned.release, keep_dependencies=pinned.mode == "add")
    differences = find_differences(_added(wheel, made, pinned), pinned.pins, pinned.extras, pinned.python)
    if found := [*changes, *sorted(differences)]:
        raise VerificationError(*found)
    return made


def _make_locked(wheel: ProjectWheel, pinned: PinnedMetadata, folder: Path) -> ProjectWheel:
    extras = map(canonicalize_name, wheel.fields.get("provides_extra", []))
    if pinned.mode == "add" and (taken := {*pinned.extras}.intersection(extras)):
        raise WheelError(f"{wheel.path.name} has the extra {', '.join(sorted(taken))} already: choose another name")
    try:
        path = rewrite_wheel(wheel, pinned.dependencies, pinned.release, folder)
    except OSError as error:
        raise OutputError(f"{wheel.path.name} cannot be rewritten: {error.strerror}") from error
    return read_back(path, wheel, pinned)


def _added(wheel: ProjectWheel, made: ProjectWheel, pinned: PinnedMetadata) -> RawMetadata:
    """The dependencies that ``made`` has after those of ``wheel``."""
    before = wheel.fields if pinned.mode == "add" else RawMetadata()
    return RawMetadata(
        requires_dist=made.fields.get("requires_dist", [])[len(before.get("requires_dist", [])) :],
        provides_extra=made.fields.get("provides_extra", [])[len(before.get("provides_extra", [])) :],
    )


def _is_other(wheel: ProjectWheel, target: Path) -> bool:
    """Whether ``target`` exists and is not a wheel with the dependencies of ``wheel``."""
    if not target.exists():
        return False
    try:
        # Earlier releases left secrets in it.
        there = read_project_wheel(target).without_secrets()
    except WheelError:
        return True
    return _dependencies(there) != _dependencies(wheel)


def _dependencies(wheel: ProjectWheel) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(wheel.fields.get("requires_dist", [])), frozenset(wheel.fields.get("provides_extra", []))

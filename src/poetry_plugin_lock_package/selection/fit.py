"""Whether the lock fits the platform: the versions that it provides against those that are locked and required."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version
from poetry.core.constraints.version import Version as PoetryVersion

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint

    from poetry_plugin_lock_package.lock.model import LockedPackage

    # What requires a package, or None for the project; and the versions that it allows, or None for an address.
    Requirer = tuple[NormalizedName | None, VersionConstraint | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The platform has ``name`` at ``version`` (None: nothing says at which one), in place of ``locked``.

    ``requirers`` are the project and what stays pinned, as far as they require ``name`` where the platform has it.
    """

    name: NormalizedName
    version: str | None
    locked: tuple[LockedPackage, ...]
    requirers: tuple[Requirer, ...] = ()

    @property
    def locked_versions(self) -> str:
        """The versions of ``locked``, as text."""
        return " and ".join(package.version for package in self.locked)

    @property
    def is_other_version(self) -> bool:
        """Whether the version is known, and is another one than is locked."""
        return self.version is not None and any(
            Version(package.version) != Version(self.version) for package in self.locked
        )

    @property
    def unmet(self) -> tuple[tuple[NormalizedName | None, str], ...]:
        """The requirers that ``version`` does not suit, each with what it requires instead."""
        if self.version is None:
            return ()
        version = PoetryVersion.parse(self.version)
        return tuple(
            (by, _text(constraint))
            for by, constraint in self.requirers
            if constraint is None or not constraint.allows(version)
        )


def _text(constraint: VersionConstraint | None) -> str:
    if constraint is None:
        return "it from an address"
    return f"=={constraint}" if isinstance(constraint, PoetryVersion) else str(constraint)

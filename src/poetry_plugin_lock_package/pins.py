"""Pins: the exact requirements of a lock package, as PEP 508 knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import PinError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lockfile import LockedPackage
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.selection import Selection


@dataclass(frozen=True, slots=True)
class Pin:
    """An exact ``requirement`` where ``marker`` holds, as part of ``extra`` or (None) of the base.

    ``requirement`` is PEP 508 without its marker; the marker does not mention ``extra``.
    """

    requirement: str
    marker: BaseMarker
    extra: NormalizedName | None = None

    def __str__(self) -> str:
        """The PEP 508 text; the space before `;` is needed after a direct reference."""
        return self.requirement if self.marker.is_any() else f"{self.requirement} ; {self.marker}"

    @property
    def requires_dist(self) -> str:
        """The PEP 508 text in the metadata of a wheel, whose marker says which extra the pin belongs to."""
        if self.extra is None:
            return str(self)
        marker, extra = str(self.marker), f'extra == "{self.extra}"'
        if " or " in marker:
            marker = f"({marker})"
        return f"{self.requirement} ; {f'{marker} and {extra}' if marker else extra}"


def make_pins(
    selection: Selection, root: Project | None, extras: frozenset[NormalizedName] = frozenset()
) -> tuple[Pin, ...]:
    """Pin every package of ``selection``, and ``root`` with ``extras`` at its version unless it is None.

    Each other extra of the project requires ``root[extra]`` as well: the extra's own
    entry in the project's metadata then holds too. Raises PinError, naming all
    packages that have no form as a requirement.
    """
    packages = {chosen.package for chosen in selection.selected}
    problems = sorted((p.name, problem) for p in packages if (problem := _problem(p)))
    if problems:
        raise PinError(problems)
    return (*_root_pins(root, extras), *(Pin(requirement(s.package), s.marker, s.extra) for s in selection.selected))


def _root_pins(root: Project | None, extras: frozenset[NormalizedName]) -> Iterator[Pin]:
    if root is None:
        return
    asked_for = f"[{','.join(sorted(extras))}]" if extras else ""
    yield Pin(f"{root.name}{asked_for}=={root.version}", AnyMarker())
    for extra in root.extras:
        if extra not in extras:
            yield Pin(f"{root.name}[{extra}]=={root.version}", AnyMarker(), extra)


def requirement(package: LockedPackage) -> str:
    """The one requirement that ``package`` meets and no other release does.

    Path and file dependencies are pinned by version: their path means nothing elsewhere.
    """
    if package.source and package.source.direct:
        return f"{package.name} @ {package.source.direct}"
    return f"{package.name}=={package.version}"


def _problem(package: LockedPackage) -> str | None:
    if package.source and package.source.type in ("git", "url") and not package.source.direct:
        return f"comes from a {package.source.type} address on this machine, or one that PEP 508 cannot express"
    return None

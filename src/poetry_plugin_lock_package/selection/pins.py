"""Pins: the exact requirements of a lock package, in the form of PEP 508."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import PinError
from poetry_plugin_lock_package.markers.pip import is_read_otherwise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import LockedPackage
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.selection.select import Selected, Selection


@dataclass(frozen=True, slots=True)
class Pin:
    """An exact ``requirement`` where ``marker`` holds, as part of ``extra`` or (None) of the base.

    ``requirement`` is PEP 508 without its marker; the marker does not mention ``extra``.
    """

    requirement: str
    marker: BaseMarker
    extra: NormalizedName | None = None

    def __str__(self) -> str:
        """The PEP 508 text. The space before `;` is required after a direct reference."""
        return self.requirement if self.marker.is_any() else f"{self.requirement} ; {self.marker}"

    @property
    def requires_dist(self) -> str:
        """The PEP 508 text for the metadata of a wheel, where the marker has the extra."""
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

    Each other extra of the project requires ``root[extra]`` as well, so that installers apply the
    project's own metadata for that extra too. Raises PinError with all packages that no
    requirement can express.
    """
    problems = {(chosen.package.name, problem) for chosen in selection.selected if (problem := _obstacle(chosen))}
    if problems:
        raise PinError(sorted(problems))
    return (*_root_pins(root, extras), *map(_pin, selection.selected))


def _root_pins(root: Project | None, extras: frozenset[NormalizedName]) -> Iterator[Pin]:
    if root is None:
        return
    asked_for = f"[{','.join(sorted(extras))}]" if extras else ""
    yield Pin(f"{root.name}{asked_for}=={root.version}", AnyMarker())
    for extra in root.extras:
        if extra not in extras:
            yield Pin(f"{root.name}[{extra}]=={root.version}", AnyMarker(), extra)


def requirement(package: LockedPackage) -> str:
    """The requirement that only ``package`` meets, and no other release.

    Path and file dependencies are pinned by version, because their path means nothing on other machines.
    """
    if package.source and package.source.direct:
        return f"{package.name} @ {package.source.direct}"
    return f"{package.name}=={package.version}"


def _pin(chosen: Selected) -> Pin:
    return Pin(requirement(chosen.package), chosen.marker, chosen.extra)


def _obstacle(chosen: Selected) -> str | None:
    package = chosen.package
    if package.source and package.source.obstacle:
        return package.source.obstacle
    if not (chosen.marker.is_any() or _is_pep_508(str(chosen.marker))):
        return "has a marker that PEP 508 cannot express"
    if is_read_otherwise(chosen.marker):
        return "has a marker that pip and Poetry read differently"
    return None


@cache
def _is_pep_508(marker: str) -> bool:
    """Whether other tools can read ``marker``: poetry-core accepts strings that PEP 508 does not allow."""
    try:
        # A line end would start a new field in the metadata of the wheel.
        return marker.isascii() and marker.isprintable() and "\\" not in marker and bool(Marker(marker))
    except InvalidMarker:
        return False

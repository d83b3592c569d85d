"""Pins: the exact requirements of a lock package, as PEP 508 knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

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


def make_pins(selection: Selection, root: Project | None) -> tuple[Pin, ...]:
    """Pin every package of ``selection``, and ``root`` at its version unless it is None.

    Each extra of the project requires ``root[extra]`` as well: the extra's own
    entry in the project's metadata then holds too. Raises PinError, naming all
    packages that have no form as a requirement.
    """
    packages = {chosen.package for chosen in selection.selected}
    problems = sorted((p.name, problem) for p in packages if (problem := _problem(p)))
    if problems:
        raise PinError(problems)
    return (*_root_pins(root), *(Pin(requirement(s.package), s.marker, s.extra) for s in selection.selected))


def _root_pins(root: Project | None) -> Iterator[Pin]:
    if root is None:
        return
    yield Pin(f"{root.name}=={root.version}", AnyMarker())
    for extra in root.extras:
        yield Pin(f"{root.name}[{extra}]=={root.version}", AnyMarker(), extra)


def requirement(package: LockedPackage) -> str:
    """The one requirement that ``package`` meets and no other release does.

    Path and file dependencies are pinned by version: their path means nothing elsewhere.
    """
    if package.source and package.source.direct:
        return f"{package.name} @ {public_url(package.source.direct)}"
    return f"{package.name}=={package.version}"


def public_url(url: str) -> str:
    """``url`` without what must not, or cannot, stand in a wheel.

    User info goes, but for the account of an SSH address (``git@``): it is no
    secret and the address means nothing without it. Of the fragment only the
    subdirectory stays; poetry-core would silently drop a hash.
    """
    parts = urlsplit(url)
    user_info, _, host = parts.netloc.rpartition("@")
    account = user_info.partition(":")[0]
    netloc = f"{account}@{host}" if account and parts.scheme.endswith("ssh") else host
    fragment = "&".join(part for part in parts.fragment.split("&") if part.startswith("subdirectory="))
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, fragment))


def has_secret(package: LockedPackage) -> bool:
    """Whether the address of ``package`` has user info that its pin leaves out."""
    direct = package.source.direct if package.source else None
    return direct is not None and urlsplit(direct).netloc != urlsplit(public_url(direct)).netloc


def has_hash(package: LockedPackage) -> bool:
    """Whether the address of ``package`` has a fragment, such as a hash, that its pin leaves out."""
    direct = package.source.direct if package.source else None
    return direct is not None and urlsplit(direct).fragment != urlsplit(public_url(direct)).fragment


def _problem(package: LockedPackage) -> str | None:
    direct = package.source.direct if package.source else None
    if direct is not None and not urlsplit(direct).hostname:
        # poetry-core would write git+file://None/... for a repository on this machine.
        return "comes from a repository on this machine"
    return None

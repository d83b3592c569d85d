"""References by path in the metadata of a wheel, and the requirements by version that replace them.

Poetry and other build backends write the path of a dependency as a URL of the machine at hand
(``core @ file:///home/me/core``), which no other machine can follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from poetry.core.packages.utils.utils import url_to_path

from poetry_plugin_lock_package.errors import VerificationError, WheelError
from poetry_plugin_lock_package.text import one_line
from poetry_plugin_lock_package.wheel.metadata import with_requirements
from poetry_plugin_lock_package.wheel.project_wheel import read_project_wheel
from poetry_plugin_lock_package.wheel.rewrite import find_changes, replace_metadata

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.wheel.project_wheel import ProjectWheel


@dataclass(frozen=True, slots=True)
class PinnedRelease:
    """A pinned ``name`` at its ``version``, and its ``path`` on this machine if it was locked from one."""

    name: NormalizedName
    version: str
    path: str | None = None


def without_path(requirement: str, pinned: Collection[PinnedRelease]) -> str:
    """``requirement`` (PEP 508) without a path: by the version in ``pinned``, or by its name if it is not pinned.

    Extras and marker stay as they are written. What is no reference by path comes back as it is.
    """
    parsed = _parsed(requirement)
    if parsed is None or parsed.url is None or not _is_path(parsed.url):
        return requirement
    named, _, rest = requirement.partition("@")
    marker = rest.partition(parsed.url)[2].strip()
    version = _pinned_version(canonicalize_name(parsed.name), parsed.url, pinned)
    return f"{named.rstrip()}{f'=={version}' if version else ''}{f' {marker}' if marker else ''}"


def has_path(requirement: str) -> bool:
    """Whether ``requirement`` is a reference by path, or has one in it but is not PEP 508."""
    parsed = _parsed(requirement)
    return "file:" in requirement if parsed is None else bool(parsed.url and _is_path(parsed.url))


def replace_paths(wheel: ProjectWheel, pinned: Collection[PinnedRelease], folder: Path) -> ProjectWheel:
    """Write ``wheel`` without references by path into ``folder``, and read it back.

    Everything else in it stays as it is. Raises WheelError if a requirement cannot be understood, and
    VerificationError if anything else has changed.
    """
    metadata = with_requirements(wheel.metadata, lambda text: without_path(text, pinned))
    required = parse_email(metadata)[0].get("requires_dist", [])
    if left := [text for text in required if has_path(text)]:
        raise WheelError(f"{wheel.path.name} has a reference by path that is no valid requirement: {left[0]}")
    made = read_back(replace_metadata(wheel, metadata, folder), wheel, pinned)
    return replace(made, cleaned=wheel.cleaned)


def read_back(path: Path, wheel: ProjectWheel, pinned: Collection[PinnedRelease]) -> ProjectWheel:
    """Read the wheel at ``path``; raises VerificationError unless it is ``wheel`` without references by path."""
    made = read_project_wheel(path)
    changes = [*find_changes(wheel, made, None, keep_dependencies=False)]
    required = [without_path(one_line(text), pinned) for text in wheel.fields.get("requires_dist", [])]
    if [one_line(text) for text in made.fields.get("requires_dist", [])] != required:
        changes.append("requires_dist in METADATA is not as planned")
    if made.fields.get("provides_extra") != wheel.fields.get("provides_extra"):
        changes.append("provides_extra in METADATA is not as it was")
    if changes:
        raise VerificationError(*changes)
    return made


def _parsed(requirement: str) -> Requirement | None:
    try:
        return Requirement(requirement)
    except InvalidRequirement:
        return None


def _is_path(url: str) -> bool:
    """Whether ``url`` is a path of a machine: ``file:``, ``git+file:``, or without a scheme but a drive letter."""
    scheme = urlsplit(url).scheme
    return len(scheme) <= 1 or scheme.rpartition("+")[2] == "file"


def _pinned_version(name: NormalizedName, url: str, pinned: Collection[PinnedRelease]) -> str | None:
    """The version at which ``name`` is pinned; of several, that which was locked from the path of ``url``."""
    releases = {release.version: release for release in pinned if release.name == name}
    if len(releases) > 1:
        path = url_to_path(url).resolve().as_posix() if url.startswith("file:") else url
        releases = {version: release for version, release in releases.items() if release.path == path}
    return next(iter(releases), None)

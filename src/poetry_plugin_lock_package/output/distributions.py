"""The wheels and sdists in a folder, and their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from poetry.utils.helpers import get_file_hash

from poetry_plugin_lock_package.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from packaging.utils import NormalizedName
    from packaging.version import Version

    # A name at a version.
    ReleaseKey = tuple[NormalizedName, Version]


def find_hashes(folder: Path, releases: Collection[ReleaseKey]) -> Mapping[ReleaseKey, tuple[str, ...]]:
    """The hashes of all files in ``folder`` that belong to ``releases``. A release without a file is left out.

    Raises OutputError if one of the files cannot be read.
    """
    found: dict[ReleaseKey, set[str]] = {}
    for file in folder.glob("*"):
        if (release := release_key_of(file.name)) in releases and release is not None:
            found.setdefault(release, set()).add(hash_of(file))
    return {release: tuple(sorted(hashes)) for release, hashes in found.items()}


def hash_of(file: Path) -> str:
    """The SHA-256 of ``file``, as pip and Poetry write it; raises OutputError if it cannot be read."""
    try:
        return f"sha256:{get_file_hash(file)}"
    except OSError as error:
        raise OutputError(f"{file.parent.name}/{file.name} cannot be read: {error.strerror}") from error


def release_key_of(file_name: str) -> ReleaseKey | None:
    """The release of a wheel or sdist by its ``file_name``, or None for other files."""
    for parse in (parse_wheel_filename, parse_sdist_filename):
        try:
            name, version, *_ = parse(file_name)
        except (InvalidWheelFilename, InvalidSdistFilename):
            continue
        return name, version
    return None


def sbom_name(wheel_name: str) -> str:
    """The name of the SBOM that goes beside the wheel ``wheel_name``."""
    return "-".join(wheel_name.split("-")[:2]) + ".cdx.json"

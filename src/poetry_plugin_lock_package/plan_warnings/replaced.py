"""Warnings about the output folder: a lock package that is replaced by one with other pins."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.metadata import parse_email
from packaging.utils import canonicalize_name
from packaging.version import Version

from poetry_plugin_lock_package.output.distributions import release_key_of
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning
from poetry_plugin_lock_package.wheel.verify import find_differences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packaging.metadata import RawMetadata

    from poetry_plugin_lock_package.output.delivery import Delivery
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.project import Release


def replaced_warnings(plan: Plan, delivery: Delivery) -> Iterator[PlanWarning]:
    """A lock package of the same name and version that pins other packages.

    Where the pins go into the project's own wheel, that is an error, which is raised when the wheel is there.
    """
    if plan.pinned_metadata is not None:
        return
    folder = plan.project.folder / delivery.output
    if names := tuple(sorted(path.name for path in _wheels_of(plan.release, folder) if _pins_otherwise(path, plan))):
        yield PlanWarning(
            "replaced-wheel",
            "Replacing a lock package that pins other packages",
            names,
            "Use --post or --name to keep both",
        )


def _wheels_of(release: Release, folder: Path) -> Iterator[Path]:
    """The wheels in ``folder`` with the name and version of ``release``."""
    key = canonicalize_name(release.name), Version(release.version)
    # A name that no folder can have is an error later, when it is to be made.
    with suppress(OSError):
        yield from (path for path in folder.glob("*.whl") if release_key_of(path.name) == key and path.is_file())


def _pins_otherwise(path: Path, plan: Plan) -> bool:
    """Whether the wheel at ``path`` pins other packages than ``plan``; one that cannot be read does."""
    try:
        metadata = _read_metadata(path)
        is_same_lock = metadata.get("description", "").strip() == plan.lock_project.readme.strip()
        if is_same_lock and len(metadata.get("requires_dist", [])) == len(plan.pins):
            # Comparing all markers takes time, and there is nothing to find.
            return False
        return any(True for _ in find_differences(metadata, plan.pins, plan.graph.extras, plan.graph.python))
    except Exception:  # noqa: BLE001 - whatever the parsers raise: a damaged file has many forms
        return True


def _read_metadata(path: Path) -> RawMetadata:
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return parse_email(archive.read(name))[0]

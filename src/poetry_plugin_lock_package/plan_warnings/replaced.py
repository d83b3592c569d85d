"""Warnings about the output folder: a lock package that is replaced by one with other pins."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from poetry_plugin_lock_package.constraints import release_key_of
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning
from poetry_plugin_lock_package.wheel.requirements import requires_same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    if names := tuple(sorted(path.name for path in _wheels_of(plan.release, folder) if not requires_same(path, plan))):
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

"""Warnings about the project itself: its version, its mode and its Python range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.plan import Plan


def project_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """A version that nothing sets, and non-package mode."""
    if not plan.project.has_version:
        yield PlanWarning(
            "no-version",
            "The project has no version that Poetry knows, so every lock package has version 0. Set its version with"
            " --set-version",
        )
    if not plan.project.is_package:
        yield PlanWarning(
            "non-package-mode", "The project is in non-package mode: it is not pinned itself, as with --no-root"
        )


def python_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """A wheel of the project that allows more Python versions than the lock is for."""
    if plan.pinned_metadata and plan.project.wider_python:
        yield PlanWarning(
            "wider-python",
            f"The wheel allows Python {plan.project.wider_python}, and poetry.lock is for"
            f" {plan.project.requires_python} only: elsewhere the pins are not those that Poetry would install."
            " Narrow requires-python in pyproject.toml",
        )

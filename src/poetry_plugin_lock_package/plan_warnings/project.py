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
            "The project has no version that Poetry knows, so every lock package has version 0",
            remedy="Set its version with --set-version",
        )
    if not plan.project.is_package and not plan.options.no_root:
        yield PlanWarning(
            "non-package-mode",
            "The project is in non-package mode, so it is not pinned itself",
            remedy="Say with --no-root that you know",
        )


def python_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """A wheel of the project that allows more Python versions than the lock is for."""
    if plan.pinned_metadata and plan.project.wider_python:
        yield PlanWarning(
            "wider-python",
            f"The wheel allows Python {plan.project.wider_python}, but poetry.lock is only for"
            f" {plan.project.requires_python}",
            remedy="Narrow requires-python in pyproject.toml to that",
        )

"""Warnings about ``--ignore``: patterns that match nothing, and packages that come back all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, keeps_ranges
from poetry_plugin_lock_package.selection.ignore import closest_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.plan import Plan


def pattern_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Patterns that match no locked package."""
    locked = {package.name for package in plan.graph.packages}
    for pattern in plan.options.ignore:
        if not any(pattern.matches(name) for name in locked):
            closest = closest_names(pattern, locked)
            yield PlanWarning(
                "ignore-matches-nothing",
                f"--ignore {pattern.text} matches no locked package"
                + (f"; the closest names are {', '.join(closest)}" if closest else ""),
            )


def required_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are ignored, and installed after all: installers obey the metadata of what they install."""
    required = plan.selection.required
    if keeps_ranges(plan) and (by_project := tuple(name for name, by in required if by is None)):
        yield PlanWarning(
            "ignored-but-required",
            f"Ignored, but {plan.project.name} itself requires it, so pip installs it after all, in any version that"
            " fits",
            by_project,
            "Build with --include-root, which leaves nothing but the pins, or with --no-root and"
            " install the project with pip install --no-deps, or make the dependency optional",
        )
    by_pin: dict[str, list[str]] = {}
    for name, by in required:
        if by:
            by_pin.setdefault(name, []).append(by)
    if by_pin:
        yield PlanWarning(
            "ignored-but-needed",
            "Ignored, but what is pinned requires it, so pip installs it unless it finds it, in any version that fits",
            tuple(f"{name} (for {', '.join(pins)})" for name, pins in by_pin.items()),
        )

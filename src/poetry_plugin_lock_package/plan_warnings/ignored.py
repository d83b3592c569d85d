"""Warnings about ``--ignore``: patterns that match nothing, and packages that come back all the same."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import with_extras
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, keeps_ranges
from poetry_plugin_lock_package.selection.ignore import closest_names, meant_as_glob, separate_patterns
from poetry_plugin_lock_package.selection.reasons import find_reasons

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.ignore import IgnorePattern


def pattern_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Patterns that match no locked package, or not those that their author most likely means."""
    locked = frozenset(package.name for package in plan.graph.packages)
    for pattern in plan.options.ignore:
        expression, missed = meant_as_glob(pattern, locked)
        if missed:
            yield PlanWarning(
                "ignore-is-not-a-glob",
                f"--ignore {quote(pattern.text)} is a regular expression, which does not match",
                tuple(sorted(missed)),
                f"Write --ignore {quote(expression)}",
            )
        elif not pattern.select(locked):
            yield PlanWarning(
                "ignore-matches-nothing",
                f"--ignore {quote(pattern.text)} matches no locked package",
                remedy=_proposal(pattern, locked),
            )


def _proposal(pattern: IgnorePattern, locked: frozenset[NormalizedName]) -> str:
    if separate := separate_patterns(pattern):
        return f"Write {' '.join(f'--ignore {quote(text)}' for text in separate)}"
    closest = closest_names(pattern, locked)
    return f"Did you mean {' or '.join(closest)}?" if closest else ""


def required_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are ignored, and installed after all: installers obey the metadata of what they install."""
    required = plan.selection.required
    by_project = [name for name, by in required if by is None] if keeps_ranges(plan) else []
    always = _required_by_project(plan, plan.options.extras)
    if names := tuple(name for name in by_project if name in always):
        yield PlanWarning(
            "ignored-but-required",
            f"Ignored, but {plan.project.name} requires it, so pip installs it all the same, in any version that fits",
            names,
            f"Build with --include-root to leave it out{_unheld(plan, names)}",
            is_long_story=True,
        )
    with_extra = {
        name: [extra for extra in plan.graph.extras if name in _required_by_project(plan, frozenset({extra}))]
        for name in by_project
        if name not in always
    }
    if with_extra:
        yield PlanWarning(
            "ignored-but-required",
            f"Ignored, but an extra of {plan.project.name} requires it, so pip installs it with that extra, in any"
            " version that fits",
            tuple(f"{name} (with {', '.join(extras)})" for name, extras in with_extra.items()),
            f"Build with --include-root to leave it out{_unheld(plan, with_extra)}",
            is_long_story=True,
        )
    by_pin: dict[str, list[str]] = {}
    for name, by in required:
        if by:
            by_pin.setdefault(name, []).append(by)
    if by_pin:
        yield PlanWarning(
            "ignored-but-needed",
            "Ignored, but pinned packages require it, so pip installs it unless it is there, in any version that fits",
            tuple(f"{name} (for {', '.join(pins)})" for name, pins in by_pin.items()),
            f"Install it beforehand{_unheld(plan, by_pin)}",
            is_long_story=True,
        )


def _required_by_project(plan: Plan, extras: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
    """What the project itself requires with ``extras``."""
    dependencies = plan.graph.own_dependencies
    return frozenset(d.name for d in dependencies if not with_extras(d.marker, extras).is_empty())


def _unheld(plan: Plan, returning: Collection[str]) -> str:
    """That what was dropped with the ignored packages ``returning`` comes back with them, in any version."""
    groups = find_reasons(plan.graph, plan.selection, plan.project.name).dropped_with
    count = sum(len(dropped) for ignored, dropped in groups if not set(ignored).isdisjoint(returning))
    if not count:
        return ""
    packages = "1 dropped package comes" if count == 1 else f"{count} dropped packages come"
    return f": {packages} back with it, no longer held at a version"

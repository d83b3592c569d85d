"""Warnings about extras of the project: what the metadata of a wheel cannot say about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, names_of
from poetry_plugin_lock_package.selection.conflicts import find_excluded, find_inexpressible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.plan import Plan


def extra_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Extras that take something away, exclude each other, or have something only together."""
    gone = {*plan.selection.ignored, *plan.selection.dropped}
    listed = (package for file in plan.options.provided for package in file.packages)
    provided = {package.name for package in listed if package.marker.is_any()}
    problems = [
        problem
        for problem in find_inexpressible(plan.graph, plan.options.extras)
        if problem.package not in gone and problem.package.name not in provided
    ]
    # If the pins are an extra of the project's own wheel, each of its extras has all that belongs to it.
    taken = [] if plan.adds_extra else [problem.taken_by for problem in problems]
    for extra in filter(None, dict.fromkeys(taken)):
        yield PlanWarning(
            "extra-takes-away",
            f"The extra {extra} removes what is pinned without it, which no extra of a wheel can do",
            names_of(problem.package for problem in problems if problem.taken_by == extra),
            f"Build with --extras {extra} for environments that have it",
        )
    if len(plan.options.extras) > 1 and (excluded := list(find_excluded(plan.graph, plan.options.extras))):
        yield PlanWarning(
            "extras-asked-for-exclude-each-other",
            "Poetry leaves this out, because the extras that were asked for exclude each other",
            names_of(excluded),
            "Choose extras that go together",
        )
    if exclusive := [problem.package for problem in problems if problem.is_exclusive]:
        yield PlanWarning(
            "exclusive-extras",
            "Locked under extras that exclude each other",
            names_of(exclusive),
            "Do not install those extras together",
        )
    if joint := [problem.package for problem in problems if not (problem.is_exclusive or problem.taken_by)]:
        yield PlanWarning(
            "joint-extras",
            "Needed only with several extras together, which no extra of a wheel can say, so not pinned",
            names_of(joint),
            "Build with --extras for each such set of extras",
        )

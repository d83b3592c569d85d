"""Warnings about poetry.lock: its format, versions that exclude each other, markers that installers misread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import atoms
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, names_of
from poetry_plugin_lock_package.selection.conflicts import find_conflicting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.lock.model import LockedPackage
    from poetry_plugin_lock_package.plan import Plan


def lock_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """A lock without markers, environments in which Poetry cannot install it, and a wheel without pins."""
    if not plan.graph.records_markers:
        yield PlanWarning(
            "old-lock",
            f"poetry.lock has format {plan.graph.lock_version}, which records no markers, so Poetry's solver worked"
            " them out",
            remedy="Run `poetry lock` to record them",
        )
    if plan.graph.unsolved:
        where = " or ".join(map(str, plan.graph.unsolved))
        yield PlanWarning(
            "unsolved",
            f"Poetry cannot install this lock where {where}, so nothing is pinned there",
            remedy="Run `poetry lock` to solve it for all environments",
        )
    if plan.graph.packages and not plan.selection.pins:
        if plan.selection.ignored or plan.selection.provided:
            problem = "Nothing is pinned, because all packages that the project needs are left out"
            remedy = "Check --ignore and --provided"
        else:
            problem = "poetry.lock has packages, but the project needs none of them, so nothing is pinned"
            remedy = "Check the groups and extras that you have chosen"
        yield PlanWarning("no-pins", problem, remedy=remedy)


def conflict_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are locked at several versions for one environment."""
    # A lock that records no markers has one version of a name for each environment.
    if not plan.graph.records_markers:
        return
    pinned = {*plan.pinned_packages}
    conflicting = [package for package in find_conflicting(plan.graph, plan.options.extras) if package in pinned]
    declared = {dependency.name for dependency in plan.graph.dependencies}
    problem = "Locked at several versions for one environment, which pip cannot install"
    if own := [package for package in conflicting if package.name in declared]:
        yield PlanWarning(
            "several-versions",
            problem,
            _releases(own),
            "Correct the markers in pyproject.toml, and run `poetry lock`",
        )
    if others := [package for package in conflicting if package.name not in declared]:
        yield PlanWarning(
            "several-versions",
            problem,
            _releases(others),
            "Add one version of it to the dependencies in pyproject.toml, and run `poetry lock`",
        )


def _releases(packages: list[LockedPackage]) -> tuple[str, ...]:
    return tuple(f"{package.name} {package.version}" for package in packages)


def marker_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Markers that compare the release of a kernel as if it were a version."""
    released = names_of(
        package
        for package, pins in plan.selection.by_package.items()
        if any(atom.name in ("platform_release", "platform_version") for pin in pins for atom in atoms(pin.marker))
    )
    if released:
        yield PlanWarning(
            "platform-release",
            "pip 24.1 to 25.3 fails on a marker with platform_release or platform_version where the kernel has a name"
            " like 6.1.0-13-amd64",
            released,
            "Leave it out with --ignore if it is not needed",
            is_long_story=True,
        )

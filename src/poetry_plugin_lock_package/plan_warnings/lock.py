"""Warnings about poetry.lock: its format, versions that exclude each other, markers that installers misread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import atoms
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, names_of, pinned_packages
from poetry_plugin_lock_package.selection.conflicts import find_conflicting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.plan import Plan


def lock_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """A lock without markers, environments in which Poetry cannot install it, and a wheel without pins."""
    if not plan.graph.records_markers:
        yield PlanWarning(
            "old-lock",
            f"poetry.lock has format {plan.graph.lock_version}, which does not record markers, so Poetry's solver"
            " worked them out. Run `poetry lock` to have them recorded",
        )
    if plan.graph.unsolved:
        where = " or ".join(map(str, plan.graph.unsolved))
        yield PlanWarning("unsolved", f"Poetry cannot install this lock where {where}: nothing is pinned there")
    if plan.graph.packages and not plan.selection.selected and not plan.options.ignore:
        yield PlanWarning(
            "no-pins",
            "poetry.lock has packages, but the project needs none of them, so nothing is pinned",
            remedy="Check the groups and extras that you have chosen",
        )


def conflict_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are locked at several versions for one environment."""
    # A lock that records no markers has one version of a name for each environment.
    if not plan.graph.records_markers:
        return
    pinned = {*pinned_packages(plan)}
    conflicting = [package for package in find_conflicting(plan.graph, plan.options.extras) if package in pinned]
    if conflicting:
        yield PlanWarning(
            "several-versions",
            "Locked at several versions for one environment, which pip cannot install",
            tuple(f"{package.name} {package.version}" for package in conflicting),
            "Correct the markers in pyproject.toml, and run `poetry lock`",
        )


def marker_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Markers that compare the release of a kernel as if it were a version."""
    released = names_of(
        chosen.package
        for chosen in plan.selection.selected
        if any(atom.name in ("platform_release", "platform_version") for atom in atoms(chosen.marker))
    )
    if released:
        # A regular expression reads a normalised name as it is.
        patterns = " ".join(f"--ignore {name}" for name in released)
        yield PlanWarning(
            "platform-release",
            "The marker compares platform_release or platform_version, on which pip 24.1 to 25.3 fails under kernels"
            " with names like 6.1.0-13-amd64, and others may take it for false",
            released,
            f"If they are not needed: {patterns}",
        )

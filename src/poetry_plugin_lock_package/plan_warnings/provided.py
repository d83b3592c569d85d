"""Warnings about ``--provided``: versions that do not fit, and lists that do not say what the platform has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.plan import Plan


def provided_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """What is wrong with the lists of what is provided, and each provided version that something cannot work with."""
    for file in plan.options.provided:
        if file.unnamed:
            yield PlanWarning(
                "provided-without-name",
                f"Lines of {file.name} install something without saying its name, so it is not left out",
                tuple(f"line {number}" for number in file.unnamed),
                "Write the name, with #egg=NAME or NAME @ URL",
            )
        elif not (file.packages or file.includes):
            yield PlanWarning("provided-is-empty", f"{file.name}, given with --provided, names no package")
    for one in plan.selection.provided:
        if unmet := one.unmet:
            required: dict[str, list[str]] = {}
            for by, versions in unmet:
                required.setdefault(by or plan.project.name, []).append(versions)
            problems = ", ".join(f"{by} requires {' and '.join(versions)}" for by, versions in required.items())
            yield PlanWarning(
                "provided-does-not-fit",
                f"{one.name} {one.version} is provided, {problems}, locked {one.locked_versions}",
            )

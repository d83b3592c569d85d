"""Warnings about constraints: what installers need besides the file."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, names_of, pinned_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.output.delivery import Delivery
    from poetry_plugin_lock_package.plan import Plan


def constraint_warnings(plan: Plan, delivery: Delivery) -> Iterator[PlanWarning]:
    """Hashes that the constraints lack, and those that pip does not take from them."""
    if delivery.constraints is None:
        return
    if any(not constraint.hashes for constraint in delivery.constraints):
        yield PlanWarning(
            "no-hash-of-the-project",
            f"No wheel or sdist of {plan.project.name} {plan.project.version} is in the output folder, so its hash is"
            " not among the constraints, and installers that check hashes refuse it."
            f" Run {_build_command(delivery.output)} first, or build with --no-root",
        )
    if urls := [package for package in pinned_packages(plan) if package.source and package.source.direct]:
        yield PlanWarning(
            "hashes-of-urls",
            "pip, up to 26.3, does not take the hash of a URL from constraints, as uv does, so have it install all that"
            " is in the file, with -r instead of -c",
            names_of(urls),
        )


def _build_command(output: Path) -> str:
    if output.is_absolute():
        # Such a path is a folder of this machine.
        return "`poetry build --output` with that folder"
    return "`poetry build`" if output == Path("dist") else f"`poetry build --output {quote(str(output))}`"

"""Warnings about constraints: what installers need besides the file."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.output.delivery import Delivery
    from poetry_plugin_lock_package.plan import Plan


def constraint_warnings(plan: Plan, delivery: Delivery) -> Iterator[PlanWarning]:
    """Hashes that the constraints lack, and those that pip does not take from them."""
    if delivery.constraints is None:
        return
    if not plan.options.path_wheels and any(not constraint.hashes for constraint in delivery.constraints):
        yield PlanWarning(
            "no-hash-of-the-project",
            f"The constraints have no hash of {plan.project.name} {plan.project.version}, because the output folder has"
            " no wheel or sdist of it",
            remedy=f"Run {_build_command(delivery.output)} first",
        )
    if urls := [package for package in plan.pinned_packages if package.source and package.source.direct]:
        yield PlanWarning(
            "hashes-of-urls",
            "pip, up to 26.3, does not take the hash of a URL from constraints",
            names_of(urls),
            "Install all that is in the file, with -r instead of -c",
            is_long_story=True,
        )


def _build_command(output: Path) -> str:
    if output.is_absolute():
        # Such a path is a folder of this machine.
        return "`poetry build --output` with that folder"
    return "`poetry build`" if output == Path("dist") else f"`poetry build --output {quote(str(output))}`"

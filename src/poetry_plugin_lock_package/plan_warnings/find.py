"""All warnings about a plan, in the order in which they are said.

To add a warning, yield it from the module of its subject, or from a new one that is added to ``find_warnings``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.constraints import constraint_warnings
from poetry_plugin_lock_package.plan_warnings.extras import extra_warnings
from poetry_plugin_lock_package.plan_warnings.ignored import pattern_warnings, required_warnings
from poetry_plugin_lock_package.plan_warnings.lock import conflict_warnings, lock_warnings, marker_warnings
from poetry_plugin_lock_package.plan_warnings.project import project_warnings, python_warnings
from poetry_plugin_lock_package.plan_warnings.provided import provided_warnings
from poetry_plugin_lock_package.plan_warnings.references import path_warnings, reference_warnings
from poetry_plugin_lock_package.plan_warnings.replaced import replaced_warnings
from poetry_plugin_lock_package.plan_warnings.sources import source_warnings

if TYPE_CHECKING:
    from poetry_plugin_lock_package.output.delivery import Delivery
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.plan_warnings.model import PlanWarning


def find_warnings(plan: Plan, delivery: Delivery, *, builds: bool = True) -> tuple[PlanWarning, ...]:
    """All that a user should know before ``plan`` is carried out; if the run ``builds``, as ``delivery`` says."""
    return (
        *pattern_warnings(plan),
        *required_warnings(plan),
        *provided_warnings(plan),
        *lock_warnings(plan),
        *project_warnings(plan),
        *source_warnings(plan),
        *reference_warnings(plan),
        *path_warnings(plan),
        *python_warnings(plan),
        *extra_warnings(plan),
        *conflict_warnings(plan),
        *marker_warnings(plan),
        *constraint_warnings(plan, delivery),
        *(replaced_warnings(plan, delivery) if builds else ()),
    )

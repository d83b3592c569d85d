"""A warning about a plan, as a value: the console formats it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from poetry_plugin_lock_package.lock.model import LockedPackage
    from poetry_plugin_lock_package.plan import Plan


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """A ``problem`` with the packages ``names``, if it is about some, and its ``remedy``, if there is one.

    ``code`` is short and stays the same from release to release: the documentation has it as an anchor. If the
    warning ``is_long_story``, it ends with the address of that.
    """

    code: str
    problem: str
    names: tuple[str, ...] = ()
    remedy: str = ""
    is_long_story: bool = False


def names_of(packages: Iterable[LockedPackage]) -> tuple[str, ...]:
    """The names of ``packages``, each once."""
    return tuple(dict.fromkeys(package.name for package in packages))


def keeps_ranges(plan: Plan) -> bool:
    """Whether the requirements of the project itself are installed beside the pins."""
    return plan.root is not None or plan.adds_extra

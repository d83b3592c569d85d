"""Warnings and lists of names as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from poetry_plugin_lock_package.plan_warnings.model import PlanWarning

# CHANGE THIS when the project has a home: it is the only place in the code that has the address of the documentation.
DOCUMENTATION = "https://docs.example.org/poetry-plugin-lock-package"

# A list of more names is cut, unless all of them are asked for.
_SHOWN = 5


def warning_text(warning: PlanWarning, *, verbose: bool = False) -> str:
    """``warning`` on one line: the problem, the names, the remedy, and where to read on."""
    names = f": {names_text(warning.names, verbose=verbose)}" if warning.names else ""
    remedy = f". {warning.remedy}" if warning.remedy else ""
    address = f" (see {DOCUMENTATION}/troubleshooting.html#{warning.code})" if warning.is_long_story else ""
    return f"{warning.problem}{names}{remedy}{address}"


def names_text(names: Sequence[str], *, verbose: bool = False) -> str:
    """``names``, of which only the first five are shown unless it is to be ``verbose``."""
    if verbose or len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"

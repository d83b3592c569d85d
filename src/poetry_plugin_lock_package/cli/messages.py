"""Warnings and lists of names as plain text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from poetry_plugin_lock_package.plan_warnings.model import PlanWarning

# A list of more names is cut, unless all of them are asked for.
_SHOWN = 5


def warning_text(warning: PlanWarning, *, verbose: bool = False) -> str:
    """``warning`` on one line: the problem, the names, the remedy, and where to read on."""
    names = f": {names_text(warning.names, verbose=verbose)}" if warning.names else ""
    remedy = f". {warning.remedy}" if warning.remedy else ""
    return f"{warning.problem}{names}{remedy}{_address(warning.code) if warning.is_long_story else ''}"


def _address(code: str) -> str:
    documentation = find_documentation()
    return f" (see {documentation}/troubleshooting.html#{code})" if documentation else ""


@cache
def find_documentation() -> str | None:
    """The address of the documentation in ``[project.urls]``, which is the only place that has it."""
    # Few runs need it, and it takes a few milliseconds.
    from importlib.metadata import metadata

    urls = metadata("poetry-plugin-lock-package").get_all("Project-URL") or []
    return dict(url.split(", ", maxsplit=1) for url in urls).get("Documentation")


def names_text(names: Sequence[str], *, verbose: bool = False) -> str:
    """``names``, of which only the first five are shown unless it is to be ``verbose``."""
    if verbose or len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"

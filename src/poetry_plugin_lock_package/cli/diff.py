"""``--diff``: what would change from a wheel to the one that would be built now, as text or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.cli.printer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from poetry_plugin_lock_package.wheel.comparison import Comparison, Fact
    from poetry_plugin_lock_package.wheel.requirements import Change

# The verbs of `poetry update`, as far as it has one.
_VERBS = {
    "added": "Installing",
    "removed": "Removing",
    "updated": "Updating",
    "downgraded": "Downgrading",
    "source": "Changing the source of",
    "marker": "Changing the marker of",
    "extras": "Changing the extras of",
}


def diff_lines(comparison: Comparison) -> Iterator[str]:
    """A line with cleo's markup for each change."""
    for change in comparison.changes:
        yield f"  - {_VERBS[change.kind]} <c1>{escape(change.name)}</c1> {_detail(change)}"
    for fact in comparison.facts:
        yield f"  - Changing {_fact(fact)}"
    if comparison.ignored:
        yield f"  - {_fact(comparison.ignored)}"
    if comparison.is_same:
        yield "Nothing would change: both require the same"


def diff_document(comparison: Comparison, wheel: Path) -> str:
    """All of ``comparison`` with ``wheel`` as one JSON document."""
    document = {"wheel": wheel.name, "same": comparison.is_same, **asdict(comparison)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _detail(change: Change) -> str:
    old, new = escape(change.old or "none"), escape(change.new or "none")
    if change.kind in ("marker", "extras"):
        return f"(<c2>{escape(change.version or '')}</c2>): {old} -> {new}"
    if change.kind in ("added", "removed"):
        return f"(<c2>{new if change.new else old}</c2>)"
    return f"(<c2>{old}</c2> -> <c2>{new}</c2>)"


def _fact(fact: Fact) -> str:
    return f"{fact.label}: {escape(fact.old or 'none')} -> {escape(fact.new or 'none')}"

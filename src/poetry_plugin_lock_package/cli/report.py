"""Reports, as text or as JSON: what a lock package pins and why, and what differs from another wheel."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from poetry_plugin_lock_package.cli.printer import escape
from poetry_plugin_lock_package.notices import names_of, names_text
from poetry_plugin_lock_package.selection.reasons import find_reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from poetry_plugin_lock_package.cli.printer import Printer
    from poetry_plugin_lock_package.notices import Notice
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.reasons import Reasons
    from poetry_plugin_lock_package.selection.select import Pin
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


def report_pins(plan: Plan, printer: Printer) -> None:
    """Write how many packages are pinned and which are left out; if verbose, each pin and the reasons as well."""
    count = len(plan.pinned_packages)
    project = " and the project" if plan.root else ""
    printer.step(f"Pinned {count} {'package' if count == 1 else 'packages'}{project}")
    reasons = find_reasons(plan.graph, plan.selection, plan.project.name) if printer.is_verbose else None
    if reasons:
        for pin, note in _explained_pins(plan, reasons):
            printer.detail(pin, note)
    for line in _left_out(plan, reasons):
        printer.step(line)


def _left_out(plan: Plan, reasons: Reasons | None) -> Iterator[str]:
    """Say what was ignored, is left to the platform or was dropped; with ``reasons``, all of it, and why."""
    selection = plan.selection
    if selection.ignored:
        yield f"Ignored {names_text(names_of(selection.ignored), verbose=bool(reasons))}"
    if provided := tuple(dict.fromkeys(one.name for one in selection.provided)):
        yield f"Left to the platform {names_text(provided, verbose=bool(reasons))}"
    if selection.dropped and not reasons:
        yield f"Dropped with them {names_text(names_of(selection.dropped))}"
    # One that does not fit has a warning.
    others = [one for one in selection.provided if one.is_other_version and not one.unmet]
    if reasons:
        yield from (f"Provided {one.name} {one.version} (locked {one.locked_versions})" for one in others)
        yield from _explained_absences(reasons)
    elif others:
        be = "package is" if len(others) == 1 else "packages are"
        yield f"{len(others)} {be} provided at other versions than locked; -v lists them"


def _explained_pins(plan: Plan, reasons: Reasons) -> Iterator[tuple[str, str]]:
    """Each pin once, and what requires it, such as ``via example-package, black``."""
    project = f"{plan.project.name}=={plan.project.version}"
    pins: dict[str, list[Pin]] = {}
    for pin in plan.pins:
        pins.setdefault(pin.requirement if pin.package else project, []).append(pin)
    for requirement, same in pins.items():
        package = same[0].package
        via = reasons.via[package.name] if package else ()
        extras = tuple(pin.extra for pin in same if pin.extra) if all(pin.extra for pin in same) else ()
        notes = [f"via {', '.join(via)}"] * bool(via) + [f"with extra {', '.join(extras)}"] * bool(extras)
        yield f"{requirement}{_markers(same)}", "; ".join(notes)


def _explained_absences(reasons: Reasons) -> Iterator[str]:
    """Say which packages were dropped with which, and which stayed although an ignored one required them."""
    for ignored, dropped in reasons.dropped_with:
        yield f"Dropped with {', '.join(ignored)}: {', '.join(dropped)}"
    for name, omitted, remaining in reasons.kept:
        needs = "needs" if len(remaining) == 1 else "need"
        yield f"Kept {name}, which {_listed(omitted)} needed: {_listed(remaining)} still {needs} it"


def _markers(pins: Iterable[Pin]) -> str:
    """The marker of a package that has all of ``pins``: it holds where one of theirs does."""
    markers = list(dict.fromkeys(str(pin.marker) for pin in pins))
    if "" in markers:
        return ""
    return f" ; {markers[0] if len(markers) == 1 else ' or '.join(f'({marker})' for marker in markers)}"


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(names) if len(names) <= 2 else f"{', '.join(names[:-1])} and {names[-1]}"  # noqa: PLR2004 - a pair


def build_document(plan: Plan, notices: Iterable[Notice], files: Iterable[str]) -> str:
    """What ``plan`` pins, the ``notices`` about it and the ``files`` that were written, as one JSON document."""
    listed: dict[str, list[object]] = {"warnings": [], "notes": []}
    for one in notices:
        entry = {"code": one.code, "message": one.text(verbose=True), "names": one.names}
        listed["notes" if one.is_note else "warnings"].append(entry)
    release = {"name": plan.release.name, "version": plan.release.version}
    return _json({**release, "files": [*files], "pins": [_pin(plan, pin) for pin in plan.pins], **listed})


def _pin(plan: Plan, pin: Pin) -> dict[str, object]:
    required, pinned = Requirement(pin.requirement), pin.package or plan.project
    return {
        "name": required.name,
        "version": pinned.version,
        "url": required.url,
        "extras": sorted(required.extras),
        "marker": str(pin.marker) or None,
        "extra": pin.extra,
    }


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def diff_lines(comparison: Comparison) -> Iterator[str]:
    """Yield a line with cleo's markup for each change."""
    for change in comparison.changes:
        yield f"  - {_VERBS[change.kind]} <c1>{escape(change.name)}</c1> {_detail(change)}"
    for fact in comparison.facts:
        yield f"  - Changing {_fact(fact)}"
    if comparison.ignored:
        yield f"  - {_fact(comparison.ignored)}"
    if comparison.is_same:
        yield "Nothing would change: both require the same"


def diff_document(comparison: Comparison, wheel: Path) -> str:
    """Write all of ``comparison`` with ``wheel`` as one JSON document."""
    return _json({"wheel": wheel.name, "same": comparison.is_same, **asdict(comparison)})


def _detail(change: Change) -> str:
    old, new = escape(change.old or "none"), escape(change.new or "none")
    if change.kind in ("marker", "extras"):
        return f"(<c2>{escape(change.version or '')}</c2>): {old} -> {new}"
    if change.kind in ("added", "removed"):
        return f"(<c2>{new if change.new else old}</c2>)"
    return f"(<c2>{old}</c2> -> <c2>{new}</c2>)"


def _fact(fact: Fact) -> str:
    return f"{fact.label}: {escape(fact.old or 'none')} -> {escape(fact.new or 'none')}"

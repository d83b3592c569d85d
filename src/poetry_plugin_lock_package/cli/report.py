"""What is said about a lock package: what it pins and why, and what was done, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.cli.messages import names_text
from poetry_plugin_lock_package.plan_warnings.model import names_of
from poetry_plugin_lock_package.selection.reasons import find_reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from poetry_plugin_lock_package.output.delivery import Delivered
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.provided import Comparison
    from poetry_plugin_lock_package.selection.reasons import Reasons
    from poetry_plugin_lock_package.selection.select import Pin


def pinned(plan: Plan) -> str:
    """How many packages are pinned."""
    count = len(plan.pinned_packages)
    return f"Pinned {count} {'package' if count == 1 else 'packages'}"


def left_out(plan: Plan) -> Iterator[str]:
    """Which packages were ignored or are left to the platform, and which were dropped with them."""
    if plan.selection.ignored:
        yield f"Ignored {names_text(names_of(plan.selection.ignored))}"
    if provided := _provided(plan):
        yield f"Left to the platform {names_text(provided)}"
    if plan.selection.dropped:
        yield f"Dropped with them {names_text(names_of(plan.selection.dropped))}"
    if others := len(_other_versions(plan)):
        be = "package is" if others == 1 else "packages are"
        yield f"{others} {be} provided at other versions than locked; -v lists them"


def _provided(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in plan.selection.provided))


def _other_versions(plan: Plan) -> list[Comparison]:
    """What the platform has at another version than locked; what does not fit is a warning of its own."""
    return [one for one in plan.selection.provided if one.is_other_version and not one.unmet]


def reasons(plan: Plan) -> Reasons:
    """Why each package is pinned or left out; the edges of the graph have to be known."""
    return find_reasons(plan.graph, plan.selection, plan.project.name)


def explained_pins(plan: Plan, reasons: Reasons) -> Iterator[tuple[str, str]]:
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


def explained_absences(plan: Plan, reasons: Reasons) -> Iterator[str]:
    """Which packages were ignored and dropped with which, and which stayed although an ignored one needed them."""
    if plan.selection.ignored:
        yield f"Ignored {', '.join(names_of(plan.selection.ignored))}"
    if provided := _provided(plan):
        yield f"Left to the platform {', '.join(provided)}"
    for one in _other_versions(plan):
        yield f"Provided {one.name} {one.version} (locked {one.locked_versions})"
    for ignored, dropped in reasons.dropped_with:
        yield f"Dropped with {', '.join(ignored)}: {', '.join(dropped)}"
    for name, gone, still in reasons.kept:
        yield f"Kept {name}, which {_listed(gone)} needed: {_listed(still)} still {_needs(still)} it"


def deliveries(delivered: Delivered) -> Iterator[str]:
    """What was built."""
    for line in delivered.announced:
        yield f"Would {line}"
    for file in delivered.path_files:
        yield f"{'Copied' if file.name in delivered.copied else 'Built'} {file.name}"
    for file in delivered.files:
        yield f"{'Built' if file.suffix == '.whl' else 'Wrote'} {file.name}"
    for name, fields in delivered.cleaned:
        yield f"Removed user names and passwords in URLs from {name}: {', '.join(fields)}"
    for file in delivered.removed:
        yield f"Removed {file.name}, which belonged to the wheel that was replaced"


def _markers(pins: Iterable[Pin]) -> str:
    """The marker of a package that has all of ``pins``: it holds where one of theirs does."""
    markers = list(dict.fromkeys(str(pin.marker) for pin in pins))
    if "" in markers:
        return ""
    return f" ; {markers[0] if len(markers) == 1 else ' or '.join(f'({marker})' for marker in markers)}"


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(names) if len(names) <= 2 else f"{', '.join(names[:-1])} and {names[-1]}"  # noqa: PLR2004 - a pair


def _needs(names: tuple[str, ...]) -> str:
    return "needs" if len(names) == 1 else "need"

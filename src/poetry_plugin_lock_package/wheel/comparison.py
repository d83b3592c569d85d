"""A wheel with pins that is there already, compared with the one that would be built now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.metadata import parse_email
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import OptionError, WheelError
from poetry_plugin_lock_package.poetry_api import translate_errors
from poetry_plugin_lock_package.text import one_line, redacted
from poetry_plugin_lock_package.wheel.requirements import find_changes, needs_extra
from poetry_plugin_lock_package.wheel.rewrite import read_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packaging.metadata import RawMetadata

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheel.requirements import Change


@dataclass(frozen=True, slots=True)
class Fact:
    """Something else that changes."""

    label: str
    old: str
    """The value before, or "" for none."""
    new: str
    """The value afterwards, or "" for none."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes from a wheel to the one that would be built now."""

    changes: tuple[Change, ...]
    """Those of what is required."""
    facts: tuple[Fact, ...] = ()
    """Those of the Python range and of the offered extras."""
    ignored: Fact | None = None
    """Other names were left out, which makes no difference by itself."""

    @property
    def is_same(self) -> bool:
        """Whether both wheels require the same."""
        return not (self.changes or self.facts)


def compare(path: Path, plan: Plan) -> Comparison:
    """Compare the wheel at ``path`` with what ``plan`` would build: a lock package, or the project's own wheel.

    The wheel may have another version. Raises WheelError if it cannot be read, and OptionError if it has another name.
    """
    fields = _read_fields(path)
    name = canonicalize_name(fields.get("name", ""))
    if name != canonicalize_name(plan.release.name):
        advice = f"Give one of {plan.release.name}, or its name with --name"
        if name == canonicalize_name(plan.project.name):
            advice = "Add --project-wheel or --as-extra, as when it was built"
        raise OptionError("--diff", f"was given a wheel of {name}. {advice}")
    with translate_errors(lambda problem: WheelError(f"{path} has a requirement that cannot be read: {problem}")):
        changes = tuple(_changes(fields, plan))
    if plan.pinned_metadata:
        # The rest is the project's own, and does not follow from the lock.
        return Comparison(changes)
    was, now = _ignored(fields.get("description", "")), _ignored(plan.lock_project.readme)
    ignored = Fact("Ignored", was, now) if was != now else None
    return Comparison(changes, tuple(_facts(fields, plan)), ignored)


def _read_fields(path: Path) -> RawMetadata:
    """The fields of METADATA; raises WheelError if one that is compared cannot be read."""
    fields, unread = parse_email(read_wheel(path, str(path)).metadata)
    broken = [name for name in ("name", "requires-dist", "provides-extra", "requires-python") if name in unread]
    if broken or "name" not in fields:
        what = ", ".join(broken) or "a name"
        raise WheelError(f"{path} is not a valid wheel: its METADATA has {what} in no form that can be read")
    return fields


def _changes(fields: RawMetadata, plan: Plan) -> Iterator[Change]:
    lines = fields.get("requires_dist", [])
    extras = {canonicalize_name(extra) for extra in fields.get("provides_extra", [])}
    extras |= {pin.extra for pin in plan.pins if pin.extra}
    if plan.pinned_metadata and plan.options.as_extra:
        # The pins are those of the extras that were added; the rest is the project's own.
        lines = list(filter(needs_extra, lines))
        return find_changes(lines, plan.pins, sorted(plan.pinned_metadata.extras), plan.graph.python)
    return find_changes(lines, plan.pins, [None, *sorted(extras)], plan.graph.python)


def _facts(fields: RawMetadata, plan: Plan) -> Iterator[Fact]:
    old, new = fields.get("requires_python", ""), plan.project.requires_python or ""
    try:
        is_same = SpecifierSet(old) == SpecifierSet(new)
    except InvalidSpecifier:
        is_same = old == new
    if not is_same:
        yield Fact("Python", redacted(one_line(old)), new)
    was = ", ".join(sorted(map(canonicalize_name, fields.get("provides_extra", []))))
    now = ", ".join(sorted(plan.graph.extras))
    if was != now:
        yield Fact("Extras", was, now)


def _ignored(description: str) -> str:
    """The names in the provenance text that were ignored."""
    _, _, rest = description.partition("\n- Ignored: ")
    listed = rest.partition("\n")[0].strip()
    names = (release.strip().partition(" ")[0] for release in listed.split(","))
    return "" if listed == "none" else ", ".join(sorted({name for name in names if name}))

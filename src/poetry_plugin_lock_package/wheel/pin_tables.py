"""The pins of a lock project as tables of its ``pyproject.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomlkit
from packaging.requirements import Requirement
from poetry.core.packages.dependency import Dependency
from tomlkit.items import Array, Trivia

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from packaging.utils import NormalizedName
    from tomlkit.items import InlineTable, String, Table

    from poetry_plugin_lock_package.selection.select import Pin


@dataclass(frozen=True, slots=True)
class PinTables:
    """Entries for ``[project]``, and the table ``[tool.poetry.dependencies]`` if there is one."""

    project: dict[str, Any]
    poetry: Table | None


def pin_tables(pins: tuple[Pin, ...], extras: tuple[NormalizedName, ...]) -> PinTables:
    """The tables from which poetry-core reads ``pins`` and ``extras``.

    All pins go into ``[project]``, as PEP 508, if poetry-core can read them there. It cannot read a dot in the
    subdirectory of a git URL, but takes the same subdirectory as a key of ``[tool.poetry.dependencies]``. Then all
    pins move there, because poetry-core does not combine the two tables in every case.
    """
    if all(map(_is_readable, {pin.requirement for pin in pins})):
        static, poetry = pins, None
        project: dict[str, Any] = {"dependencies": multiline(_text(str(pin)) for pin in pins if pin.extra is None)}
    else:
        static, poetry = (), _poetry_table(pins)
        project = {"dynamic": ["dependencies"]}
    if extras:
        project["optional-dependencies"] = {
            # Empty extras as well: the wheel still offers them.
            extra: multiline(_text(str(pin)) for pin in static if pin.extra == extra)
            for extra in extras
        }
    return PinTables(project, poetry)


def _is_readable(requirement: str) -> bool:
    """Whether poetry-core can read ``requirement``, which it wrote itself but for the subdirectory of a git URL."""
    if " @ git+" not in requirement or "#subdirectory=" not in requirement:
        return True
    try:
        return Dependency.create_from_pep_508(requirement).base_pep_508_name == requirement
    except ValueError:
        return False


def _poetry_table(pins: Iterable[Pin]) -> Table:
    entries: dict[str, list[InlineTable]] = {}
    for pin in pins:
        requirement = Requirement(pin.requirement)
        entries.setdefault(requirement.name, []).append(_entry(pin, requirement))
    table = tomlkit.table()
    for name, alternatives in entries.items():
        table[name] = multiline(alternatives) if len(alternatives) > 1 else alternatives[0]
    return table


def _entry(pin: Pin, requirement: Requirement) -> InlineTable:
    """``pin`` as https://python-poetry.org/docs/dependency-specification/ has it."""
    entry = inline_table(**_origin(requirement))
    if requirement.extras:
        entry["extras"] = sorted(requirement.extras)
    # As in METADATA, the marker says which extra the pin belongs to: the table has no other place for it.
    if marker := Requirement(pin.requires_dist).marker:
        entry["markers"] = _text(str(marker))
    return entry


def _origin(requirement: Requirement) -> dict[str, str]:
    """Where a requirement comes from, by Poetry's keys."""
    if requirement.url is None:
        return {"version": str(requirement.specifier)}
    address, _, folder = requirement.url.partition("#subdirectory=")
    where = {"subdirectory": folder} if folder else {}
    if address.startswith("git+"):
        url, _, commit = address.removeprefix("git+").rpartition("@")
        return {"git": url, "rev": commit, **where}
    return {"url": address, **where}


def inline_table(**values: str | list[str]) -> InlineTable:
    """An inline table with ``values``."""
    table = tomlkit.inline_table()
    table.update(values)
    return table


def multiline(items: Iterable[object]) -> Array:
    """An array of ``items``, each on a line of its own."""
    # Not by `extend`, which looks through the whole array again for each item.
    values = [tomlkit.item(item) for item in items]
    return Array(values, Trivia(), multiline=bool(values))


def _text(text: str) -> String:
    # A literal string leaves the double quotes of a marker as they are, but cannot hold a single quote.
    return tomlkit.string(text, literal="'" not in text)

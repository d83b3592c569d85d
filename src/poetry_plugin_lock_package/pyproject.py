"""The lock project: the pinned ``pyproject.toml``, and the other files that a lock package is built from.

If the pins go into the project's own wheel instead, they become fields of its METADATA.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal, TypeAlias

import tomlkit
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from poetry.core.packages.dependency import Dependency
from tomlkit.items import Array, Trivia

from poetry_plugin_lock_package.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path
    from typing import Any

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from tomlkit.items import InlineTable, String, Table

    from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
    from poetry_plugin_lock_package.project import Project, Release
    from poetry_plugin_lock_package.selection.provided import ProvidedFile
    from poetry_plugin_lock_package.selection.select import Pin, Selection

# Those of [project] that Requires-Dist follows from (PEP 621).
Field: TypeAlias = Literal["dependencies", "optional-dependencies"]
ALL_FIELDS: frozenset[Field] = frozenset({"dependencies", "optional-dependencies"})

HEADER = "# Made by `poetry lock-package` from poetry.lock: do not edit, run it again."

# The public index refuses uploads with this classifier, so nobody publishes a lock package there by accident.
_PRIVATE = "Private :: Do Not Upload"

_MODULE = '''\
"""The lock package of {project}: installing it installs what poetry.lock pins."""

__version__ = "{version}"
'''


@dataclass(frozen=True, slots=True)
class LockProject:
    """A Poetry project of three files, from which `poetry build` builds the lock package."""

    name: str
    """The name of the lock package, and of the project's folder."""
    pyproject: str
    """The text of pyproject.toml."""
    init: str
    """The text of the module's ``__init__.py``."""
    readme: str
    """The text of README.md, which becomes the long description."""


@dataclass(frozen=True, slots=True)
class PinnedMetadata:
    """What METADATA of the project's own wheel gets."""

    pins: tuple[Pin, ...]
    extras: tuple[NormalizedName, ...]
    python: VersionConstraint
    """The range within which the pins are meant."""
    release: Release | None = None
    """A new name and version, or None to keep those of the wheel."""
    kept: frozenset[Field] = frozenset()
    """What the wheel keeps of its own requirements and extras. The pins are added to that, and replace the rest."""
    is_extra: bool = False
    """Whether ``extras`` are for the pins alone, so that the wheel must not have them yet."""

    def lines(self, offered: Collection[str] = ()) -> str:
        """The new fields for METADATA, each on its line, of a wheel that keeps the extras ``offered``."""
        extras = (f"Provides-Extra: {extra}\n" for extra in self.extras if extra not in offered)
        return "".join((*extras, *(f"Requires-Dist: {pin.requires_dist}\n" for pin in self.pins)))


def make_lock_project(
    release: Release,
    project: Project,
    pins: Iterable[Pin],
    extras: Iterable[NormalizedName],
    provenance: str,
) -> LockProject:
    """Make the lock project of ``project`` that requires ``pins`` and offers ``extras`` (PEP 621).

    ``provenance`` becomes the long description.
    """
    module = module_of(release.name)
    fields, dependencies = pin_tables(tuple(pins), tuple(extras))
    document = tomlkit.document()
    document.add(tomlkit.comment(HEADER.removeprefix("# ")))
    document["build-system"] = {
        "requires": ["poetry-core>=2.1,<3"],
        "build-backend": "poetry.core.masonry.api",
    }
    document["project"] = {**_metadata(release, project), **fields}
    # `include` keeps the module in the wheel even if a .gitignore around the lock project excludes it.
    poetry: dict[str, object] = {
        "packages": [_inline_table(include=module)],
        "include": [_inline_table(path=f"{module}/__init__.py", format=["sdist", "wheel"])],
    }
    if dependencies is not None:
        poetry["dependencies"] = dependencies
    document["tool"] = {"poetry": poetry}
    init = _MODULE.format(project=project.name, version=release.version)
    return LockProject(release.name, tomlkit.dumps(document), init, provenance)


def module_of(name: str) -> str:
    """The name of the only module in the lock package ``name``."""
    return canonicalize_name(name).replace("-", "_")


def write_files(lock_project: LockProject, folder: Path) -> None:
    """Write the files of ``lock_project`` into the new ``folder``."""
    for file, text in files_of(lock_project).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def files_of(lock_project: LockProject) -> dict[str, str]:
    """The files of ``lock_project``, by their paths in its folder."""
    return {
        "pyproject.toml": lock_project.pyproject,
        "README.md": lock_project.readme,
        f"{module_of(lock_project.name)}/__init__.py": lock_project.init,
    }


def _metadata(release: Release, project: Project) -> dict[str, Any]:
    """Metadata of the lock package: of the project's own, only the fields listed here, so that nothing else leaks."""
    licence = _inline_table(text=project.license_text) if project.license_text else None
    fields = {
        "name": release.name,
        "version": release.version,
        # poetry-core 2.1 does not support a table with the text itself.
        "readme": "README.md",
        "description": f"{project.description or project.name} lock package",
        "requires-python": project.requires_python,
        "license": project.license_expression or licence,
        "authors": _multiline(_inline_table(name=one.name, email=one.email) for one in project.authors),
        "maintainers": _multiline(_inline_table(name=one.name, email=one.email) for one in project.maintainers),
        "keywords": list(project.keywords),
        "urls": _inline_table(**dict(project.urls)),
        "classifiers": _multiline(dict.fromkeys([*project.classifiers, _PRIVATE])),
    }
    return {key: value for key, value in fields.items() if value}


def pin_tables(pins: tuple[Pin, ...], extras: tuple[NormalizedName, ...]) -> tuple[dict[str, Any], Table | None]:
    """The entries of [project] from which poetry-core reads ``pins`` and ``extras``, and its own table if needed.

    All pins go into [project], as PEP 508, if poetry-core can read them there. It cannot read a dot in the
    subdirectory of a git URL, but takes the same subdirectory as a key of [tool.poetry.dependencies]. Then all
    pins move there, because poetry-core does not combine the two tables in every case.
    """
    in_project = all(map(_is_readable, {pin.requirement for pin in pins}))
    # Empty extras as well: the wheel still offers them.
    lines: dict[NormalizedName | None, list[String]] = {extra: [] for extra in (None, *extras)}
    for pin in pins if in_project else ():
        lines[pin.extra].append(_text(str(pin)))
    required = _multiline(lines.pop(None))
    fields: dict[str, Any] = {"dependencies": required} if in_project else {"dynamic": ["dependencies"]}
    if extras:
        fields["optional-dependencies"] = {extra: _multiline(texts) for extra, texts in lines.items()}
    return fields, None if in_project else _poetry_table(pins)


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
        table[name] = _multiline(alternatives) if len(alternatives) > 1 else alternatives[0]
    return table


def _entry(pin: Pin, requirement: Requirement) -> InlineTable:
    """``pin`` as https://python-poetry.org/docs/dependency-specification/ has it."""
    entry = _inline_table(**_location(requirement))
    if requirement.extras:
        entry["extras"] = sorted(requirement.extras)
    # As in METADATA, the marker says which extra the pin belongs to: the table has no other place for it.
    if marker := Requirement(pin.requires_dist).marker:
        entry["markers"] = _text(str(marker))
    return entry


def _location(requirement: Requirement) -> dict[str, str]:
    """Where a requirement comes from, by Poetry's keys."""
    if requirement.url is None:
        return {"version": str(requirement.specifier)}
    address, _, folder = requirement.url.partition("#subdirectory=")
    where = {"subdirectory": folder} if folder else {}
    if address.startswith("git+"):
        url, _, commit = address.removeprefix("git+").rpartition("@")
        return {"git": url, "rev": commit, **where}
    return {"url": address, **where}


def _inline_table(**values: str | list[str] | None) -> InlineTable:
    table = tomlkit.inline_table()
    table.update({key: value for key, value in values.items() if value is not None})
    return table


def _multiline(items: Iterable[object]) -> Array:
    """An array of ``items``, each on a line of its own."""
    # Not by `extend`, which looks through the whole array again for each item.
    values = [tomlkit.item(item) for item in items]
    return Array(values, Trivia(), multiline=bool(values))


def _text(text: str) -> String:
    # A literal string leaves the double quotes of a marker as they are, but cannot hold a single quote.
    return tomlkit.string(text, literal="'" not in text)


def describe_provenance(
    project: Release,
    graph: LockedGraph,
    selection: Selection,
    groups: Collection[NormalizedName],
    extras: Collection[NormalizedName],
) -> str:
    """The long description of the lock package that pins ``selection``, the same on every machine.

    People can tell from it which lock an environment has. The version of ``project`` is empty if it is not pinned:
    the same lock gives the same file for all its versions.
    """
    lines = {
        "Project": f"{project.name} {project.version}".rstrip(),
        "SHA-256 of poetry.lock": graph.digest,
        "Content-hash in it": graph.content_hash,
        "Groups": ", ".join(sorted(groups)),
        "Extras that are always installed": ", ".join(sorted(extras)),
        "Ignored": _releases(selection.ignored),
        "Dropped with them": _releases(selection.dropped),
        "Packages pinned": str(len(selection.by_package)),
    }
    facts = (f"- {label}: {one_line(value) or 'none'}" for label, value in lines.items())
    return "\n".join(["Made by `poetry lock-package`:", "", *facts, ""])


def describe_provided(files: Iterable[ProvidedFile], selection: Selection) -> str:
    """More of the description where ``files`` list what a platform provides: their hashes, and what is left to it."""
    lines = [
        f"- SHA-256 of {one_line(PurePath(file.name).name)}, a list of what is provided: {file.digest}"
        for file in files
    ]
    if not lines:
        return ""
    provided = (
        f"{one.name} {one.version or 'in any version'} (locked {one.locked_versions})" for one in selection.provided
    )
    return "\n".join([*lines, f"- Left to the platform: {', '.join(provided) or 'none'}", ""])


def _releases(packages: Iterable[LockedPackage]) -> str:
    return ", ".join(f"{package.name} {package.version}" for package in packages)

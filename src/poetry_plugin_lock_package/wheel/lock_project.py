"""The lock project: the pinned ``pyproject.toml`` and the module that a lock package is built from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomlkit
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.wheel.pin_tables import inline_table, multiline, pin_tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.utils import NormalizedName
    from tomlkit.items import InlineTable, Table

    from poetry_plugin_lock_package.project import Person, Project, Release
    from poetry_plugin_lock_package.selection.select import Pin

HEADER = "# Made by `poetry lock-package` from poetry.lock: do not edit, run it again."

# The public index refuses uploads with this classifier, so nobody publishes a lock package there by accident.
_PRIVATE = "Private :: Do Not Upload"

_MODULE = '''\
"""The lock package of {project}: installing it installs what poetry.lock pins."""

__version__ = "{version}"
'''


@dataclass(frozen=True, slots=True)
class LockProject:
    """A Poetry project of three files, from which `poetry build` makes the lock package.

    ``outline`` is ``pyproject`` without the pins; empty if poetry-core has to read them from there.
    """

    name: str
    module: str
    version: str
    pyproject: str
    init: str
    readme: str
    outline: str = ""


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
    table = tomlkit.table()
    table["name"] = release.name
    table["version"] = release.version
    # poetry-core 2.1 does not support a table with the text itself.
    table["readme"] = "README.md"
    _add_facts(table, project)
    table.update(pin_tables((), tuple(extras)).project)
    outline = tomlkit.dumps(_pyproject(module, table, None))
    tables = pin_tables(tuple(pins), tuple(extras))
    del table["dependencies"]
    table.update(tables.project)
    return LockProject(
        name=release.name,
        module=module,
        version=release.version,
        pyproject=tomlkit.dumps(_pyproject(module, table, tables.poetry)),
        init=_MODULE.format(project=project.name, version=release.version),
        readme=provenance,
        outline="" if tables.poetry else outline,
    )


def module_of(name: str) -> str:
    """The name of the only module in the lock package ``name``."""
    return canonicalize_name(name).replace("-", "_")


def _pyproject(module: str, metadata: Table, dependencies: Table | None) -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    document.add(tomlkit.comment(HEADER.removeprefix("# ")))
    document["build-system"] = {
        "requires": ["poetry-core>=2.1,<3"],
        "build-backend": "poetry.core.masonry.api",
    }
    document["project"] = metadata
    # `include` keeps the module in the wheel even if a .gitignore around the lock project excludes it.
    poetry: dict[str, object] = {
        "packages": [inline_table(include=module)],
        "include": [inline_table(path=f"{module}/__init__.py", format=["sdist", "wheel"])],
    }
    if dependencies is not None:
        poetry["dependencies"] = dependencies
    document["tool"] = {"poetry": poetry}
    return document


def _add_facts(table: Table, project: Project) -> None:
    """Copy metadata of the root: only the fields listed here, so that nothing else leaks in."""
    table["description"] = f"{project.description or project.name} lock package"
    if project.requires_python:
        table["requires-python"] = project.requires_python
    if project.license_expression:
        table["license"] = project.license_expression
    elif project.license_text:
        table["license"] = inline_table(text=project.license_text)
    if project.authors:
        table["authors"] = multiline(map(_person, project.authors))
    if project.maintainers:
        table["maintainers"] = multiline(map(_person, project.maintainers))
    if project.keywords:
        table["keywords"] = list(project.keywords)
    if project.urls:
        table["urls"] = inline_table(**dict(project.urls))
    table["classifiers"] = multiline(dict.fromkeys([*project.classifiers, _PRIVATE]))


def _person(person: Person) -> InlineTable:
    return inline_table(name=person.name, email=person.email) if person.email else inline_table(name=person.name)


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
        f"{lock_project.module}/__init__.py": lock_project.init,
    }

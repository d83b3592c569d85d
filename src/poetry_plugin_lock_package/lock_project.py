"""The lock project: the pinned ``pyproject.toml`` and the module that a lock package is built from."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from shutil import rmtree
from typing import TYPE_CHECKING

import tomlkit
from packaging.utils import canonicalize_name
from tomlkit.items import Array, Trivia

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.staging import in_place, staging_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from packaging.utils import NormalizedName
    from tomlkit.items import InlineTable, String, Table

    from poetry_plugin_lock_package.naming import Identity
    from poetry_plugin_lock_package.pins import Pin
    from poetry_plugin_lock_package.project import Person, Project

_HEADER = "# Made by `poetry lock-package` from poetry.lock: do not edit, run it again."

# The public index refuses uploads with this classifier, and a lock package must
# not get there by accident.
_PRIVATE = "Private :: Do Not Upload"

_TEST_FILE = "tests/test_version.py"
_TEST = '''\
"""The lock package has the version of the lock that it was made from."""

from {module} import __version__


def test_version() -> None:
    assert __version__ == "{version}"
'''

_MODULE = '''\
"""The lock package of {project}: installing it installs what poetry.lock pins."""

__version__ = "{version}"
'''


@dataclass(frozen=True, slots=True)
class LockProject:
    """A Poetry project of three files, from which `poetry build` makes the lock package.

    ``test`` is that of a fourth, which is not part of the package; empty if there is none.
    """

    name: str
    module: str
    version: str
    pyproject: str
    init: str
    readme: str
    test: str = ""


def make_lock_project(
    identity: Identity,
    project: Project,
    pins: Iterable[Pin],
    extras: Iterable[NormalizedName],
    origin: str,
) -> LockProject:
    """Write down the lock project of ``project`` that requires ``pins`` and offers ``extras`` (PEP 621).

    ``origin`` says what it was made from: it becomes the long description.
    """
    module = _module(identity.name)
    table = tomlkit.table()
    table["name"] = identity.name
    table["version"] = identity.version
    # A file: poetry-core 2.1 takes a text given here for a path.
    table["readme"] = "README.md"
    _add_facts(table, project)
    _add_pins(table, tuple(pins), tuple(extras))
    return LockProject(
        name=identity.name,
        module=module,
        version=identity.version,
        pyproject=tomlkit.dumps(_pyproject(module, table)),
        init=_MODULE.format(project=project.name, version=identity.version),
        readme=origin,
    )


def with_test(lock_project: LockProject) -> LockProject:
    """``lock_project`` with a test that passes, for pipelines that run those of every project."""
    return replace(lock_project, test=_TEST.format(module=lock_project.module, version=lock_project.version))


def _module(name: str) -> str:
    return canonicalize_name(name).replace("-", "_")


def _pyproject(module: str, metadata: Table) -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEADER.removeprefix("# ")))
    document["build-system"] = {
        "requires": ["poetry-core>=2.1,<3"],
        "build-backend": "poetry.core.masonry.api",
    }
    document["project"] = metadata
    # `include` as well: a .gitignore around the lock project must not take the module out of the wheel.
    document["tool"] = {
        "poetry": {
            "packages": [_inline(include=module)],
            "include": [_inline(path=f"{module}/__init__.py", format=["sdist", "wheel"])],
        }
    }
    return document


def _add_facts(table: Table, project: Project) -> None:
    """What is taken over from the root: a short list, so that nothing else of it gets in."""
    table["description"] = f"{project.description or project.name} lock package"
    if project.requires_python:
        table["requires-python"] = project.requires_python
    if project.license_expression:
        table["license"] = project.license_expression
    elif project.license_text:
        table["license"] = _inline(text=project.license_text)
    if project.authors:
        table["authors"] = _lines(map(_person, project.authors))
    if project.maintainers:
        table["maintainers"] = _lines(map(_person, project.maintainers))
    if project.keywords:
        table["keywords"] = list(project.keywords)
    if project.urls:
        table["urls"] = _inline(**dict(project.urls))
    table["classifiers"] = _lines(dict.fromkeys([*project.classifiers, _PRIVATE]))


def _add_pins(table: Table, pins: tuple[Pin, ...], extras: tuple[NormalizedName, ...]) -> None:
    table["dependencies"] = _lines(_text(str(pin)) for pin in pins if pin.extra is None)
    if extras:
        table["optional-dependencies"] = {
            # Empty ones as well: they are offered all the same.
            extra: _lines(_text(str(pin)) for pin in pins if pin.extra == extra)
            for extra in extras
        }


def _person(person: Person) -> InlineTable:
    return _inline(name=person.name, email=person.email) if person.email else _inline(name=person.name)


def _inline(**values: str | list[str]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def _lines(items: Iterable[object]) -> Array:
    # Not by `extend`, which looks through the whole array again for each item.
    values = [tomlkit.item(item) for item in items]
    return Array(values, Trivia(), multiline=bool(values))


def _text(text: str) -> String:
    # A marker's double quotes read better in a literal string, which cannot hold a single quote.
    return tomlkit.string(text, literal="'" not in text)


@contextmanager
def written_lock_project(lock_project: LockProject, parent: Path) -> Iterator[Path]:
    """Write ``lock_project`` to the folder of its name in ``parent``, and give that folder.

    A lock project that is there is brought up to date. If the block fails, all is as before. Raises
    OutputError, with nothing written, if something else has the name.
    """
    folder = parent / lock_project.name
    with staging_folder(parent, lock_project.name) as scratch:
        earlier = find_lock_project(lock_project.name, parent)
        if (folder / _TEST_FILE).exists():
            # Of an earlier run: it names the version.
            lock_project = with_test(lock_project)
        staged = scratch / lock_project.name
        write_files(lock_project, staged)
        if earlier:
            # pyproject.toml last: until it is replaced, the pins have not changed.
            with in_place({staged / file: folder / file for file in reversed(_files(lock_project))}, scratch):
                yield folder
        else:
            with ExitStack() as undo:
                undo.callback(_take_back, staged, folder)
                staged.rename(folder)
                yield folder
                undo.pop_all()


def _take_back(staged: Path, folder: Path) -> None:
    # If it is still where it was made, what has its place is another run's.
    if not staged.exists():
        remove_lock_project(folder.name, folder.parent)


def write_files(lock_project: LockProject, folder: Path) -> None:
    """Write the files of ``lock_project`` into the new ``folder``."""
    for file, text in _files(lock_project).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def find_lock_project(name: str, parent: Path) -> Path | None:
    """The folder of the lock project ``name`` in ``parent``, or None if there is none.

    Raises OutputError if something else is there, or a link in it leads elsewhere.
    """
    folder = parent / name
    try:
        if not folder.is_symlink() and not folder.exists():
            return None
    except OSError as error:
        raise OutputError(f"{name} cannot be written: {error.strerror}") from None
    try:
        with (folder / "pyproject.toml").open(encoding="utf-8") as file:
            has_header = file.readline().rstrip() == _HEADER
    except (OSError, UnicodeDecodeError):
        has_header = False
    if not has_header or any(path.is_symlink() for path in (folder, folder / _module(name), folder / "tests")):
        raise OutputError(
            f"{folder.name} is there already and is not a lock project. Rename or remove it, then run again"
        )
    return folder


def remove_lock_project(name: str, parent: Path) -> Path | None:
    """Remove the lock project ``name`` in ``parent`` with all in it; return its folder, or None if there is none.

    Raises OutputError if something else has the name.
    """
    folder = find_lock_project(name, parent)
    if folder is None:
        return None
    try:
        rmtree(folder)
    except OSError as error:
        raise OutputError(f"{name} cannot be removed: {error.strerror}") from error
    return folder


def _files(lock_project: LockProject) -> dict[str, str]:
    files = {
        "pyproject.toml": lock_project.pyproject,
        "README.md": lock_project.readme,
        f"{lock_project.module}/__init__.py": lock_project.init,
    }
    if lock_project.test:
        # A package, so that pytest finds the module beside it.
        files |= {"tests/__init__.py": "", _TEST_FILE: lock_project.test}
    return files

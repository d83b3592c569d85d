"""Text from pyproject.toml and poetry.lock is text, in the wheel, in the lock project and on the console."""

import email
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tests.damage import adopt
from tests.kit import locked, only_wheel, poetry, tree, write_project

Table = dict[str, Any]

CLASSIC = """\
[tool.poetry]
name = "example-package"
version = "0.1.0"
description = ""
authors = []

[tool.poetry.dependencies]
python = ">=3.9,<3.14"
cleo = { version = "*", optional = true }
"""
PEP_621 = """\
[project]
name = "example-package"
version = "0.1.0"
requires-python = ">=3.9,<3.14"

[project.optional-dependencies]
more = ["cleo"]
"""
TEXTS = [
    "a\nEvil: Z\r\n\r\nZ",
    "\x00Z\x1b[35m\x7f\x9b\u2028",
    "<info>Zonk</info><error>",
    '"""\nevil = "Z"\n[evil]\n',
    "' \" \\ ] } Z",
    "../../Z",
    "/Z",
    "C:\\..\\Z",
]
# What the metadata of a lock package consists of, and what may be there several times.
HEADERS = {
    *("Metadata-Version", "Name", "Version", "Summary", "Author", "Author-email", "Maintainer", "Maintainer-email"),
    *("License", "License-Expression", "Keywords", "Requires-Python", "Description-Content-Type", "Home-page"),
}
REPEATED = {"Classifier", "Project-URL", "Provides-Extra", "Requires-Dist"}
KEYS = {
    *("name", "version", "readme", "description", "requires-python", "license", "authors", "maintainers", "keywords"),
    *("urls", "classifiers", "dependencies", "optional-dependencies", "dynamic"),
}

# Each field with what puts a text into it: of the table [tool.poetry], of [project], and of a locked package.
BOTH: dict[str, Callable[[Table, str], object]] = {
    "name": lambda table, text: table.update(name=text),
    "version": lambda table, text: table.update(version=text),
    "description": lambda table, text: table.update(description=text),
    "keyword": lambda table, text: table.update(keywords=[text, text]),
    "licence": lambda table, text: table.update(license=text),
    "classifier": lambda table, text: table.update(classifiers=[text]),
    "URL": lambda table, text: table.update(urls={"Docs": text}),
    "label": lambda table, text: table.update(urls={text: "https://example.org"}),
}
CLASSIC_FIELDS: dict[str, Callable[[Table, str], object]] = {
    **BOTH,
    "author": lambda table, text: table.update(authors=[text]),
    "author's address": lambda table, text: table.update(authors=[f"Ada <{text}>"]),
    "maintainer": lambda table, text: table.update(maintainers=[text]),
    "homepage": lambda table, text: table.update(homepage=f"https://example.org/{text}"),
    "Python": lambda table, text: table["dependencies"].update(python=f">=3.9{text}"),
    "extra": lambda table, text: table.update(extras={text: ["cleo"]}),
    "group": lambda table, text: table.update(group={text: {"dependencies": {}}}),
    "dependency": lambda table, text: table["dependencies"].update({text: "*"}),
    "git": lambda table, text: table["dependencies"].update(cleo={"git": f"https://example.org/{text}"}),
    "source": lambda table, text: table.update(source=[{"name": text, "url": "https://example.org"}]),
}
PEP_621_FIELDS: dict[str, Callable[[Table, str], object]] = {
    **BOTH,
    "author": lambda table, text: table.update(authors=[{"name": text}]),
    "author's address": lambda table, text: table.update(authors=[{"name": "Ada", "email": text}]),
    "maintainer": lambda table, text: table.update(maintainers=[{"name": text}]),
    "licence text": lambda table, text: table.update(license={"text": text}),
    "Python": lambda table, text: table.update({"requires-python": f">=3.9{text}"}),
    "Python, folded": lambda table, _: table.update({"requires-python": ">=3.9,\n<3.14"}),
    "extra": lambda table, text: table.update({"optional-dependencies": {text: ["cleo"]}}),
    "dependency": lambda table, text: table.update(dependencies=[text]),
    "marker": lambda table, text: table.update(dependencies=[f"cleo ; sys_platform == '{text}'"]),
}
LOCK_FIELDS: dict[str, Callable[[Table, str], object]] = {
    "name": lambda entry, text: entry.update(name=text),
    "version": lambda entry, text: entry.update(version=text),
    "description": lambda entry, text: entry.update(description=text),
    "Python": lambda entry, text: entry.update({"python-versions": text}),
    "group": lambda entry, text: entry.update(groups=["main", text]),
    "marker": lambda entry, text: entry.update(markers=f'sys_platform == "{text}"'),
    "marker, other quotes": lambda entry, text: entry.update(markers=f"sys_platform == '{text}'"),
    "marker's extra": lambda entry, text: entry.update(markers=f'extra == "{text}"'),
    "dependency": lambda entry, text: entry.update(dependencies={text: "*"}),
    "dependency's version": lambda entry, text: entry.update(dependencies={"tomlkit": text}),
    "extra": lambda entry, text: entry.update(extras={text: ["tomlkit"]}),
    "file": lambda entry, text: entry.update(files=[{"file": text, "hash": text}]),
    "source": lambda entry, text: entry.update(source=_git(type=text)),
    "URL": lambda entry, text: entry.update(source={"type": "url", "url": f"https://example.org/{text}"}),
    "index": lambda entry, text: entry.update(
        source={"type": "legacy", "url": "https://example.org", "reference": text}
    ),
    "git": lambda entry, text: entry.update(source=_git(url=f"https://example.org/{text}")),
    "reference": lambda entry, text: entry.update(source=_git(reference=text)),
    "commit": lambda entry, text: entry.update(source=_git(resolved_reference=text)),
    "subdirectory": lambda entry, text: entry.update(source=_git(subdirectory=text)),
    "path": lambda entry, text: entry.update(source={"type": "directory", "url": text}),
}

# Which texts each field refuses, by their position: none if it is not here. Where one is refused, there is no wheel
# to check, so each refusal is expected by name.
ALL = frozenset(range(len(TEXTS)))
CLASSIC_REFUSED = {
    **dict.fromkeys(("name", "version", "Python", "extra"), ALL),
    "description": {0, 3},
    "homepage": {0, 1, 3, 4},
    "git": ALL - {5, 6},
}
PEP_621_REFUSED = {
    **dict.fromkeys(("name", "version", "author's address", "Python", "Python, folded", "extra", "dependency"), ALL),
    "URL": ALL - {7},
    "marker": {0, 3, 4},
}
LOCK_REFUSED = {
    **dict.fromkeys(("name", "version", "Python", "dependency's version", "source", "commit"), ALL),
    **dict.fromkeys(("marker", "marker, other quotes"), ALL - {5, 6}),
    "marker's extra": {0, 3, 4},
    "git": ALL - {5, 6},
    "subdirectory": ALL - {2, 7},
    "path": {1},
}
# Poetry 2.1 still accepts these.
LOCK_REFUSED_BY_SOME = {"URL": {4, 7}}


def _git(**other: str) -> Table:
    return {
        "type": "git",
        "url": "https://example.org/cleo.git",
        "reference": "main",
        "resolved_reference": "5d1c" * 10,
        **other,
    }


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("field", CLASSIC_FIELDS)
def test_classic(tmp_path: Path, field: str, text: str) -> None:
    """No text in [tool.poetry] is more than a text."""
    document = tomlkit.parse(CLASSIC).unwrap()
    CLASSIC_FIELDS[field](document["tool"]["poetry"], text)

    _check(_project(tmp_path, CLASSIC, document), is_refused=TEXTS.index(text) in CLASSIC_REFUSED.get(field, ()))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("field", PEP_621_FIELDS)
def test_pep_621(tmp_path: Path, field: str, text: str) -> None:
    """No text in [project] is more than a text."""
    document = tomlkit.parse(PEP_621).unwrap()
    PEP_621_FIELDS[field](document["project"], text)

    _check(_project(tmp_path, PEP_621, document), is_refused=TEXTS.index(text) in PEP_621_REFUSED.get(field, ()))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("field", LOCK_FIELDS)
def test_lock(tmp_path: Path, field: str, text: str) -> None:
    """No text in poetry.lock is more than a text."""
    project = _project(tmp_path, CLASSIC, tomlkit.parse(CLASSIC).unwrap())
    path = project / "poetry.lock"
    lock = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    LOCK_FIELDS[field](lock["package"][0], text)
    path.write_text(tomlkit.dumps(lock), encoding="utf-8")
    number = TEXTS.index(text)

    _check(
        project,
        is_refused=None if number in LOCK_REFUSED_BY_SOME.get(field, ()) else number in LOCK_REFUSED.get(field, ()),
    )


def _project(folder: Path, whole: str, document: Table) -> Path:
    project = write_project(folder / "some" / "project", [locked("cleo"), locked("tomlkit")], whole)
    (project / "pyproject.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    adopt(project, (project / "poetry.lock").read_text(encoding="utf-8"))
    return project


def _check(project: Path, *, is_refused: bool | None) -> None:
    before = tree(project.parent.parent)

    run = poetry(project, "lock-package --build --all-groups -v")

    shown = run.out + run.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", shown), run
    assert not re.search("(?<!<info>)(?<!%3Cinfo%3E)Zonk", shown), run
    assert "Internal error" not in run.err
    assert bool(run.code) is is_refused or is_refused is None, run
    if run.code:
        assert run.err.count("\n") == 1, run.err
    else:
        _check_wheel(project)
    assert tree(project.parent.parent) == before


def _check_wheel(project: Path) -> None:
    """Check the wheel in dist, and remove it."""
    wheel = only_wheel(project / "dist")
    with zipfile.ZipFile(wheel.path) as archive:
        (name,) = (name for name in wheel.files if name.endswith("/METADATA"))
        headers = email.message_from_bytes(archive.read(name)).keys()
    assert not [name for name in wheel.files if name.startswith(("/", ".")) or ".." in name or "\\" in name]
    assert set(headers) <= HEADERS | REPEATED
    assert sorted(set(headers) - REPEATED) == sorted(header for header in headers if header not in REPEATED)
    shown = tomlkit.parse(poetry(project, "lock-package --dry-run --all-groups").out).unwrap()
    assert set(shown) == {"build-system", "project", "tool"}
    assert set(shown["project"]) <= KEYS
    wheel.path.unlink()

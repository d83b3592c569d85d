"""The locked graph, read from a poetry.lock."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.lock.model import LockedGraph
from tests.kit import classic, load, locked, make_old, read_graph, write_project

PYPROJECT = classic("a", extras={"more": ["b"]}, groups={"dev": ["c"]})
HASHES = [
    {"file": "a.whl", "hash": f"sha256:{'b' * 64}"},
    {"file": "a.zip", "hash": f"sha256:{'a' * 64}"},
    {"file": "a.egg", "hash": "md5:0a"},
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project",
        [
            locked("a", "2.0", marker='sys_platform == "win32"', requires=['b ; extra == "x"', "c"], files=HASHES),
            locked("b", marker='extra == "more"'),
            locked("c", groups=["main", "dev"]),
            locked("d", groups=["dev"]),
        ],
        PYPROJECT,
    )


def read(project: Path, *groups: str, with_dependencies: bool = True) -> LockedGraph:
    return read_graph(load(project), *groups, with_dependencies=with_dependencies)


def change(project: Path, how: Callable[[dict[str, Any]], object]) -> Path:
    path = project / "poetry.lock"
    lock = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    how(lock)
    path.write_text(tomlkit.dumps(lock), encoding="utf-8")
    return project


def test_packages(project: Path) -> None:
    """The packages of the groups come by name, each with its version, marker and trusted hashes."""
    change(project, lambda lock: lock["package"].reverse())

    packages = read(project).packages

    assert [(p.name, p.version, str(p.marker)) for p in packages] == [
        ("a", "2.0", 'sys_platform == "win32"'),
        ("b", "1.0", 'extra == "more"'),
        ("c", "1.0", ""),
    ]
    assert packages[0].hashes == (f"sha256:{'a' * 64}", f"sha256:{'b' * 64}")
    assert [package.name for package in read(project, "dev").packages] == ["c", "d"]


def test_dependencies(project: Path) -> None:
    """The edges come from the project, for its groups, and from each package, if they are asked for."""
    graph = read(project, "main", "dev")

    assert [(d.name, str(d.marker)) for d in graph.dependencies] == [("c", ""), ("a", ""), ("b", 'extra == "more"')]
    assert [(d.name, str(d.marker)) for d in graph.own_dependencies] == [("a", ""), ("b", 'extra == "more"')]
    assert [(d.name, str(d.marker)) for d in graph.packages[0].dependencies] == [("b", 'extra == "x"'), ("c", "")]
    assert not any(package.dependencies for package in read(project, with_dependencies=False).packages)


def test_digest(project: Path) -> None:
    """The digest is the same for any line ends, and the content-hash is the one in the lock."""
    graph = read(project)
    lock = (project / "poetry.lock").read_bytes()
    (project / "poetry.lock").write_bytes(lock.replace(b"\n", b"\r\n"))

    assert graph.digest == hashlib.sha256(lock).hexdigest() == read(project).digest
    assert graph.content_hash.encode() in lock


def _set(**values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda lock: lock["package"][0].update(values)


GIT = {"type": "git", "url": "https://example.org/a.git", "reference": "main", "resolved_reference": "5d1c" * 10}
DAMAGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "name": (_set(name="a b"), "'a b' is not a valid package name"),
    "type of source": (_set(source={"type": "svn", "url": "x"}), "'a' has a source that is not valid"),
    "reference": (_set(source={"type": "legacy", "url": "x", "reference": 1}), "'a' has a source that is not valid"),
    "commit": (_set(source={**GIT, "resolved_reference": "main"}), "'a' has no git commit"),
    "host": (
        _set(source={**GIT, "url": "https://u:se/cret@x.org/a"}),
        "Poetry finds no host in the git address of 'a'",
    ),
    "hash": (_set(files=[{"file": "a.whl", "hash": 1}]), "'a' has a list of files that is not valid"),
    "files": (_set(files={}), "'a' has a list of files that is not valid"),
    "range": (
        _set(**{"python-versions": ">=3.12,<3.9"}),
        "the entry of 'a' has an error: its range of Python versions is empty",
    ),
    "version": (_set(version="x"), "'a' has the invalid version 'x'"),
    "no version": (lambda lock: lock["package"][0].pop("version"), "it has no 'version'"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage(project: Path, damage: str) -> None:
    """What Poetry lets pass, or fails on with an error of its own, is one error that says what to do."""
    how, problem = DAMAGES[damage]

    with pytest.raises(LockError) as error:
        read(change(project, how))

    assert str(error.value) == f"poetry.lock cannot be read: {problem}. Run `poetry lock` to create it again"
    assert "cret" not in str(error.value)


@pytest.mark.parametrize("version", ["1.1", "2.0", "2.1"])
@pytest.mark.parametrize("constraint", ["not a version", {"version": "not a version"}, [{"version": "not a version"}]])
def test_constraint_that_cannot_be_parsed(project: Path, version: str, constraint: object) -> None:
    """The package whose dependency has the constraint is named: Poetry's own error does not tell where it is."""
    if version != "2.1":
        make_old(project, version)

    with pytest.raises(LockError) as error:
        read(change(project, _set(dependencies={"b": constraint})))

    assert str(error.value) == (
        "poetry.lock cannot be read: the entry of 'a' has an error: Could not parse version constraint: not."
        " Run `poetry lock` to create it again"
    )


def test_the_same_entry_twice(project: Path) -> None:
    """An entry that a merge has doubled is one package."""
    change(project, lambda lock: lock["package"].append(lock["package"][0]))

    assert [package.name for package in read(project).packages] == ["a", "b", "c"]

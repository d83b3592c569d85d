"""The reader finds in a lock of format 2.1 what Poetry's own reader finds."""

import os
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from packaging.utils import canonicalize_name
from poetry.core.packages.package import Package
from poetry.core.version.markers import BaseMarker
from poetry.exceptions import PoetryError
from poetry.poetry import Poetry

from poetry_plugin_lock_package.lock.model import Dependency, LockedPackage
from poetry_plugin_lock_package.markers.operations import any_extra_of, with_alternative_extras
from poetry_plugin_lock_package.markers.regions import Environments
from tests.kit import COMMIT, classic, load, locked, read_graph, write_project
from tests.properties.drawing import examples, projects
from tests.properties.locking import lock

Row = tuple[str, ...]

ROOT = Path(__file__).parents[3]
# Projects with a lock: a folder of folders.
CORPUS = os.environ.get("LOCK_PACKAGE_CORPUS", ROOT.parent / "shared")
FOLDERS = sorted(
    path.parent for path in Path(CORPUS).rglob("poetry.lock") if 'lock-version = "2.1"' in path.read_text("utf-8")
)


def assert_same(poetry: Poetry) -> None:
    """Compare the packages of each group and of all groups, and what each package requires."""
    known = {_key(package): package for package in poetry.locker.locked_repository().packages}
    recorded = poetry.locker.locked_packages()
    groups = {canonicalize_name(group) for info in recorded.values() for group in info.groups}
    for asked in [*({group} for group in groups), groups]:
        expected = {
            _key(package): {name: marker for name, marker in info.markers.items() if canonicalize_name(name) in asked}
            for package, info in recorded.items()
            if asked & {*map(canonicalize_name, info.groups)}
        }
        graph = read_graph(poetry, *asked)
        assert [*map(_key_of, graph.packages)] == sorted(expected)
        for package in graph.packages:
            markers = [*expected[_key_of(package)].values()]
            environments = Environments([package.marker, *markers], poetry.package.python_constraint)
            if len(markers) == 1:
                assert str(package.marker) == str(markers[0])
            for extras in (frozenset(), *(frozenset({extra}) for extra in graph.extras), frozenset(graph.extras)):
                each = [environments.region(marker, extras) for marker in markers]
                assert environments.region(package.marker, extras) == reduce(environments.union, each)
            assert sorted(map(_row, package.dependencies)) == sorted(_rows(known[_key_of(package)]))


def _key(package: Package) -> Row:
    # The default index has no source, whatever a project calls it.
    is_default = package.source_type == "legacy" and "pypi.org" in str(package.source_url)
    source = "" if is_default else f"{package.source_type or ''} {package.source_reference or ''}".strip()
    path = package.source_url if package.source_type in ("directory", "file") else None
    return package.name, package.version.to_string(), source, str(path)


def _key_of(package: LockedPackage) -> Row:
    source = package.source
    shown = f"{source.type} {source.reference or ''}".strip() if source else ""
    return package.name, package.version, shown, str(source and source.path)


def _row(dependency: Dependency) -> Row:
    constraint = str(dependency.constraint)
    return dependency.name, str(sorted(dependency.extras)), constraint, str(dependency.marker)


def _rows(package: Package) -> Iterator[Row]:
    def row(dependency: Any, constraint: object, marker: BaseMarker) -> Row:
        return dependency.name, str(sorted(dependency.extras)), str(constraint), str(marker)

    for dependency in package.requires:
        constraint = None if dependency.is_direct_origin() else dependency.constraint
        yield row(dependency, constraint, with_alternative_extras(dependency.marker))
    for extra, dependencies in package.extras.items():
        yield from (row(one, "*", any_extra_of([extra])) for one in dependencies if one.name == package.name)


def test_fixed(tmp_path: Path) -> None:
    """It reads all kinds of sources, of requirements (old keys as well), of extras and of markers as Poetry does."""
    git = {"type": "git", "url": "https://example.org/b.git", "reference": "main", "resolved_reference": COMMIT}
    index = {"type": "legacy", "url": "https://example.org/simple", "reference": "company"}
    public = {"type": "legacy", "url": "https://pypi.org/simple", "reference": "public"}
    project = write_project(
        tmp_path,
        [
            locked("a", "2.0.0-rc1", marker='sys_platform == "win32"', source=index),
            locked("b", marker='extra == "more"', source=git),
            locked("c", groups=["main", "dev-tools"], source=public),
            locked("d", groups=["dev-tools"], source={"type": "directory", "url": "libs/d"}),
            locked("e", source={"type": "url", "url": "https://example.org/e-1.0.zip"}),
        ],
        classic("a", extras={"more": ["b"]}, groups={"Dev_tools": ["c"]}),
    )
    path = project / "poetry.lock"
    data = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    data["package"][0]["dependencies"] = {
        "B_x": ["*", {"version": ">=1,<2", "python": "<3.10 || >=3.12", "platform": "win32"}],
        "c": {"version": "^1", "extras": ["One", "two"], "markers": 'extra == "x" and extra == "y"', "optional": True},
        "d": {"path": "libs/d", "develop": True},
        "e": [{"url": "https://example.org/e-1.0.zip"}, {"git": "https://example.org/e.git", "platform": "!=win32"}],
    }
    data["package"][0]["extras"] = {
        "All_of": ["a[x, Y_z] (>=1)", 'A [x] ; python_version < "3.11"', "c (>=1)", "c[x] >=1"],
        "x": ["b (>=1,<2)", "e"],
    }
    data["package"][2]["markers"] = {"main": 'os_name == "nt"', "dev-tools": 'python_version < "3.11"'}
    path.write_text(tomlkit.dumps(data), encoding="utf-8")

    assert_same(load(project))

    (a, *_) = read_graph(load(project), "main").packages
    assert [(edge.name, edge.extras) for edge in a.dependencies][-2:] == [
        (canonicalize_name("a"), frozenset(map(canonicalize_name, extras))) for extras in (["x", "y-z"], ["x"])
    ]
    assert len(a.dependencies) == 8


@examples(4)
@given(projects())
def test_random(project: Any) -> None:
    """It reads what Poetry's solver has locked as Poetry does."""
    with TemporaryDirectory() as folder:
        assert_same(load(lock(Path(folder, "project"), project)))


@pytest.mark.skipif(not FOLDERS, reason="there is no folder with locks of real projects")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_real(folder: Path) -> None:
    """It reads the locks of real projects as Poetry does."""
    try:
        poetry = load(folder)
    except PoetryError as error:
        pytest.skip(f"the project needs another release of Poetry: {error}")
    assert_same(poetry)

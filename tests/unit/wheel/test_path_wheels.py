"""The files of path dependencies: built from their folders, or copied."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.lock.model import LockedPackage, Source
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.wheel import path_wheels
from poetry_plugin_lock_package.wheel.path_dependencies import find_path_dependencies
from poetry_plugin_lock_package.wheel.path_references import PinnedRelease
from poetry_plugin_lock_package.wheel.path_wheels import build_path_wheels
from tests.e2e.index import make_wheel
from tests.kit import load, read_wheel, tree

if TYPE_CHECKING:
    from pathlib import Path

    from poetry.poetry import Poetry

BUILD_SYSTEM = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'


def _project(folder: Path, name: str, version: str = "1.0", more: str = "") -> Path:
    module = folder / name.replace("-", "_")
    module.mkdir(parents=True)
    (module / "__init__.py").touch()
    head = f'[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = ">=3.9"\ndynamic = ["dependencies"]\n'
    (folder / "pyproject.toml").write_text(f"{BUILD_SYSTEM}{head}{more}", encoding="utf-8")
    return folder


def _package(name: str, path: Path, type_: str = "directory") -> LockedPackage:
    hashes = (f"sha256:{sha256(path.read_bytes()).hexdigest()}",) if type_ == "file" else ()
    source = Source(type_, path=path.as_posix())
    return LockedPackage(canonicalize_name(name), "1.0", AnyMarker(), source, hashes=hashes)


@pytest.fixture
def app(tmp_path: Path) -> Poetry:
    """A project that requires a library beside it, by path."""
    more = '[tool.poetry.dependencies]\nLib_A = { path = "../a", extras = ["x"], markers = "os_name == \'posix\'" }\n'
    return load(_project(tmp_path / "app", "app", more=more))


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """An empty folder."""
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def test_build(app: Poetry, scratch: Path, tmp_path: Path) -> None:
    """Folders are built, files copied, and nothing but METADATA and RECORD of what is built is changed."""
    more = '[tool.poetry.dependencies]\nlib-b = { path = "../b" }\napp = { path = "../app" }\n'
    a = _project(tmp_path / "a", "lib-a", more=more)
    file = make_wheel(tmp_path, "lib-b", "1.0", ["anything>=1"])
    dependencies = find_path_dependencies([_package("lib-a", a), _package("lib-b", file, "file")])
    pinned = [
        PinnedRelease(canonicalize_name("app"), "1.0"),
        PinnedRelease(canonicalize_name("lib-a"), "1.0", a.as_posix()),
    ]
    (tmp_path / "b").mkdir()
    before = tree(tmp_path)

    made = build_path_wheels(dependencies, Release("app", "1.0"), app, pinned, scratch)

    assert [path.name for path in made] == [
        "lib_b-1.0-py3-none-any.whl",
        "lib_a-1.0-py3-none-any.whl",
        "app-1.0-py3-none-any.whl",
    ]
    copied, lib, root = map(read_wheel, made)
    assert copied.path.read_bytes() == file.read_bytes()
    # lib-b is not among what is pinned here.
    assert lib.requires == {"lib-b", "app==1.0"}
    assert root.requires == {'Lib_A[x]==1.0 ; os_name == "posix"'}
    assert {name: text for name, text in tree(tmp_path).items() if not name.startswith("scratch")} == before


def test_nothing_to_build(app: Poetry, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For files alone, no environment is looked for."""
    monkeypatch.delattr(path_wheels, "build_environment")
    file = make_wheel(tmp_path, "lib-b", "1.0")

    (copied,) = build_path_wheels(find_path_dependencies([_package("lib-b", file, "file")]), None, app, [], scratch)

    assert copied.read_bytes() == file.read_bytes()


def test_other_version(app: Poetry, scratch: Path, tmp_path: Path) -> None:
    """A library that is no longer at its locked version is an error that names both."""
    dependencies = find_path_dependencies([_package("lib-a", _project(tmp_path / "a", "lib-a", "1.1"))])

    with pytest.raises(WheelError) as caught:
        build_path_wheels(dependencies, None, app, [], scratch)

    assert str(caught.value) == "lib-a 1.0 is in poetry.lock, and lib-a 1.1 in its folder. Run `poetry lock`"


def test_other_root(app: Poetry, scratch: Path) -> None:
    """A project whose wheel has another version than the pinned one is an error that names both."""
    with pytest.raises(WheelError) as caught:
        build_path_wheels([], Release("app", "1.1"), app, [], scratch)

    assert str(caught.value) == (
        "app 1.1 is pinned, and app 1.0 is what its build backend makes. Give this version in pyproject.toml, or with"
        " --set-version"
    )


def test_failure(app: Poetry, scratch: Path, tmp_path: Path) -> None:
    """What a build backend says is told, with the name of the library and without its folder."""
    broken = _project(tmp_path / "a", "lib-a")
    (broken / "lib_a/__init__.py").unlink()
    (broken / "lib_a").rmdir()

    with pytest.raises(WheelError) as caught:
        build_path_wheels(find_path_dependencies([_package("lib-a", broken)]), None, app, [], scratch)

    assert str(caught.value) == (
        "lib-a cannot be built: No file/folder found for package lib-a. Run `pip wheel --no-deps .` in its folder to"
        " see why"
    )


def test_one_name_twice(app: Poetry, scratch: Path, tmp_path: Path) -> None:
    """Two folders that make one file would take each other's place."""
    packages = [_package("lib-a", _project(tmp_path / folder, "lib-a")) for folder in ("a", "b")]

    with pytest.raises(WheelError) as caught:
        build_path_wheels(find_path_dependencies(packages), None, app, [], scratch)

    assert str(caught.value) == (
        "Two paths lead to one file: lib_a-1.0-py3-none-any.whl. Give one of them another version"
    )

    assert str(caught.value) == (
        "Two paths lead to one file: lib_a-1.0-py3-none-any.whl. Give one of them another version"
    )


def test_other_backend(app: Poetry, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of another tool is built as `poetry install` builds it."""
    other = _project(tmp_path / "a", "lib-a")
    (other / "pyproject.toml").unlink()
    made = make_wheel(tmp_path, "lib-a", "1.0", [f"app @ {(tmp_path / 'app').as_uri()}"])
    monkeypatch.setattr(path_wheels, "build_isolated", lambda folder, *_: made if folder == other else None)
    dependencies = find_path_dependencies([_package("lib-a", other)])

    (wheel,) = build_path_wheels(dependencies, None, app, [], scratch)

    assert read_wheel(wheel).requires == {"app"}

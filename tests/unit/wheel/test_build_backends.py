"""Wheels from build backends: of the project, and of its path dependencies."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from poetry.core.version.markers import AnyMarker
from poetry.poetry import Poetry
from poetry.utils.env import Env

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.lock.model import LockedPackage, Source
from poetry_plugin_lock_package.plan import Options, plan
from poetry_plugin_lock_package.poetry_api import build_with_poetry
from poetry_plugin_lock_package.wheel import build as wheel_build
from poetry_plugin_lock_package.wheel.build import backend_errors, run_backends, scratch_folder
from poetry_plugin_lock_package.wheel.path_wheels import PathDependency
from tests.command.own_wheel.project import make_project
from tests.e2e.index import make_wheel
from tests.kit import load


def test_other_release(tmp_path: Path) -> None:
    """A project whose wheel has another version than the pinned one is an error that names both."""
    poetry = load(make_project(tmp_path / "project"))
    planned = plan(poetry, Options(path_wheels=True))

    with pytest.raises(WheelError) as caught:
        run_backends(replace(planned, project=replace(planned.project, version="1.1")), poetry, (), tmp_path)

    assert str(caught.value) == (
        "example-package 1.1 is pinned, and example-package 0.1.0 is what its build backend makes. Give this version in"
        " pyproject.toml, or with --set-version"
    )


def test_other_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of another tool is built as `poetry install` builds it; nothing else is, if no wheel is needed."""
    poetry = load(make_project(tmp_path / "project"))
    built = make_wheel(tmp_path, "lib-a", "1.0")
    monkeypatch.setattr(wheel_build, "build_isolated", lambda folder, *_: built if folder == tmp_path else None)
    package = LockedPackage(canonicalize_name("lib-a"), "1.0", AnyMarker(), Source("directory", path=str(tmp_path)))

    project, beside = run_backends(plan(poetry, Options()), poetry, [PathDependency(package, tmp_path)], tmp_path)

    assert project == []
    assert [wheel.path for wheel in beside] == [built]


def test_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build backends have their temporary files outside the project, also if those of the output are in it."""
    (tmp_path / "staged").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "staged"))
    poetry = load(make_project(tmp_path / "project"))
    seen: list[str] = []
    original = build_with_poetry

    def build(poetry: Poetry, environment: Env, folder: Path) -> Path:
        seen.append(tempfile.gettempdir())
        return original(poetry, environment, folder)

    monkeypatch.setattr(wheel_build, "build_with_poetry", build)

    with scratch_folder("app cannot be built") as scratch:
        run_backends(plan(poetry, Options(include_root=True)), poetry, (), scratch)

    assert seen == [str(scratch)]
    assert not scratch.is_relative_to(tmp_path)
    assert not scratch.exists()
    assert tempfile.gettempdir() == str(tmp_path / "staged")


def test_no_folder_of_the_machine(tmp_path: Path) -> None:
    """A file of the project is named by its path in it, any other by its name alone."""
    inside, outside = tmp_path / "project/src/a.py", tmp_path / "elsewhere/b.py"

    with pytest.raises(WheelError) as caught, backend_errors("app", tmp_path / "project", "Run it"):
        raise OSError(f"'{inside}' and '{outside}'")

    assert str(caught.value) == "app cannot be built: 'src/a.py' and 'b.py'. Run it"

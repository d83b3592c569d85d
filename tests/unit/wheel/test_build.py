"""Wheels that are built: of the lock package, as plain `poetry build` makes it, and those of build backends."""

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder
from poetry.core.version.markers import AnyMarker, parse_marker
from poetry.poetry import Poetry
from poetry.utils.env import Env

from poetry_plugin_lock_package.errors import VerificationError, WheelError
from poetry_plugin_lock_package.lock.model import LockedPackage, Source
from poetry_plugin_lock_package.plan import Options, Plan, plan
from poetry_plugin_lock_package.poetry_api import build_with_poetry
from poetry_plugin_lock_package.pyproject import make_lock_project, write_files
from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel import build as wheel_build
from poetry_plugin_lock_package.wheel.build import backend_errors, build_lock_wheel, run_backends, scratch_folder
from poetry_plugin_lock_package.wheel.path_wheels import PathDependency
from tests.command.own_wheel.project import make_project
from tests.e2e.index import make_wheel
from tests.kit import load, write_project

X = canonicalize_name("x")
WINDOWS = parse_marker('sys_platform == "win32"')
ANY = parse_marker("")
COMMIT = "5d1c" * 10
REQUIREMENTS = (
    *("a==1", "a==1.0.post1+cpu.1", "A.b_c==2!1.0rc1", "a[z,y]==1", "python-x==2024.1.2"),
    "a @ https://example.org/a-1.zip",
    "a @ https://example.org/a-1.zip#subdirectory=a.b",
    f"a @ git+ssh://git@example.org/a.git@{COMMIT}",
    f"a @ git+https://example.org/a.git@{COMMIT}#subdirectory=a/b",
)
MARKERS = (
    "",
    'sys_platform == "win32"',
    'python_version < "3.11" or sys_platform == "win32" and python_full_version != "3.12.1"',
    '(sys_platform == "win32" or os_name == "nt") and (python_version >= "3.10" or implementation_name != "cpython")',
    'platform_machine in "x86_64, amd64" and "generic" not in platform_version',
    'sys_platform == "it\'s" and platform_release >= "5"',
)


def _plan(folder: Path, planned: Sequence[Pin], in_text: Sequence[Pin]) -> Plan:
    """A plan with the pins ``planned``, and with a lock project that has the pins ``in_text``."""
    made = plan(load(write_project(folder / "project")), Options())
    lock_project = make_lock_project(made.release, made.project, in_text, [X], "made for a test")
    return replace(made, pins=tuple(planned), graph=replace(made.graph, extras=(X,)), lock_project=lock_project)


@pytest.mark.parametrize("extra", [None, X])
@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_same_as_poetry(tmp_path: Path, requirement: str, extra: str | None) -> None:
    """For every form of a pin and of a marker, the wheel is that of plain `poetry build`, byte for byte."""
    pins = [Pin(requirement, parse_marker(text), X if extra else None) for text in MARKERS]
    pins += [
        Pin(requirement, pins[2].marker.intersect(pins[3].marker)),
        Pin("b==1", pins[1].marker.union(pins[3].marker)),
    ]
    planned = _plan(tmp_path, pins, pins)
    write_files(planned.lock_project, tmp_path / "plain")
    logger = logging.getLogger("poetry.core")
    logger.setLevel(logging.INFO)

    wheel = build_lock_wheel(planned, tmp_path)

    assert wheel.read_bytes() == WheelBuilder(Factory().create_poetry(tmp_path / "plain")).build(None).read_bytes()
    assert logger.level == logging.INFO


@pytest.mark.parametrize(
    ("planned", "in_text", "difference"),
    [
        ([Pin("a==1", ANY)], [], "a==1 is missing"),
        ([Pin("a==1", WINDOWS)], [Pin("a==1", ANY)], "a==1 has another marker"),
        ([Pin("a==1", parse_marker("<empty>"))], [Pin("a==1", ANY)], "a==1 has another marker"),
    ],
)
def test_not_as_planned(tmp_path: Path, planned: list[Pin], in_text: list[Pin], difference: str) -> None:
    """A wheel that requires anything else is an error that names the pin."""
    with pytest.raises(VerificationError) as error:
        build_lock_wheel(_plan(tmp_path, planned, in_text), tmp_path)

    assert difference in error.value.differences
    assert difference in str(error.value)


def test_not_built(tmp_path: Path) -> None:
    """What poetry-core cannot build is one line, without the temporary folder or a secret in it."""
    pins = (Pin("a @ https://user:secret@x.org/a b", ANY),)

    with pytest.raises(VerificationError) as error:
        build_lock_wheel(_plan(tmp_path, pins, pins), tmp_path)

    text = str(error.value)
    assert text.startswith("Internal error, nothing was written: poetry-core cannot build the lock project: ")
    assert "secret" not in text
    assert str(tmp_path) not in text
    assert "\n" not in text


def test_other_release(tmp_path: Path) -> None:
    """A project whose wheel has another version than the pinned one is an error that names both."""
    poetry = load(make_project(tmp_path / "project"))
    planned = plan(poetry, Options(all_wheels=True))

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
        run_backends(plan(poetry, Options(project_wheel=True)), poetry, (), scratch)

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

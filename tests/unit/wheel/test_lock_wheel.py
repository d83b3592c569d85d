"""The wheel: read back before it appears."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.errors import VerificationError
from poetry_plugin_lock_package.project import Project, Release
from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel.lock_project import make_lock_project
from poetry_plugin_lock_package.wheel.lock_wheel import build_wheel
from tests.kit import only_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from poetry_plugin_lock_package.wheel.lock_project import LockProject

X = canonicalize_name("x")
PYTHON = parse_constraint(">=3.9")
WINDOWS = parse_marker('sys_platform == "win32"')
ANY = parse_marker("")


def _project(folder: Path) -> Project:
    return Project(
        folder=folder,
        name="app",
        version="1",
        is_package=True,
        description="",
        extras=(X,),
        requires_python=">=3.9",
    )


def _lock_project(folder: Path, pins: Iterable[Pin]) -> LockProject:
    """A lock project from whose text poetry-core reads ``pins``, whichever pins are planned."""
    lock_project = make_lock_project(Release("app-lock", "1"), _project(folder), pins, [X], "made for a test")
    return replace(lock_project, outline="")


def test_as_planned(tmp_path: Path) -> None:
    """A wheel that requires what was planned appears."""
    pins = (Pin("a==1", WINDOWS), Pin("b==1", ANY, X), Pin("b==2", WINDOWS, X), Pin("b==1", WINDOWS))

    logger = logging.getLogger("poetry.core")
    logger.setLevel(logging.INFO)
    build_wheel(_lock_project(tmp_path, pins), pins, [X], PYTHON, tmp_path)

    assert len(only_wheel(tmp_path / "dist").requirements) == 4
    assert logger.level == logging.INFO


def test_pins_as_they_are(tmp_path: Path) -> None:
    """Pins that poetry-core need not read from a text are in the wheel as well, and each in its extra."""
    pins = (Pin("a==1", WINDOWS), Pin("b[y]==1", ANY, X), Pin("c @ https://example.org/c-1.zip", WINDOWS, X))
    lock_project = make_lock_project(Release("app-lock", "1"), _project(tmp_path), pins, [X], "made for a test")

    build_wheel(lock_project, pins, [X], PYTHON, tmp_path)

    assert "a==1" not in lock_project.outline
    assert only_wheel(tmp_path / "dist").requires == {
        'a==1 ; sys_platform == "win32"',
        'b[y]==1 ; extra == "x"',
        'c @ https://example.org/c-1.zip ; sys_platform == "win32" and extra == "x"',
    }


def test_alternatives(tmp_path: Path) -> None:
    """A pin that is there under several markers holds where one of them does."""
    linux = parse_marker('sys_platform == "linux"')
    planned = (Pin("A==1", WINDOWS), Pin("A==1", linux))
    built = (Pin("a==1", WINDOWS.union(linux)),)

    build_wheel(_lock_project(tmp_path, built), planned, [X], PYTHON, tmp_path)

    assert only_wheel(tmp_path / "dist")


@pytest.mark.parametrize(
    ("planned", "built", "difference"),
    [
        ([Pin("a==1", ANY)], [], "a==1 is missing"),
        ([], [Pin("a==1", ANY)], "a==1 was not planned"),
        ([Pin("a==1", WINDOWS)], [Pin("a==1", ANY)], "a==1 has another marker"),
        ([Pin("a==1", ANY, X)], [Pin("a==1", ANY)], "a==1 has another marker"),
        ([Pin("a==1", ANY)], [Pin("a==2", ANY)], "a==1 is missing"),
        ([Pin("a==1", parse_marker("<empty>"))], [Pin("a==1", ANY)], "a==1 has another marker"),
        ([Pin("a==1", ANY), Pin("a==1", ANY, X)], [Pin("a==1", ANY, X)], "a==1 has another marker"),
    ],
)
def test_not_as_planned(tmp_path: Path, planned: list[Pin], built: list[Pin], difference: str) -> None:
    """A wheel that requires anything else is an error that names the pin."""
    lock_project = _lock_project(tmp_path, built)

    with pytest.raises(VerificationError) as error:
        build_wheel(lock_project, planned, [X], PYTHON, tmp_path)

    assert difference in error.value.differences
    assert difference in str(error.value)


def test_other_extras(tmp_path: Path) -> None:
    """The extras have to be those of the project."""
    with pytest.raises(VerificationError, match="the extras differ by x"):
        build_wheel(_lock_project(tmp_path, ()), (), (), PYTHON, tmp_path)


def test_not_built(tmp_path: Path) -> None:
    """What poetry-core cannot build is one line, without the temporary folder or a secret in it."""
    pins = (Pin("a @ https://user:secret@x.org/a b", ANY),)

    with pytest.raises(VerificationError) as error:
        build_wheel(_lock_project(tmp_path, pins), pins, [X], PYTHON, tmp_path)

    text = str(error.value)
    assert text.startswith("Internal error, nothing was written: poetry-core cannot build the lock project: ")
    assert "secret" not in text
    assert "\n" not in text

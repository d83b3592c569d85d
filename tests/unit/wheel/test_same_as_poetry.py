"""The wheel that is built from the pins as they are is the wheel that poetry-core builds from their text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.project import Project, Release
from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel.lock_project import make_lock_project
from poetry_plugin_lock_package.wheel.lock_wheel import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

X = canonicalize_name("x")
PYTHON = parse_constraint(">=3.9")
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


@pytest.mark.parametrize("extra", [None, X])
@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_same_wheel(tmp_path: Path, requirement: str, extra: str | None) -> None:
    """For every form of a pin and of a marker, the two are the same byte for byte."""
    pins = [Pin(requirement, parse_marker(text), X if extra else None) for text in MARKERS]
    pins += [
        Pin(requirement, pins[2].marker.intersect(pins[3].marker)),
        Pin("b==1", pins[1].marker.union(pins[3].marker)),
    ]
    project = Project(
        folder=tmp_path, name="app", version="1", is_package=True, description="", extras=(X,), requires_python=">=3.9"
    )
    lock_project = make_lock_project(Release("app-lock", "1"), project, pins, [X], "made for a test")
    assert lock_project.outline
    read_from_text = replace(lock_project, outline="")
    (tmp_path / "text").mkdir()

    wheel = build_wheel(lock_project, pins, [X], PYTHON, tmp_path)
    other = build_wheel(read_from_text, pins, [X], PYTHON, tmp_path / "text")

    assert wheel.read_bytes() == other.read_bytes()

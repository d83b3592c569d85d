"""The wheel of the lock package: that of plain `poetry build`, and read back before it appears."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.errors import VerificationError
from poetry_plugin_lock_package.plan import Options, Plan, plan
from poetry_plugin_lock_package.pyproject import make_lock_project, write_files
from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel.build import build_lock_wheel
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

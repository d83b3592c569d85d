"""Axes: how many answers a variable has, and the text of some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.markers.axes import PYTHON as PYTHON_QUESTION
from poetry_plugin_lock_package.markers.axes import (
    Question,
    python_axis,
    question_of,
    value_axis,
    version_axis,
    word_axis,
)
from poetry_plugin_lock_package.markers.operations import atoms

if TYPE_CHECKING:
    from poetry_plugin_lock_package.markers.axes import Axis, Holds
    from poetry_plugin_lock_package.markers.operations import Atom

PYTHON = parse_constraint(">=3.9,<3.13")


def answers_of(axis: Axis, holds: Holds) -> frozenset[int]:
    return frozenset(answer for answer, example in enumerate(axis.examples) if holds(example))


def _atoms(*texts: str) -> list[Atom]:
    return [atom for text in texts for atom in atoms(parse_marker(text))]


def test_python() -> None:
    """Python is cut only where a condition changes within the range; bounds of the range are not repeated."""
    older, newer, outside = conditions = _atoms(
        'python_version < "3.10"', 'python_full_version >= "3.11.2"', 'python_version >= "3.8"'
    )
    axis = python_axis(conditions, PYTHON)

    assert len(axis.examples) == 3
    assert answers_of(axis, older.validate) == {0}
    assert answers_of(axis, newer.validate) == {2}
    assert answers_of(axis, outside.validate) == {0, 1, 2}
    assert axis.text(frozenset({0, 2})) == 'python_version < "3.10" or python_full_version >= "3.11.2"'
    assert axis.text(frozenset({1})) == 'python_version >= "3.10" and python_full_version < "3.11.2"'


def test_range_without_a_release() -> None:
    """A range that has no release still has an answer."""
    assert len(python_axis((), parse_constraint(">3.9.1,<3.9.2")).examples) == 1


def test_values() -> None:
    """A variable that is compared for equality has its values, and any other one."""
    axis = value_axis("sys_platform", {"win32", "linux"})
    (windows, not_linux) = _atoms('sys_platform == "win32"', 'sys_platform != "linux"')

    assert len(axis.examples) == 3
    assert answers_of(axis, windows.validate) == {1}
    assert answers_of(axis, not_linux.validate) == {1, 2}
    assert axis.text(frozenset({0, 1})) == 'sys_platform == "linux" or sys_platform == "win32"'
    assert axis.text(frozenset({1, 2})) == 'sys_platform != "linux"'


def test_versions() -> None:
    """A variable that is compared as a version has a sample for each combination that a version can meet."""
    lower, upper = conditions = _atoms('platform_release >= "5"', 'platform_release >= "6"')
    axis = version_axis("platform_release", conditions)

    assert len(axis.examples) == 3
    assert len(answers_of(axis, lower.validate)) == 2
    assert len(answers_of(axis, upper.validate)) == 1
    assert axis.text(answers_of(axis, lower.validate)) == 'platform_release >= "5"'


def test_bounds_that_are_not_plain() -> None:
    """A version has a sample on each side of a bound that is a pre-release, or has a name behind it."""
    for text in ('platform_release > "5.dev1"', 'platform_release <= "5.10.0-tegra"'):
        (condition,) = conditions = _atoms(text)
        axis = version_axis("platform_release", conditions)

        assert len(axis.examples) == 2
        assert len(answers_of(axis, condition.validate)) == 1


def test_words() -> None:
    """A word is in a variable or not, whatever word it is."""
    for word in ("tegra", "value"):
        (inside, outside) = _atoms(f'"{word}" in platform_release', f'"{word}" not in platform_release')
        axis = word_axis("platform_release", word)

        assert [*answers_of(axis, inside.validate), *answers_of(axis, outside.validate)] == [1, 0]
        assert [axis.text(frozenset({answer})) for answer in (1, 0)] == [str(inside), str(outside)]


def test_questions() -> None:
    """Both spellings of Python's version are one question; each word is one of its own, the shorter one first."""
    conditions = _atoms(
        'python_version < "3"', 'python_full_version < "3"', 'os_name == "nt"', '"ux" in os_name', '"linux" in os_name'
    )

    questions = [question_of(condition) for condition in conditions]

    assert questions == [*[PYTHON_QUESTION] * 2, Question("os_name"), ("os_name", 2, "ux"), ("os_name", 5, "linux")]
    assert questions == sorted(questions)

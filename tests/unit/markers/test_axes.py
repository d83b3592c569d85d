"""Axes: how many answers a variable has, and the text of some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.markers.axes import PythonAxis, SampledAxis, ValueAxis, variable_of
from poetry_plugin_lock_package.markers.operations import atoms

if TYPE_CHECKING:
    from poetry_plugin_lock_package.markers.operations import Atom

PYTHON = parse_constraint(">=3.9,<3.13")


def _atoms(*texts: str) -> list[Atom]:
    return [atom for text in texts for atom in atoms(parse_marker(text))]


def test_python() -> None:
    """Python is cut only where a condition changes within the range; bounds of the range are not repeated."""
    older, newer, outside = conditions = _atoms(
        'python_version < "3.10"', 'python_full_version >= "3.11.2"', 'python_version >= "3.8"'
    )
    axis = PythonAxis(conditions, PYTHON)

    assert axis.size == 3
    assert axis.answers(older) == {0}
    assert axis.answers(newer) == {2}
    assert axis.answers(outside) == {0, 1, 2}
    assert axis.text(frozenset({0, 2})) == 'python_version < "3.10" or python_full_version >= "3.11.2"'
    assert axis.text(frozenset({1})) == 'python_version >= "3.10" and python_full_version < "3.11.2"'


def test_range_without_a_release() -> None:
    """A range that has no release still has an answer."""
    assert PythonAxis((), parse_constraint(">3.9.1,<3.9.2")).size == 1


def test_values() -> None:
    """A variable that is compared for equality has its values, and any other one."""
    axis = ValueAxis("sys_platform", {"win32", "linux"})
    (windows, not_linux) = _atoms('sys_platform == "win32"', 'sys_platform != "linux"')

    assert axis.size == 3
    assert axis.answers(windows) == {1}
    assert axis.answers(not_linux) == {1, 2}
    assert axis.text(frozenset({0, 1})) == 'sys_platform == "linux" or sys_platform == "win32"'
    assert axis.text(frozenset({1, 2})) == 'sys_platform != "linux"'


def test_samples() -> None:
    """A variable that is compared otherwise has a sample for each combination that a value can meet."""
    lower, upper = conditions = _atoms('platform_release >= "5"', 'platform_release >= "6"')
    axis = SampledAxis("platform_release", conditions)

    assert axis.size == 3
    assert len(axis.answers(lower)) == 2
    assert len(axis.answers(upper)) == 1
    assert axis.text(axis.answers(lower)) == 'platform_release >= "5"'


def test_variable() -> None:
    """Both spellings of Python's version are one variable."""
    conditions = _atoms('python_version < "3"', 'python_full_version < "3"', 'os_name == "nt"')

    assert [variable_of(condition) for condition in conditions] == ["python", "python", "os_name"]


def test_examples() -> None:
    """Each answer has an environment as an example, in which exactly the conditions with that answer hold."""
    conditions = _atoms('platform_release >= "5"', 'platform_release >= "6"')
    axes = (
        (PythonAxis(older := _atoms('python_version < "3.10"'), PYTHON), older),
        (ValueAxis("sys_platform", {"win32"}), _atoms('sys_platform == "win32"')),
        (SampledAxis("platform_release", conditions), conditions),
    )
    for axis, atoms_of_axis in axes:
        for answer in range(axis.size):
            example = axis.example(answer)
            for atom in atoms_of_axis:
                assert atom.validate(example) == (answer in axis.answers(atom))

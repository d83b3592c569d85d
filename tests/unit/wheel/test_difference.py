"""What changes between two sets of pins."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint

from poetry_plugin_lock_package.wheel.difference import Change, find_differences_of_pins

A, B = canonicalize_name("a"), canonicalize_name("b")
X = canonicalize_name("x")
COMMIT = "git+https://example.org/a.git@1111111111111111111111111111111111111111"


def changes(old: list[str], new: list[str]) -> list[Change]:
    sets = [frozenset[str](), frozenset({X})]
    return list(find_differences_of_pins(old, new, sets, parse_constraint(">=3.9,<3.13")))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], ["a==1"], [Change("added", A, new="1")]),
        (["a==1"], [], [Change("removed", A, old="1")]),
        (["a==1.9"], ["a==1.10"], [Change("updated", A, "1.9", "1.10")]),
        (["a==1.10"], ["a==1.9"], [Change("downgraded", A, "1.10", "1.9")]),
        (["a==1"], ["b==1"], [Change("removed", A, old="1"), Change("added", B, new="1")]),
        (["a==1"], [f"a @ {COMMIT}"], [Change("source", A, "1", COMMIT)]),
        (
            ["a==1"],
            ['a==1 ; sys_platform == "win32"'],
            [Change("marker", A, None, 'sys_platform == "win32"', "1")],
        ),
        (["a==1"], ['a==1 ; extra == "x"'], [Change("marker", A, None, 'extra == "x"', "1")]),
        (["a==1"], ["a[y]==1"], [Change("extras", A, None, "y", "1")]),
        (["a[y]==1", 'a[z]==1 ; extra == "x"'], ["a[y,z]==1"], [Change("extras", A, "y, z", "y, z", "1")]),
        (["a>=1"], ["a==1"], [Change("updated", A, ">=1", "1")]),
        (["a"], ["a==1"], [Change("updated", A, "any version", "1")]),
    ],
)
def test_change(old: list[str], new: list[str], expected: list[Change]) -> None:
    """Each kind of change is told, with what was there and what comes."""
    assert changes(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["A==1", "b==2"], ["b==2", "a==1"]),
        (['a==1 ; python_version < "3.11"'], ['a (==1) ; python_full_version < "3.11.0"']),
        (['a==1 ; python_version < "3.11"', 'a==1 ; python_version >= "3.11"'], ["a==1"]),
        (['a==1 ; python_version < "3.9"'], []),
        (["a==1", 'a==1 ; extra == "x"'], ["a==1"]),
        (["a[y]==1", "a[z]==1"], ["a[y,z]==1"]),
    ],
)
def test_same(old: list[str], new: list[str]) -> None:
    """Other texts for the same environments are no change, nor is what holds nowhere in the project's range."""
    assert changes(old, new) == []


def test_fork() -> None:
    """Of several versions, those that stay are left alone, and the others are paired in order."""
    old = ['a==1 ; python_version < "3.10"', 'a==2 ; python_version >= "3.10"']

    assert changes(old, [old[0], 'a==3 ; python_version >= "3.10"']) == [Change("updated", A, "2", "3")]
    assert changes(old, ["a==2"]) == [
        Change("marker", A, 'python_version >= "3.10"', None, "2"),
        Change("removed", A, old="1"),
    ]


def test_markers_of_one_version() -> None:
    """The markers of several lines for one version are told together."""
    old = ['a==1 ; sys_platform == "win32"', 'a==1 ; sys_platform == "darwin"']

    assert changes(old, ["a==1"]) == [
        Change("marker", A, 'sys_platform == "darwin" or sys_platform == "win32"', None, "1")
    ]

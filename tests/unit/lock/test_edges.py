"""The edges between locked packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from poetry.core.packages.dependency import Dependency
from poetry.core.packages.package import Package

from poetry_plugin_lock_package.lock.edges import dependencies_by_extras, project_dependency, recorded_dependencies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from poetry_plugin_lock_package.lock.model import Dependency as Edge

MERGED = 'sys_platform == "win32" or extra == "async"'


def make_package(dependency: str, **extras: str) -> Package:
    """A package that has ``dependency``, and each of ``extras`` for one requirement."""
    package = Package("a", "1.0")
    package.add_dependency(Dependency.create_from_pep_508(dependency))
    package.extras = {name: [Dependency.create_from_pep_508(text)] for name, text in extras.items()}  # type: ignore[misc]
    return package


def spell(edges: Iterable[Edge]) -> list[str]:
    return [f"{edge.name}; {edge.marker}" for edge in edges]


def test_marker_that_does_without_the_extra() -> None:
    """An edge that a lock merged from a condition and an extra holds for each of the two."""
    assert spell(recorded_dependencies(make_package(f"b ; {MERGED}"))) == [f"b; {MERGED}"]


def test_marker_that_names_several_extras() -> None:
    """Any of the extras that an edge names is enough, whatever joins them; `!=` says nothing."""
    for marker in ('extra == "x" and extra == "y"', 'extra == "x" or extra == "y"'):
        assert spell(recorded_dependencies(make_package(f"b ; {marker}"))) == ['b; extra == "x" or extra == "y"']
    assert spell(recorded_dependencies(make_package('b ; extra == "x" and extra != "y"'))) == ['b; extra == "x"']


def test_marker_that_names_several_extras_before_2_1() -> None:
    """In older locks, each of the extras leads there."""
    package = make_package('b ; sys_platform == "win32" and extra == "x" and extra == "y"', x="b", y="b")

    assert spell(dependencies_by_extras(package)) == [
        'b; sys_platform == "win32" and extra == "x"',
        'b; sys_platform == "win32" and extra == "y"',
    ]


def test_recorded_extra_that_stands_for_another() -> None:
    """An extra of a package leads to the extras of it that this one stands for, whatever the marker says."""
    package = make_package("b", all='a[async,x] ; sys_platform == "win32"')

    edges = list(recorded_dependencies(package))

    assert spell(edges) == ["b; ", 'a; extra == "all"']
    assert edges[1].extras == {"async", "x"}


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        # As Poetry's solver has it: only with the extra, but everywhere then.
        (MERGED, 'extra == "async"'),
        ('sys_platform == "win32" and extra == "async"', 'sys_platform == "win32" and extra == "async"'),
    ],
)
def test_marker_with_extra_before_2_1(marker: str, expected: str) -> None:
    """In older locks, such an edge holds only with the extra, because Poetry's solver takes it so."""
    assert spell(dependencies_by_extras(make_package(f"b ; {marker}", **{"async": "b"}))) == [f"b; {expected}"]


def test_extra_that_stands_for_another_before_2_1() -> None:
    """The marker is decided by all extras that the extra stands for."""
    package = make_package('b ; sys_platform == "win32" or extra == "async"', **{"async": "b", "all": "a[async]"})

    assert spell(dependencies_by_extras(package)) == ['b; extra == "async"', 'b; extra == "all"']


def test_project_dependency() -> None:
    """An optional dependency of the project holds only with one of its extras, which its marker does not name."""
    optional = Dependency("b", "*", optional=True)
    optional.marker = 'sys_platform == "win32"'
    optional._in_extras = ["more"]  # type: ignore[list-item] # noqa: SLF001 - as poetry-core's Factory does

    assert spell([project_dependency(optional)]) == ['b; sys_platform == "win32" and extra == "more"']
    assert spell([project_dependency(Dependency.create_from_pep_508("b"))]) == ["b; "]

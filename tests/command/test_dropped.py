"""What goes with an ignored package, what stays, and under which marker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit import CLASSIC, built, locked, write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_ignore_knows_what_poetry_adds_to_a_requirement(tmp_path: Path) -> None:
    """What [tool.poetry] adds to a dependency in [project] counts: that is what was locked."""
    pyproject = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["a", "ignored"]

[tool.poetry.dependencies]
a = { markers = "sys_platform == 'win32'" }
"""
    project = write_project(tmp_path, [locked("a"), locked("ignored", requires=["a"])], pyproject)

    assert built(project, "--ignore ignored")[0] == {'a==1.0 ; sys_platform == "win32"'}


def test_narrowed(tmp_path: Path) -> None:
    """A package that is needed on some platforms only, once another is ignored, gets a marker that says so."""
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["shared"]),
            locked("a", requires=['shared ; sys_platform == "win32" and python_version < "3.12"']),
            locked("b", requires=['shared ; sys_platform == "win32" and python_version >= "3.11"']),
            locked("c", requires=['shared ; platform_machine == "arm64"']),
            locked("shared"),
        ],
        CLASSIC + 'ignored = "*"\na = "*"\nb = "*"\nc = "*"\n',
    )

    requires, _ = built(project, "--ignore ignored")

    assert [line for line in requires if line.startswith("shared")] == [
        'shared==1.0 ; platform_machine == "arm64" or sys_platform == "win32"'
    ]

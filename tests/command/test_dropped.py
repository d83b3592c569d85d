"""What goes with an ignored package, what stays, and under which marker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry.core.version.markers import parse_marker

from tests.kit import CLASSIC, built, locked, write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_cycle_and_package_extras(tmp_path: Path) -> None:
    """A cycle that only an ignored package leads to goes; an extra of a package is followed where it is asked for."""
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["ring", "shared[fast]"]),
            locked("ring", requires=["rong"]),
            locked("rong", requires=["ring"]),
            locked("kept", requires=["shared"]),
            locked("shared", requires=["base", 'speedup ; extra == "fast"']),
            locked("speedup"),
            locked("base"),
        ],
        CLASSIC + 'ignored = "*"\nkept = "*"\n',
    )

    assert built(project, "--ignore ignored")[0] == {"kept==1.0", "shared==1.0", "base==1.0"}


def test_ignore_keeps_recorded_markers(tmp_path: Path) -> None:
    """A package whose needs do not change keeps its marker letter for letter; versions of a fork keep apart."""
    marker = 'sys_platform == "win32" and python_version < "3.11" or python_version < "3.11" and os_name == "nt"'
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["kept"]),
            locked("other", requires=["kept", f"same ; {marker}"]),
            locked("kept", "1.0", marker='python_version < "3.10"'),
            locked("kept", "2.0", marker='python_version >= "3.10"'),
            locked("same", marker=marker),
        ],
        CLASSIC + 'ignored = "*"\nother = "*"\n',
    )

    assert built(project, "--ignore ignored")[0] == {
        "other==1.0",
        'kept==1.0 ; python_version < "3.10"',
        'kept==2.0 ; python_version >= "3.10"',
        f"same==1.0 ; {parse_marker(marker)}",
    }


def test_ignore_what_the_lock_does_not_explain(tmp_path: Path) -> None:
    """A package that nothing in the lock leads to, here or on a platform, stays there with what it needs."""
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["shared", 'odd ; sys_platform == "win32"']),
            locked("odd", requires=["shared"]),
            locked("shared"),
        ],
        CLASSIC + 'ignored = "*"\n',
    )

    assert built(project, "--ignore ignored")[0] == {
        'odd==1.0 ; sys_platform != "win32"',
        'shared==1.0 ; sys_platform != "win32"',
    }


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

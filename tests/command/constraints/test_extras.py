"""Extras in the constraints: one line for each pin, or a choice."""

from pathlib import Path

import pytest

from tests.command.constraints.lines import constrained, files
from tests.kit import CLASSIC, locked, poetry, tree, write_project

EXTRAS = """
[tool.poetry.extras]
x = ["a"]
y = ["a"]
z = ["b"]
"""
LINUX, WINDOWS, MACOS = (f'sys_platform == "{name}"' for name in ("linux", "win32", "darwin"))


@pytest.mark.parametrize(
    ("marker", "arguments", "line"),
    [
        ('extra == "x"', "", "a==1.0"),
        ('extra == "x" or extra == "y"', "", "a==1.0"),
        ('extra == "x"', "-E x", "a==1.0"),
        (f'{LINUX} and extra == "x" or {LINUX} and extra == "y"', "", f"a==1.0 ; {LINUX}"),
        # One extra says it for both.
        (f'{LINUX} and extra == "x" or extra == "y"', "", "a==1.0"),
        (f'{LINUX} or extra == "y"', "", "a==1.0"),
        # None does.
        (f'{LINUX} and extra == "x" or {WINDOWS} and extra == "y"', "", f"a==1.0 ; {LINUX} or {WINDOWS}"),
        (f'{LINUX} or {WINDOWS} and extra == "y"', "", f"a==1.0 ; {LINUX} or {WINDOWS}"),
    ],
)
def test_extras(tmp_path: Path, marker: str, arguments: str, line: str) -> None:
    """A pin is one line, whichever extras it is for: constraints know none."""
    project = write_project(
        tmp_path,
        [locked("a", files=files("a"), marker=marker), locked("b", files=files("b"), marker='extra == "z"')],
        CLASSIC + 'a = { version = "*", optional = true }\nb = { version = "*", optional = true }\n' + EXTRAS,
    )

    assert constrained(project, arguments) == {line: {"a"}, "b==1.0": {"b"}}


CHOICE = 'a = { version = "*", optional = true }\nb = { version = "*", optional = true }\n' + EXTRAS


def choice(folder: Path) -> Path:
    """A project whose extras x and z exclude each other: each brings its own release of a package."""
    return write_project(
        folder,
        [
            locked("a", "1.0", files=files("1"), marker='extra == "x" and extra != "z"'),
            locked("a", "2.0", files=files("2"), marker='extra == "z" and extra != "x"'),
            locked("b", "1.0", files=files("b"), marker='extra == "z"'),
        ],
        CLASSIC + CHOICE,
    )


def test_extras_that_exclude_each_other(tmp_path: Path) -> None:
    """One file cannot hold two versions for one environment: an error names them, and nothing appears."""
    project = choice(tmp_path)
    before = tree(project)

    run = poetry(project, "lock-package --build --constraints")

    assert (run.code, run.out) == (1, "Building example-package-lock (0.1.0)\n")
    assert run.err == (
        "Error: --constraints can hold only one version of a package, and extras of the project need several:"
        " a at 1.0 (x) and 2.0 (z). Choose extras with --extras, and build a lock package for each choice\n"
    )
    assert tree(project) == before


@pytest.mark.parametrize(("extra", "version"), [("x", "1"), ("z", "2")])
def test_chosen_extra(tmp_path: Path, extra: str, version: str) -> None:
    """With --extras, as the error says, there is one version, and constraints for it."""
    lines = constrained(choice(tmp_path), f"--extras {extra} --no-root")

    assert lines == {f"a=={version}.0": {version}, "b==1.0": {"b"}}

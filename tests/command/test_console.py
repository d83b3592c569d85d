"""Poetry's own options, streams and exit codes: as everywhere in Poetry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit import CLASSIC, Run, locked, only_wheel, poetry, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path

DONE = (
    "Building example-package-lock (0.1.0)\n"
    "  - Pinned 1 package\n"
    "  - Built example_package_lock-0.1.0-py3-none-any.whl\n"
)
WARNING = "Warning: --ignore flask matches no locked package\n"
ERROR = "Error: --ignore '(' is not a valid regular expression: missing ), unterminated subpattern at position 0\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", [locked("cleo")], CLASSIC + 'cleo = "*"\n')


@pytest.mark.parametrize(
    ("arguments", "run"),
    [
        ("--ignore flask", Run(0, DONE, WARNING)),
        ("--ignore flask -n", Run(0, DONE, WARNING)),
        ("--ignore flask --no-ansi", Run(0, DONE, WARNING)),
        ("--ignore flask -q", Run(0, "", "")),
        ("--ignore flask --dry-run -q", Run(0, "", "")),
        ("--ignore (", Run(1, "", ERROR)),
        ("--ignore ( -n --no-ansi", Run(1, "", ERROR)),
        ("--ignore ( -vvv", Run(1, "", ERROR)),
        ("--ignore ( -q", Run(1, "", "")),
        ("--with tests -vvv", Run(1, "", "Error: Group(s) not found: tests (via --with)\n")),
    ],
)
def test_streams(project: Path, arguments: str, run: Run) -> None:
    """What was done is on stdout, warnings and errors are on stderr; an error is one line however verbose."""
    assert poetry(project, f"lock-package --build {arguments}") == run


@pytest.mark.parametrize("arguments", ["--ignore flask -v", "--ignore (", "--with '<error>tests'"])
def test_colours(project: Path, arguments: str) -> None:
    """With --ansi there are colours, which change nothing in the text."""
    plain = poetry(project, f"lock-package --build {arguments}")

    coloured = poetry(project, f"lock-package --build {arguments} --ansi")

    assert "\x1b[" in coloured.out + coloured.err
    assert plain == Run(coloured.code, *(re.sub(r"\x1b\[[0-9;]*m", "", text) for text in (coloured.out, coloured.err)))


def test_folders(project: Path, tmp_path: Path) -> None:
    """With -C and -P, and in a folder of the project, the same is built in the same place."""
    inner = project / "src" / "deep"
    inner.mkdir(parents=True)
    poetry(project, "lock-package --build")
    expected = tree(project)

    for folder, arguments in ((inner, ""), (tmp_path, "-P project"), (inner, f"-P '{project}'")):
        only_wheel(project / "dist").path.unlink()
        assert poetry(folder, f"{arguments} lock-package --build") == Run(0, DONE, "")
        assert tree(project) == expected

"""`--strict`: a warning is an error, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import CLASSIC, locked, only_wheel, poetry, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path

WARNING = "Warning: --ignore flask matches no locked package\n"


@pytest.mark.parametrize("arguments", ["--build", "", "--build --dry-run"])
def test_strict(tmp_path: Path, arguments: str) -> None:
    """The warnings are said, the run fails, and nothing has changed."""
    project = write_project(tmp_path, [locked("a")])
    before = tree(project)

    run = poetry(project, f"lock-package --strict --ignore flask {arguments}")

    assert run.code == 1
    assert run.err.endswith(
        WARNING + "Error: Nothing was written, because with --strict the warning above is an error\n"
    )
    assert tree(project) == before


def test_several_warnings(tmp_path: Path) -> None:
    """All of them are said."""
    project = write_project(tmp_path, [locked("a")])

    run = poetry(project, "lock-package --strict --build --ignore flask --ignore jinja")

    assert (
        run.err.splitlines()[-1] == "Error: Nothing was written, because with --strict the 2 warnings above are errors"
    )


def test_without_warnings(tmp_path: Path) -> None:
    """Where there is nothing to warn of, nothing changes."""
    project = write_project(tmp_path, [locked("a")])

    run = poetry(project, "lock-package --strict --build")

    assert (run.code, run.err) == (0, "")
    assert only_wheel(project / "dist")


def test_setting(tmp_path: Path) -> None:
    """It can be set for all runs of a project, and the error says that it was."""
    pyproject = CLASSIC + 'a = "*"\n[tool.poetry-lock-package]\nstrict = true\n'
    project = write_project(tmp_path, [locked("a")], pyproject)

    run = poetry(project, "lock-package --build --ignore flask")

    assert run.code == 1
    assert run.err.endswith(" is an error (pyproject.toml, tool.poetry-lock-package: strict)\n")

"""Options that only a wheel can follow imply `--build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command.constraints.lines import files
from tests.kit import CLASSIC, LOCK_PROJECT, LOCK_WHEEL, locked, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "made"),
    [
        ("--output wheels", {f"wheels/{LOCK_WHEEL}"}),
        ("--constraints", {f"dist/{LOCK_WHEEL}", "dist/example_package_lock-0.1.0-constraints.txt"}),
        ("--dry-run --output wheels", set()),
    ],
)
def test_implied(tmp_path: Path, arguments: str, made: set[str]) -> None:
    """Asking for the folder or the constraints of a wheel is asking for a wheel."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])

    run = poetry(project, f"lock-package --no-root {arguments}")

    assert run.code == 0
    assert {path for path in made if (project / path).is_file()} == made
    assert not (project / LOCK_PROJECT).exists()


def test_settings_imply_nothing(tmp_path: Path) -> None:
    """As settings, they are for the runs that build."""
    pyproject = CLASSIC + '[tool.poetry-lock-package]\noutput = "wheels"\ninclude-root = true\n'
    project = write_project(tmp_path, [], pyproject)

    assert poetry(project, "lock-package").code == 0
    assert (project / LOCK_PROJECT).is_dir()
    assert not (project / "wheels").exists()

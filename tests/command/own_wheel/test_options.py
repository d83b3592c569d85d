"""Options and projects that the project's own wheel does not go with."""

from pathlib import Path

import pytest

from tests.command.own_wheel.project import PYPROJECT, make_project
from tests.kit import poetry, tree


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            "--include-root --no-root",
            "--no-root cannot be used with --include-root, which builds the wheel of the project. Choose one of them",
        ),
        (
            "--build --as-extra locked --no-root",
            "--no-root cannot be used with --as-extra, which builds the wheel of the project. Choose one of them",
        ),
        (
            "--build --include-root --as-extra x",
            "--as-extra cannot be used with --include-root. Choose one of them",
        ),
        (
            "--build --from-wheel x.whl",
            "--from-wheel needs to know how the pins go into the wheel. Add --include-root or --as-extra",
        ),
        (
            "--build --include-root --only dev",
            "--include-root needs the main group, to which the project belongs. Pin that group as well",
        ),
        (
            "--build --as-extra locked --without main",
            "--as-extra needs the main group, to which the project belongs. Pin that group as well",
        ),
        (
            "--build --as-extra plot",
            "--as-extra would make an extra that the project already has: plot. Choose another name",
        ),
        (
            "--build --as-extra 'a b'",
            "--as-extra 'a b' is not a valid name for an extra: use letters, digits, and . _ - between them",
        ),
    ],
)
def test_refused(project: Path, arguments: str, error: str) -> None:
    """Options that contradict each other, or the project, are one line, and nothing is written."""
    before = tree(project)

    run = poetry(project, f"lock-package {arguments}")

    assert (run.code, run.err) == (1, f"Error: {error}\n")
    assert tree(project) == before


def test_extra_that_the_project_has_for_another(tmp_path: Path) -> None:
    """The extras for the project's extras must not be there either."""
    more = PYPROJECT.replace("[project.scripts]", "locked-plot = []\n\n[project.scripts]")
    project = make_project(tmp_path / "project", more)

    run = poetry(project, "lock-package --build --as-extra Locked")

    assert (run.code, run.err) == (
        1,
        "Error: --as-extra would make an extra that the project already has: locked-plot. Choose another name\n",
    )


@pytest.mark.parametrize("option", ["--include-root", "--as-extra locked"])
def test_non_package_mode(tmp_path: Path, option: str) -> None:
    """In non-package mode there is no wheel of the project."""
    project = make_project(tmp_path / "project", PYPROJECT + "\n[tool.poetry]\npackage-mode = false\n")

    run = poetry(project, f"lock-package --build {option}")

    assert run.code == 1
    assert run.err == (
        f"Error: {option.split(maxsplit=1)[0]} is not possible in non-package mode, in which the project has no wheel\n"
    )

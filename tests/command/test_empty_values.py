"""Options with an empty value, such as that of a pipeline's variable that is not set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package.cli.options import OPTIONS, Kind
from tests.kit import CLASSIC, Run, locked, poetry, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path

WITH_VALUE = [spec for spec in OPTIONS if spec.kind is not Kind.FLAG]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    pyproject = f'{CLASSIC}a = {{ version = "*", optional = true }}\n[tool.poetry.extras]\nx = ["a"]\n'
    return write_project(tmp_path, [locked("a")], pyproject)


@pytest.mark.parametrize("name", [spec.name for spec in WITH_VALUE])
@pytest.mark.parametrize("value", ["''", "' '"])
def test_empty(project: Path, name: str, value: str) -> None:
    """What is meant is not known: one line says which option it is, and nothing is written."""
    before = tree(project)

    run = poetry(project, f"lock-package --build --{name} {value}")

    assert run == Run(1, "", f"Error: --{name} is empty. Give a value, or leave the option out\n")
    assert tree(project) == before


@pytest.mark.parametrize("name", [spec.name for spec in WITH_VALUE if spec.kind is Kind.LIST])
def test_empty_among_others(project: Path, name: str) -> None:
    """One empty value of several is an error as well."""
    run = poetry(project, f"lock-package --build --{name} x --{name}=")

    assert run == Run(1, "", f"Error: --{name} is empty. Give a value, or leave the option out\n")


def test_empty_beside_a_setting(tmp_path: Path) -> None:
    """The settings are not named: the empty value is on the command line."""
    project = write_project(tmp_path, [], f'{CLASSIC}[tool.poetry-lock-package]\nname = "pins"\n')

    run = poetry(project, "lock-package --name ''")

    assert run == Run(1, "", "Error: --name is empty. Give a value, or leave the option out\n")

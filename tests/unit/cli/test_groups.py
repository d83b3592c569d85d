"""The dependency groups that a run is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package.cli.groups import activated_groups
from poetry_plugin_lock_package.cli.values import merge
from poetry_plugin_lock_package.errors import GroupError
from tests.kit import CLASSIC, load, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from poetry.core.packages.project_package import ProjectPackage

PYPROJECT = (
    CLASSIC + '[tool.poetry.group.Dev_Tools.dependencies]\na = "*"\n[tool.poetry.group.docs.dependencies]\nb = "*"\n'
)


@pytest.fixture
def project(tmp_path: Path) -> ProjectPackage:
    return load(write_project(tmp_path, [], PYPROJECT)).package


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ({}, {"main"}),
        ({"with": ["dev.tools"]}, {"main", "dev-tools"}),
        ({"with": ["docs,Dev-Tools"]}, {"main", "docs", "dev-tools"}),
        ({"with": ["docs dev_tools"], "without": ["main"]}, {"docs", "dev-tools"}),
        ({"only": ["docs"], "with": ["dev_tools"]}, {"docs"}),
        ({"all-groups": True}, {"main", "docs", "dev-tools"}),
    ],
)
def test_activated(project: ProjectPackage, given: dict[str, list[str] | bool], groups: set[str]) -> None:
    """Main alone, with others, without some, or others alone, in any spelling."""
    assert activated_groups(project, merge(given, {})) == groups


def test_unknown(project: ProjectPackage) -> None:
    """All unknown groups are named, with the options that ask for them."""
    values = merge({"with": ["x", "y"], "without": ["y"], "only": ["docs"]}, {})

    with pytest.raises(GroupError) as error:
        activated_groups(project, values)

    assert str(error.value) == "Group(s) not found: x (via --with), y (via --with, --without)"
    assert error.value.options == ("with", "without")

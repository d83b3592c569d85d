"""What a run is asked to do: options and settings, merged, the mode, and the dependency groups."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from poetry.core.packages.project_package import ProjectPackage

from poetry_plugin_lock_package.cli.options import Mode
from poetry_plugin_lock_package.cli.request import activated_groups, merge
from poetry_plugin_lock_package.errors import LockPackageError
from tests.kit import CLASSIC, load, write_project

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

    with pytest.raises(LockPackageError) as error:
        activated_groups(project, values)

    assert str(error.value) == "Group(s) not found: x (via --with), y (via --with, --without)"
    assert error.value.options == ("with", "without")


@pytest.mark.parametrize(
    ("given", "settings", "merged"),
    [
        ({"name": "a"}, {"name": "b"}, {"name": "a"}),
        ({"name": None}, {"name": "b"}, {"name": "b"}),
        ({"no-root": True}, {"as-extra": "locked"}, {"no-root": True, "as-extra": None}),
        ({"only": ["docs"]}, {"with": ["dev"], "name": "x"}, {"only": ["docs"], "with": None, "name": "x"}),
        ({"ignore": ["a"]}, {"ignore": ["b"]}, {"ignore": ["b", "a"]}),
        ({}, {}, {"ignore": []}),
    ],
)
def test_merge(given: Mapping[str, Any], settings: Mapping[str, Any], merged: Mapping[str, Any]) -> None:
    """An option wins over its setting, and over those that answer the same question; `--ignore` adds."""
    values = merge(given, settings)

    assert {name: values[name] for name in merged} == merged


@pytest.mark.parametrize(
    ("given", "settings", "mode"),
    [
        ((), (), Mode.WRITE),
        (("build",), (), Mode.BUILD),
        (("build", "diff"), (), Mode.DIFF),
        *(((name,), (), Mode.BUILD) for name in ("output", "constraints", "include-root", "as-extra", "from-wheel")),
        *(((), (name,), Mode.WRITE) for name in ("output", "include-root", "as-extra")),
    ],
)
def test_mode(given: tuple[str, ...], settings: tuple[str, ...], mode: Mode) -> None:
    """Asking for what only a wheel has is asking for a wheel; a setting alone is not."""
    assert merge(dict.fromkeys(given, True), dict.fromkeys(settings, "x")).mode is mode


def test_set_by_settings() -> None:
    """A value comes from the settings if there is one, and nobody gave the option."""
    values = merge({"name": "a"}, {"name": "b", "output": "c", "ignore": ["d"]})

    assert values.set_by_settings(("ignore", "name", "output", "no-root")) == ("output", "ignore")

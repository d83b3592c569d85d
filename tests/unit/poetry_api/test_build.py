"""Projects in other folders, built as Poetry builds them for `poetry install`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from poetry.utils.env import EnvManager

from poetry_plugin_lock_package.poetry_api.build import build_isolated
from tests.kit import load, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """\
[build-system]
requires = ["never-published ; python_version < '3'"]
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """\
import sys
from pathlib import Path


def build_wheel(folder, settings=None, metadata=None):
    Path(folder, "odd-1.0-py3-none-any.whl").write_text(sys.prefix)
    return "odd-1.0-py3-none-any.whl"
"""


def test_isolated(tmp_path: Path) -> None:
    """A backend of its own builds in an environment of its own, into the folder that is given."""
    project = load(write_project(tmp_path / "app"))
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (odd / "backend.py").write_text(BACKEND, encoding="utf-8")
    (tmp_path / "made").mkdir()

    made = build_isolated(odd, project, EnvManager.get_system_env(), tmp_path / "made")

    assert made == tmp_path / "made/odd-1.0-py3-none-any.whl"
    assert made.read_text(encoding="utf-8") != sys.prefix
    assert [name for name in tree(odd) if "__pycache__" not in name] == ["backend.py", "pyproject.toml"]

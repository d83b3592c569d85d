"""Projects in other folders than that in which the command runs, and how they are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry.core.pyproject.toml import PyProjectTOML
from poetry.factory import Factory
from poetry.utils.isolated_build import isolated_builder

if TYPE_CHECKING:
    from pathlib import Path

    from poetry.poetry import Poetry
    from poetry.utils.env import Env


def load_path_project(folder: Path) -> Poetry | None:
    """The Poetry project in ``folder``, or None if what is there belongs to another tool.

    It belongs to Poetry if it has the table [tool.poetry], or Poetry's build backend. Raises whatever Poetry's
    readers raise.
    """
    file = folder / "pyproject.toml"
    # Poetry would look for one in the parents of the folder.
    data = PyProjectTOML(file).data if file.is_file() else {}
    backend = str(data.get("build-system", {}).get("build-backend", ""))
    if "poetry" not in data.get("tool", {}) and not backend.startswith("poetry."):
        return None
    return Factory().create_poetry(folder)


def build_isolated(folder: Path, poetry: Poetry, environment: Env, target: Path) -> Path:
    """Build the wheel of the project in ``folder`` into ``target`` by PEP 517, as ``poetry install`` would.

    What its build backend needs comes from the sources of the project ``poetry``, for the Python of
    ``environment``. Raises whatever Poetry and build backends raise.
    """
    with isolated_builder(
        source=folder, distribution="wheel", python_executable=environment.python, pool=poetry.pool
    ) as builder:
        return target / builder.build("wheel", str(target))

"""Everything of Poetry that wheels of projects are built with.

All of it is private or may change: ``BuildHandler`` and ``BuildOptions`` (what `poetry build` runs), ``EnvManager``,
``ephemeral_environment`` and ``Python.get_preferred_python`` (the Python that it runs with), ``isolated_builder`` (how
`poetry install` builds a folder of another tool), and ``url_to_path``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cleo.io.null_io import NullIO
from poetry.console.commands.build import BuildHandler, BuildOptions
from poetry.core.packages.utils.utils import url_to_path
from poetry.core.pyproject.toml import PyProjectTOML
from poetry.factory import Factory
from poetry.utils.env import EnvManager, ephemeral_environment
from poetry.utils.env.python import Python
from poetry.utils.isolated_build import isolated_builder

if TYPE_CHECKING:
    from collections.abc import Iterator
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


@contextmanager
def build_environment(poetry: Poetry) -> Iterator[Env]:
    """An environment with the Python of ``poetry build``, which would create a permanent one if there is none."""
    environment = EnvManager(poetry).get()
    if not poetry.config.get("virtualenvs.create") or (environment.is_venv() and environment.is_sane()):
        yield environment
        return
    python = Python.get_preferred_python(poetry.config)
    if not poetry.package.python_constraint.allows(python.patch_version):
        python = Python.get_compatible_python(poetry)
    with ephemeral_environment(python.executable, flags={"no-pip": True}) as environment:
        yield environment


def build_with_poetry(poetry: Poetry, environment: Env, folder: Path) -> Path:
    """Build the wheel of ``poetry``'s project into the empty ``folder``; raises whatever Poetry and backends raise."""
    options = BuildOptions(clean=False, formats=["wheel"], output=str(folder))
    BuildHandler(poetry, environment, NullIO()).build(options)
    (wheel,) = folder.glob("*.whl")
    return wheel


def build_isolated(source: Path, poetry: Poetry, environment: Env, folder: Path) -> Path:
    """Build the wheel of the project in ``source`` into ``folder`` by PEP 517, as ``poetry install`` would.

    What its build backend needs comes from the sources of the project ``poetry``, for the Python of
    ``environment``. Raises whatever Poetry and build backends raise.
    """
    with isolated_builder(
        source=source, distribution="wheel", python_executable=environment.python, pool=poetry.pool
    ) as builder:
        return folder / builder.build("wheel", str(folder))


def path_of(url: str) -> str:
    """The path of the ``file:`` URL ``url``, with slashes."""
    return url_to_path(url).resolve().as_posix()

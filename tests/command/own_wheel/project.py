"""A project on poetry-core whose own wheel gets the pins."""

from pathlib import Path

from poetry.core.factory import Factory as CoreFactory
from poetry.core.masonry.builders.wheel import WheelBuilder

from tests.kit import locked, write_project

PYPROJECT = """\
[project]
name = "example-package"
version = "0.1.0"
description = "An example, with caf\u00e9"
requires-python = ">=3.9,<4"
readme = "README.md"
dependencies = ["pyspark>=3", "pandas>=2"]

[project.optional-dependencies]
plot = ["chart>=3"]

[project.scripts]
example = "example_package:main"

[dependency-groups]
dev = ["pytest"]

[tool.poetry.group.dev.dependencies]
pytest = "*"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
RANGES = {"pyspark>=3", "pandas>=2", 'chart>=3 ; extra == "plot"'}
PINS = {"pyspark==4.0.0", "py4j==0.10.9", "pandas==2.3.1", 'chart==3.1 ; extra == "plot"'}
LOCKED = {
    *(f'{pin} ; extra == "locked"' for pin in ("pyspark==4.0.0", "py4j==0.10.9", "pandas==2.3.1")),
    *(f'{pin} ; extra == "locked-plot"' for pin in ("pyspark==4.0.0", "py4j==0.10.9", "pandas==2.3.1", "chart==3.1")),
}


def make_project(folder: Path, pyproject: str = PYPROJECT) -> Path:
    project = write_project(
        folder,
        [
            locked("pyspark", "4.0.0", requires=["py4j==0.10.9"]),
            locked("py4j", "0.10.9"),
            locked("pandas", "2.3.1"),
            locked("chart", "3.1", marker='extra == "plot"'),
            locked("pytest", "9.0", groups=["dev"]),
        ],
        pyproject,
    )
    (project / "example_package").mkdir()
    (project / "example_package" / "__init__.py").write_text("def main(): ...\n")
    (project / "LICENSE").write_text("A licence.\n")
    (project / "README.md").write_text("# Caf\u00e9\n\nRequires-Dist: no\n", encoding="utf-8")
    return project


def build_plain_wheel(project: Path, folder: Path) -> Path:
    """The wheel that poetry-core makes of ``project``."""
    return WheelBuilder(CoreFactory().create_poetry(project)).build(folder)

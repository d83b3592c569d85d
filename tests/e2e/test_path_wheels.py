"""A repository of several projects: its folder of wheels, installed elsewhere by pip without a network."""

import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.e2e.index import repack, serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.e2e

POETRY = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
APP = (
    POETRY
    + """
[project]
name = "example-app"
version = "0.1.0"
requires-python = ">=3.10,<4"
dynamic = ["dependencies"]

[project.scripts]
example = "example_app:main"

[tool.poetry.dependencies]
Text_Lib = { path = "../text", develop = true }
legacy = { path = "../legacy" }
py4j = "*"

[[tool.poetry.source]]
name = "test"
url = "INDEX"
priority = "primary"
"""
)
TEXT = (
    POETRY
    + """
[project]
name = "text-lib"
version = "0.2.0"
requires-python = ">=3.10,<4"
dynamic = ["dependencies"]

[tool.poetry.dependencies]
core-lib = { path = "../core", develop = true }
"""
)
CORE = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "core_lib"
version = "1.2.0"
"""
LEGACY = 'from setuptools import setup\n\nsetup(name="legacy", version="3.0", py_modules=["legacy"])\n'
INSTALLED = {
    "core_lib": "1.2.0",
    "example-app": "0.1.0",
    "example-app-lock": "0.1.0",
    "legacy": "3.0",
    "py4j": "0.10.9",
    "text-lib": "0.2.0",
}
FILES = {
    "repository/app/pyproject.toml": APP,
    "repository/app/example_app/__init__.py": "import text_lib\n\n\ndef main():\n    print(text_lib.TEXT)\n",
    "repository/text/pyproject.toml": TEXT,
    "repository/text/text_lib/__init__.py": "import core_lib\n\nTEXT = core_lib.WORD.upper()\n",
    "repository/core/pyproject.toml": CORE,
    "repository/core/core_lib/__init__.py": 'WORD = "hello"\n',
    "repository/legacy/setup.py": LEGACY,
    "repository/legacy/legacy.py": "",
}


@pytest.fixture(scope="module")
def build_index(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an index that has setuptools as well."""
    folder = shutil.copytree(packages, tmp_path_factory.mktemp("build") / "packages")
    repack(folder, distribution("setuptools"))
    with serve_index(folder) as url:
        yield url


@pytest.fixture(scope="module")
def repository(programs: Programs, build_index: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an application that needs libraries on poetry-core and setuptools; locked."""
    folder = tmp_path_factory.mktemp("origin")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("INDEX", build_index), encoding="utf-8")
    programs.poetry(folder / "repository/app", "lock")
    return folder / "repository"


@pytest.fixture(scope="module")
def carried(programs: Programs, repository: Path, packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What --all-wheels has made, with what is pinned from the index, on a machine without the repository."""
    clone = shutil.copytree(repository, tmp_path_factory.mktemp("clone") / "repository")
    programs.poetry(clone / "app", "lock-package", "--all-wheels", "--constraints")
    folder = tmp_path_factory.mktemp("machine") / "carried"
    shutil.copytree(clone / "app/dist", folder)
    shutil.copy(packages / "py4j-0.10.9-py3-none-any.whl", folder)
    # Whatever leads back to it finds nothing there.
    shutil.rmtree(clone)
    return folder


def test_hashes(programs: Programs, carried: Path, tmp_path: Path) -> None:
    """With the constraints, pip installs all from the folder alone, and it runs; a file with other bytes is refused."""
    (constraints,) = carried.glob("*-constraints.txt")
    arguments = ("install", "--no-index", "--require-hashes", "--requirement", constraints, "--find-links")
    venv = programs.make_venv(tmp_path / "venv")

    programs.pip(venv, *arguments, carried)

    programs.pip(venv, "check")
    assert programs.installed(venv) == INSTALLED
    script = "Scripts/example.exe" if sys.platform == "win32" else "bin/example"
    assert programs.check(venv / script).strip() == "HELLO"
    other = shutil.copytree(carried, tmp_path / "other")
    with ZipFile(other / "legacy-3.0-py3-none-any.whl", "a") as archive:
        archive.writestr("more.py", "")
    refused = programs.run(*programs.pip_command(venv), *arguments, other, "--force-reinstall")
    assert refused.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in refused.stderr


def test_nothing_of_the_index_is_shown(programs: Programs, repository: Path, build_index: str, tmp_path: Path) -> None:
    """Not even with -vvv, although build requirements come from an index with a password in its address."""
    clone = shutil.copytree(repository, tmp_path / "repository")
    file = clone / "app/pyproject.toml"
    text = file.read_text(encoding="utf-8")
    assert build_index in text
    file.write_text(text.replace("http://", "http://ada:s3cret@"), encoding="utf-8")
    programs.poetry(clone / "app", "lock")

    run = programs.run(*programs.poetry_command(clone / "app"), "lock-package", "--all-wheels", "-vvv")

    shown = run.stdout + run.stderr
    assert run.returncode == 0, shown
    assert "Built legacy-3.0-py3-none-any.whl" in shown
    assert not {word for word in ("s3cret", build_index.partition("://")[2].strip("/"), str(tmp_path)) if word in shown}

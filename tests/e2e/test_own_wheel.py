"""The project's own wheel with the pins, as pip installs it, compared with what Poetry installs."""

import json
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.e2e.index import repack, serve_index
from tests.e2e.programs import Programs
from tests.e2e.projects import BUILD_SYSTEM, INSTALLED, PEP_621, PLOT, ROOT, installed_by_poetry, write_project
from tests.kit import only_wheel

pytestmark = pytest.mark.e2e

PYPROJECT = f"""{PEP_621}
[project.scripts]
example = "example_package:main"
"""
SETUPTOOLS = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
packages = ["example_package"]
package-data = { example_package = ["data.txt"] }
"""

MAIN = """\
import json
from importlib.metadata import distributions, version
from importlib.resources import files


try:
    from example_package._core import answer
except ImportError:
    answer = None


def main():
    print(json.dumps({
        "version": version("example-package"),
        "data": files("example_package").joinpath("data.txt").read_text(),
        "answer": answer and answer(),
        "installed": {found.name: found.version for found in distributions()},
    }))
"""
SETUP = """\
from setuptools import Extension, setup

setup(ext_modules=[Extension("example_package._core", ["example_package/_core.c"])])
"""
CORE = """\
#include <Python.h>

static PyObject *answer(PyObject *self, PyObject *arguments) { return PyLong_FromLong(42); }

static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_core", NULL, -1, methods};

PyMODINIT_FUNC PyInit__core(void) { return PyModule_Create(&module); }
"""


@pytest.fixture(scope="session")
def build_index(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the index at the time when projects are locked, which has what builds them as well."""
    folder = tmp_path_factory.mktemp("build-packages")
    for wheel in packages.glob("*.whl"):
        (folder / wheel.name).write_bytes(wheel.read_bytes())
    repack(folder, distribution("setuptools"))
    with serve_index(folder) as url:
        yield url


def _make(programs: Programs, folder: Path, index: str, build_system: str = BUILD_SYSTEM) -> Path:
    """A locked project with a script, data, a licence file and, on setuptools, a C extension; and its locked wheel."""
    project = write_project(folder, index, PYPROJECT, build_system)
    (project / "example_package/__init__.py").write_text(MAIN, encoding="utf-8")
    (project / "example_package/data.txt").write_text("data", encoding="utf-8")
    (project / "LICENSE").write_text("A licence.", encoding="utf-8")
    if build_system == SETUPTOOLS:
        (project / "setup.py").write_text(SETUP, encoding="utf-8")
        (project / "example_package/_core.c").write_text(CORE, encoding="utf-8")
    programs.poetry(project, "lock")
    programs.poetry(project, "lock-package", "--build", "--project-wheel")
    return project


@pytest.fixture(scope="session")
def on_poetry_core(programs: Programs, build_index: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project on poetry-core, locked, and its locked wheel."""
    return _make(programs, tmp_path_factory.mktemp("on-poetry-core") / "project", build_index)


@pytest.fixture(scope="session")
def on_setuptools(programs: Programs, build_index: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project on setuptools with a C extension, locked, and its locked wheel."""
    return _make(programs, tmp_path_factory.mktemp("on-setuptools") / "project", build_index, SETUPTOOLS)


@pytest.fixture(params=["on_poetry_core", "on_setuptools"])
def project(request: pytest.FixtureRequest) -> Path:
    """Each of the two projects."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


def _run_script(programs: Programs, script: Path, project: Path) -> dict[str, str]:
    """Run the script of ``project``, look at all else that it says, and return what it finds installed."""
    said = json.loads(programs.check(script))
    installed: dict[str, str] = said.pop("installed")
    assert said == {"version": "0.1.0", "data": "data", "answer": 42 if (project / "setup.py").exists() else None}
    return installed


def _pip_install(
    programs: Programs, index: str, folder: Path, *requirements: str | Path
) -> tuple[Path, dict[str, str]]:
    """A new environment below ``folder`` with ``requirements``, and what is installed in it."""
    venv = programs.make_venv(folder / "pip")
    programs.pip(venv, "install", "--index-url", index, *requirements)
    programs.pip(venv, "check")
    return venv, programs.installed(venv)


def test_pip(programs: Programs, later_index: str, project: Path, tmp_path: Path) -> None:
    """With pip, the one wheel brings the project, its script and the packages that Poetry installs."""
    wheel = only_wheel(project / "dist").path

    venv, installed = _pip_install(programs, later_index, tmp_path, wheel)

    assert installed == installed_by_poetry(programs, project, tmp_path) == INSTALLED | ROOT
    script = venv / ("Scripts/example.exe" if sys.platform == "win32" else "bin/example")
    assert _run_script(programs, script, project) == installed


def test_as_poetry_builds_it(programs: Programs, project: Path) -> None:
    """The one wheel has the files of that which `poetry build` makes, with the same content but for the pins."""
    programs.poetry(project, "build", "--format", "wheel", "--output", "plain")
    plain, locked = only_wheel(project / "plain"), only_wheel(project / "dist")

    assert locked.path.name == plain.path.name
    assert locked.files == plain.files
    assert [name for name in locked.files if name.endswith("LICENSE")]
    with ZipFile(plain.path) as before, ZipFile(locked.path) as after:
        changed = [name for name in plain.files if before.read(name) != after.read(name)]
    assert {name.partition(".dist-info/")[2] for name in changed} == {"METADATA", "RECORD"}


@pytest.mark.parametrize("extras", ["locked", "locked-plot", "locked,locked-plot,plot"])
def test_extra(programs: Programs, later_index: str, on_poetry_core: Path, tmp_path: Path, extras: str) -> None:
    """With the extra, pip installs the locked environment, and with that for an extra of the project its extra too."""
    programs.poetry(on_poetry_core, "lock-package", "--build", "--as-extra", "locked", "--output", tmp_path / "dist")
    requirement = f"example-package[{extras}]"

    _, installed = _pip_install(programs, later_index, tmp_path, "--find-links", tmp_path / "dist", requirement)

    assert installed == INSTALLED | ROOT | (PLOT if "plot" in extras else {})

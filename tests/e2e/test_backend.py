"""The build backend in real frontends, without Poetry in the environment: what is installed is what was locked."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.e2e.index import add_backend, repack, serve_index
from tests.e2e.programs import Programs
from tests.e2e.projects import CLASSIC, INSTALLED, PEP_621, ROOT, copy_project, write_project
from tests.kit import only_wheel

pytestmark = pytest.mark.e2e

BUILD_SYSTEM = """
[project.scripts]
example = "example_package:main"

[build-system]
requires = ["poetry-core>=2", "poetry-plugin-lock-package"]
build-backend = "poetry_plugin_lock_package.backend"
"""
MAIN = """\
import json
from importlib.metadata import distributions


def main():
    print(json.dumps({found.name: found.version for found in distributions()}))
"""
DYNAMIC = 'dynamic = ["dependencies", "optional-dependencies"]\n'
PROJECTS = {
    "classic": CLASSIC + BUILD_SYSTEM.replace("[project.scripts]", "[tool.poetry.scripts]"),
    "static": PEP_621.replace("dependencies = [", f"{DYNAMIC}dependencies = [", 1) + BUILD_SYSTEM,
}


def _with_backend(folder: Path, packages: Path) -> Path:
    """A folder with ``packages``, and with all that the backend and pipx need: Poetry is not among it."""
    shutil.copytree(packages, folder)
    repack(folder, distribution("pip"))
    add_backend(folder)
    return folder


@pytest.fixture(scope="module")
def locking_index(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the index at the time when projects are locked."""
    with serve_index(_with_backend(tmp_path_factory.mktemp("now") / "packages", packages)) as url:
        yield url


@pytest.fixture(scope="module")
def building_index(later_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the index later on, with new releases that all projects allow."""
    with serve_index(_with_backend(tmp_path_factory.mktemp("later") / "packages", later_packages)) as url:
        yield url


@pytest.fixture(scope="module")
def locked_projects(
    programs: Programs, locking_index: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Both projects, locked, each in a git repository."""
    projects = {}
    for name, pyproject in PROJECTS.items():
        project = write_project(tmp_path_factory.mktemp(name) / "project", locking_index, pyproject, "")
        (project / "example_package/__init__.py").write_text(MAIN, encoding="utf-8")
        programs.poetry(project, "lock")
        programs.check("git", "init", "--quiet", project)
        git = ("git", "-C", project, "-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org")
        programs.check(*git, "add", ".")
        programs.check(*git, "commit", "--quiet", "--message", "All")
        projects[name] = project
    return projects


class Frontends:
    """Ways to install a project, each into a new environment below ``folder``."""

    def __init__(self, programs: Programs, index: str, folder: Path) -> None:
        self.programs = programs.with_variables(
            PIP_INDEX_URL=index, UV_DEFAULT_INDEX=index, UV_NO_CACHE="1", UV_PYTHON=sys.executable
        )
        self.folder = folder
        self.venv = programs.make_venv(folder / "venv")

    def pip(self, *arguments: str | Path) -> None:
        self.programs.pip(self.venv, "install", *arguments)

    def uv(self, *arguments: str | Path) -> None:
        self.programs.check(sys.executable, "-m", "uv", "pip", "install", "--python", self.venv, *arguments)

    def build(self, project: Path, *arguments: str) -> Path:
        """The folder that `python -m build` fills."""
        self.programs.check(sys.executable, "-m", "build", "--outdir", self.folder / "dist", *arguments, project)
        return self.folder / "dist"

    def uv_build(self, project: Path, *arguments: str) -> Path:
        """The folder that `uv build` fills."""
        out = self.folder / "dist"
        self.programs.check(sys.executable, "-m", "uv", "build", "--out-dir", out, *arguments, project)
        return out


Install = Callable[[Frontends, Path], None]


def _wheel_in(folder: Path) -> Path:
    (wheel,) = folder.glob("*.whl")
    return wheel


def _sdist_in(folder: Path) -> Path:
    (sdist,) = folder.glob("*.tar.gz")
    return sdist


def _pip_wheel(frontends: Frontends, project: Path) -> None:
    wheels = frontends.folder / "wheels"
    frontends.programs.pip(frontends.venv, "wheel", "--wheel-dir", wheels, project)
    frontends.pip("--no-index", *wheels.iterdir())


WAYS: dict[str, tuple[str, Install]] = {
    "pip install .": ("classic", lambda at, project: at.pip(project)),
    "pip wheel .": ("static", _pip_wheel),
    "pip install git+": ("classic", lambda at, project: at.pip(f"git+{project.as_uri()}")),
    "pip install sdist": ("static", lambda at, project: at.pip(_sdist_in(at.build(project, "--sdist")))),
    "python -m build": ("classic", lambda at, project: at.pip(_wheel_in(at.build(project)))),
    "uv pip install .": ("static", lambda at, project: at.uv(project)),
    "uv pip install git+": ("classic", lambda at, project: at.uv(f"git+{project.as_uri()}")),
    "uv build": ("static", lambda at, project: at.uv(_wheel_in(at.uv_build(project)))),
    "uv pip install sdist": ("classic", lambda at, project: at.uv(_sdist_in(at.uv_build(project, "--sdist")))),
}


@pytest.mark.newest
@pytest.mark.parametrize("way", WAYS)
def test_frontend(
    programs: Programs, building_index: str, locked_projects: dict[str, Path], tmp_path: Path, way: str
) -> None:
    """The installed versions are those of the lock, although newer ones are there that the ranges allow."""
    kind, install = WAYS[way]
    frontends = Frontends(programs, building_index, tmp_path)
    git = "git+" in way

    install(frontends, locked_projects[kind] if git else copy_project(locked_projects[kind], tmp_path / "project"))

    assert frontends.programs.installed(frontends.venv) == INSTALLED | ROOT


@pytest.mark.newest
@pytest.mark.skipif(sys.version_info < (3, 11), reason="pipx that the tests take needs Python 3.11")
def test_pipx(programs: Programs, building_index: str, locked_projects: dict[str, Path], tmp_path: Path) -> None:
    """Pipx installs the application with what was locked."""
    at = Frontends(programs, building_index, tmp_path).programs.with_variables(
        PIPX_HOME=tmp_path / "home", PIPX_BIN_DIR=tmp_path / "bin", PIPX_DEFAULT_PYTHON=sys.executable
    )

    at.check(
        sys.executable,
        "-m",
        "pipx",
        "install",
        "--backend",
        "pip",
        copy_project(locked_projects["classic"], tmp_path / "p"),
    )

    script = tmp_path / "bin" / ("example.exe" if os.name == "nt" else "example")
    installed = json.loads(at.check(script))
    assert {name: installed[name] for name in INSTALLED | ROOT} == INSTALLED | ROOT


def test_without_the_pins(
    programs: Programs, building_index: str, locked_projects: dict[str, Path], tmp_path: Path
) -> None:
    """With `lock=off`, the same project takes the newer releases: it is the pins that the other tests see."""
    frontends = Frontends(programs, building_index, tmp_path)

    frontends.pip("--config-settings", "lock=off", copy_project(locked_projects["classic"], tmp_path / "project"))

    assert frontends.programs.installed(frontends.venv)["pyspark"] == "3.5.2"


def test_poetry(programs: Programs, locked_projects: dict[str, Path], tmp_path: Path) -> None:
    """`poetry build` gives the wheel of the command, and `poetry install` leaves the ranges of the project."""
    project = copy_project(locked_projects["classic"], tmp_path / "project")

    programs.poetry(project, "build", "--format", "wheel", "--output", "built")
    programs.poetry(project, "lock-package", "--build", "--project-wheel")
    programs.poetry(project, "build", "--format", "wheel", "--local-version", "x.1", "--output", "local")
    venv = programs.make_venv(project / ".venv")
    programs.poetry(project, "install")

    built, by_command = only_wheel(project / "built").path, only_wheel(project / "dist").path
    assert built.read_bytes() == by_command.read_bytes()
    assert only_wheel(project / "local").path.name == "example_package-0.1.0+x.1-py3-none-any.whl"
    (metadata,) = venv.rglob("example_package-0.1.0.dist-info/METADATA")
    assert "Requires-Dist: pyspark (>=3.5,<4.0)" in metadata.read_text(encoding="utf-8")


@pytest.mark.parametrize("frontend", ["pip", "uv", "build"])
def test_error(
    programs: Programs, building_index: str, locked_projects: dict[str, Path], tmp_path: Path, frontend: str
) -> None:
    """What is wrong is one line of what the frontend shows, without a traceback of ours."""
    project = copy_project(locked_projects["classic"], tmp_path / "project")
    (project / "poetry.lock").unlink()
    frontends = Frontends(programs, building_index, tmp_path)
    python = (sys.executable, "-m")
    command: tuple[str | Path, ...] = {
        "pip": (*programs.pip_command(frontends.venv), "install", project),
        "uv": (*python, "uv", "pip", "install", "--python", frontends.venv, project),
        "build": (*python, "build", "--wheel", project),
    }[frontend]

    run = frontends.programs.run(*command)

    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "Error: poetry.lock does not exist. Run `poetry lock` to create it" in said
    assert "poetry_plugin_lock_package/backend.py" not in said

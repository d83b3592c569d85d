"""Real programs, cut off from the settings of this machine, and the packages that they install."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.e2e.index import make_wheel, serve_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# All that programs need to know about this machine. A list of what to take, because pip,
# Poetry, Python and git have too many variables to name each that could change a result.
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")


@dataclass(frozen=True)
class Programs:
    """The programs of a user, each run in a process of its own in ``environment``.

    ``pip_folder`` is the virtual environment whose pip serves all the others.
    """

    environment: Mapping[str, str]
    pip_folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run ``command`` to its end, however it ends."""
        return subprocess.run(
            command, env=self.environment, capture_output=True, encoding="utf-8", check=False, timeout=120
        )

    def check(self, *command: str | Path) -> str:
        """Run ``command``, which has to succeed; return what it wrote to stdout."""
        run = self.run(*command)
        assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
        return run.stdout

    def with_variables(self, **variables: str | Path) -> Programs:
        """The same programs with more variables in their environment."""
        more = {name: str(value) for name, value in variables.items()}
        return Programs({**self.environment, **more}, self.pip_folder)

    def poetry(self, folder: Path, *arguments: str | Path) -> str:
        """``poetry ARGUMENTS`` in the project ``folder``, which has to succeed."""
        return self.check(*self.poetry_command(folder), *arguments)

    def poetry_command(self, folder: Path) -> tuple[str | Path, ...]:
        """The start of each command line for the Poetry of the Python that runs the tests."""
        return (sys.executable, "-m", "poetry", "--no-ansi", "--no-interaction", "--directory", folder)

    def make_venv(self, folder: Path) -> Path:
        """Make ``folder`` a virtual environment with nothing in it, not even pip, and return it."""
        self.check(sys.executable, "-m", "venv", "--without-pip", folder)
        return folder

    def pip(self, venv: Path, *arguments: str | Path) -> str:
        """``pip ARGUMENTS`` for the virtual environment ``venv``, which has to succeed."""
        return self.check(*self.pip_command(venv), *arguments)

    def pip_command(self, venv: Path) -> tuple[str | Path, ...]:
        """The start of each command line for pip."""
        return (_python(self.pip_folder), "-m", "pip", "--python", venv)

    def installed(self, venv: Path) -> dict[str, str]:
        """The versions of all packages in ``venv``, by name, as pip lists them."""
        listed = json.loads(self.pip(venv, "list", "--format", "json"))
        return {entry["name"]: entry["version"] for entry in listed}


def _python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """Poetry, pip, venv and git, which know nothing of this machine's settings."""
    home = tmp_path_factory.mktemp("home")
    environment = {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "HOME": str(home),
        "USERPROFILE": str(home),
        **{f"POETRY_{name.upper()}_DIR": str(home / name) for name in ("cache", "config", "data")},
        "POETRY_KEYRING_ENABLED": "false",
        # The client in Poetry does not know how to clone from files on a plain web server.
        "POETRY_SYSTEM_GIT_CLIENT": "true",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        # Not whatever Python comes first in PATH.
        "POETRY_VIRTUALENVS_USE_POETRY_PYTHON": "true",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    pip_folder = home / "pip"
    programs = Programs(environment, pip_folder)
    # pip comes from Python itself, so the Python that runs the tests need not have one.
    programs.check(sys.executable, "-m", "venv", pip_folder)
    return programs


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheels of the index at the time when projects are locked."""
    folder = tmp_path_factory.mktemp("packages")
    make_wheel(folder, "pyspark", "3.5.1", ["py4j==0.10.9"])
    make_wheel(folder, "py4j", "0.10.9")
    # Another dependency on each kind of platform.
    make_wheel(
        folder,
        "console",
        "1.2",
        ['console-win>=1 ; sys_platform == "win32"', 'console-posix>=1 ; sys_platform != "win32"'],
    )
    make_wheel(folder, "console-win", "1.0")
    make_wheel(folder, "console-posix", "1.1")
    make_wheel(folder, "server", "4.0", extras={"tls": ["certs>=2"]})
    make_wheel(folder, "certs", "2.5")
    # For an extra of the project.
    make_wheel(folder, "chart", "3.1", ["canvas"])
    make_wheel(folder, "canvas", "0.4")
    # A fork: no version is for every Python.
    make_wheel(folder, "forked", "1.0", requires_python="<3.11")
    make_wheel(folder, "forked", "2.0", requires_python=">=3.11")
    # A cycle.
    make_wheel(folder, "left", "1.0", ["right>=1"])
    make_wheel(folder, "right", "1.0", ["left>=1"])
    make_wheel(folder, "tensor", "2.0")
    make_wheel(folder, "tensor", "2.0+cpu")
    make_wheel(folder, "early", "2.0rc1")
    make_wheel(folder, "Dotted.Name", "1.0")
    make_wheel(folder, "Dotted.Name", "1.1", requires_python=">=4")
    return folder


@pytest.fixture(scope="session")
def index(packages: Path) -> Iterator[str]:
    """The URL of the index at the time when projects are locked."""
    with serve_index(packages) as url:
        yield url


@pytest.fixture(scope="session")
def later_index(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the index later on, with new releases that all projects allow, so that a pin that is missing shows."""
    folder = tmp_path_factory.mktemp("later-packages")
    for wheel in packages.glob("*.whl"):
        (folder / wheel.name).write_bytes(wheel.read_bytes())
    make_wheel(folder, "pyspark", "3.5.2", ["py4j>=0.10.9"])
    make_wheel(folder, "console", "1.3", ["console-win", "console-posix"])
    for name in ("console-win", "console-posix", "certs", "canvas", "right", "Dotted.Name"):
        make_wheel(folder, name, "9.0")
    make_wheel(folder, "left", "9.0", ["right"])
    make_wheel(folder, "server", "4.9", extras={"tls": ["certs"]})
    make_wheel(folder, "chart", "3.9", ["canvas"])
    make_wheel(folder, "forked", "1.9", requires_python="<3.11")
    make_wheel(folder, "forked", "2.9", requires_python=">=3.11")
    make_wheel(folder, "tensor", "2.0+cpu.2")
    make_wheel(folder, "early", "2.0")
    with serve_index(folder) as url:
        yield url

"""Real programs, cut off from the settings of this machine, and the packages and projects that they install."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.index import make_wheel, serve_index
from tests.e2e.programs import Programs, unpack_pip
from tests.e2e.projects import CLASSIC, NON_PACKAGE, PEP_621, lock_and_build, write_project

# All that programs need to know about this machine. A list of what to take, because pip,
# Poetry, Python and git have too many variables to name each that could change a result.
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")


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
    return Programs(environment, unpack_pip(home / "pip"))


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
def later_packages(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of the index later on: new releases that all projects allow show a pin that is missing."""
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
    return folder


@pytest.fixture(scope="session")
def later_index(later_packages: Path) -> Iterator[str]:
    """The URL of the index later on."""
    with serve_index(later_packages) as url:
        yield url


@pytest.fixture(scope="session")
def classic(programs: Programs, index: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in ``[tool.poetry]`` alone, locked and built."""
    return lock_and_build(programs, write_project(tmp_path_factory.mktemp("classic") / "project", index, CLASSIC))


@pytest.fixture(scope="session")
def pep_621(programs: Programs, index: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in ``[project]`` alone, locked and built."""
    return lock_and_build(programs, write_project(tmp_path_factory.mktemp("pep-621") / "project", index, PEP_621))


@pytest.fixture(scope="session")
def non_package(programs: Programs, index: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in non-package mode, locked, and its lock package built."""
    return lock_and_build(programs, write_project(tmp_path_factory.mktemp("non") / "project", index, NON_PACKAGE))

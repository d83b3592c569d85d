"""examples/tools."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, LOCKED, WITH_LOCK, Shell, copy_example, make_shell
from tests.e2e.index import serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

PIPX, PIPX_UPGRADE, PIPX_BEFORE, UV, UV_UPGRADE, NOT_INSTALLED, ONE_WHEEL = read_console(
    EXAMPLES / "tools" / "README.md"
)

PIPX_PYTHON = "~/.local/share/pipx/venvs/example-package-lock/bin/python"
UV_PYTHON = "~/.local/share/uv/tools/example-package/bin/python"
UPGRADED = {**LOCKED, "example-package": "0.2.0", "example-package-lock": "0.2.0"}


@pytest.fixture
def released(later_stock: Path, tmp_path: Path) -> Path:
    """The folder with the wheels of the index."""
    return shutil.copytree(later_stock, tmp_path / "released")


@pytest.fixture
def shell(programs: Programs, released: Path, tmp_path: Path) -> Iterator[Shell]:
    """A user of the first release."""
    with serve_index(released) as url:
        shell = make_shell(programs, tmp_path, url)
        copy_example("example-package", shell.folder)
        release(shell, released)
        yield shell


def release(shell: Shell, folder: Path) -> None:
    """Build the project and its lock package, and put both on the index."""
    shell.check("poetry build --clean --format wheel && poetry lock-package --build")
    for wheel in shell.folder.glob("dist/*"):
        shutil.copy(wheel, folder)


def release_next(shell: Shell, folder: Path) -> None:
    """Release 0.2.0 with the same lock."""
    shell.check("poetry version 0.2.0")
    release(shell, folder)


@pytest.mark.parametrize("backend", ["pip", "uv"])
def test_pipx(backend: str, shell: Shell, released: Path) -> None:
    """With pipx, a user installs the application at its locked versions, and upgrades it from lock to lock."""
    shell = replace(shell, environment={**shell.environment, "PIPX_DEFAULT_BACKEND": backend})

    shell.follow(PIPX)

    assert shell.installed(PIPX_PYTHON) == WITH_LOCK

    release_next(shell, released)
    shell.follow(PIPX_UPGRADE)

    assert shell.installed(PIPX_PYTHON) == UPGRADED

    shell.follow(PIPX_BEFORE)


def test_uv(shell: Shell, released: Path) -> None:
    """With uv, a user installs the application at its locked versions, and upgrades it from lock to lock."""
    shell.follow(UV)

    assert shell.installed(UV_PYTHON) == WITH_LOCK

    release_next(shell, released)
    shell.follow(UV_UPGRADE)

    assert shell.installed(UV_PYTHON) == UPGRADED


def test_not_installed(shell: Shell) -> None:
    """With uvx or `pipx run`, the application runs at its locked versions: it does not start with others."""
    shell.follow(NOT_INSTALLED)

    assert "a release that was not locked" in shell.run("uvx example-package").stderr
    assert "No executables are provided" in shell.run("uv tool install example-package-lock").stdout


def test_one_wheel(shell: Shell) -> None:
    """The project's own wheel with the pins in it is a tool at its locked versions, for pipx and for uv."""
    shell.follow(ONE_WHEEL)

    assert shell.installed(UV_PYTHON) == {**LOCKED, "example-package": "0.1.0"}

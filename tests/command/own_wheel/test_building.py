"""How the project's own wheel is built."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.command.own_wheel.project import PYPROJECT, make_project
from tests.kit import poetry, tree


def test_no_temporary_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the project's wheel cannot be built because there is no place for it, that is said in one line."""

    def missing() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("tempfile.gettempdir", missing)

    run = poetry(project, "lock-package --build --include-root")

    assert (run.code, run.err) == (
        1,
        "Error: example-package cannot be built: set TMPDIR to a folder that can be written\n",
    )


def test_build_fails(project: Path) -> None:
    """If the project cannot be built, one line says so and how to see more, and nothing is left."""
    (project / "README.md").unlink()
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 1
    (line,) = run.err.splitlines()
    assert line.startswith("Error: example-package cannot be built: ")
    assert "README.md" in line
    assert line.endswith(". Run `poetry build --format wheel` to see why")
    assert str(project) not in line
    assert tree(project) == before


def test_build_script_fails(project: Path) -> None:
    """A build in an environment of its own fails in the words of the backend, not in Poetry's for another case."""
    (project / "pyproject.toml").write_text(
        PYPROJECT.replace('requires = ["poetry-core"]', "requires = []")
        .replace('"poetry.core.masonry.api"', '"backend"\nbackend-path = ["."]')
        .replace("caf\u00e9", "cafe")
    )
    (project / "backend.py").write_text("def build_wheel(*args): raise SystemExit('<info>no</info>')\n")

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 1
    assert run.err == (
        "Error: example-package cannot be built: Backend subprocess exited when trying to invoke build_wheel."
        " Run `poetry build --format wheel` to see why\n"
    )


@pytest.mark.parametrize("create", ["true", "false"])
def test_no_environment_is_made(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, create: str) -> None:
    """The project's environment is used if there is one, but none is made for a build."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("POETRY_VIRTUALENVS_CREATE", create)
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "environments"))
    monkeypatch.setenv("POETRY_VIRTUALENVS_IN_PROJECT", "true")
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root --output ../dist")

    assert run.code == 0, run.err
    assert tree(project) == before
    assert not (tmp_path / "environments").exists()


def test_no_python_for_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Python that the project supports, it cannot be built, as with `poetry build`."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "environments"))
    # Else Poetry starts every Python of this machine, wherever it is, to ask for its version.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    project = make_project(tmp_path / "project", PYPROJECT.replace(">=3.9,<4", ">=3.99,<4"))

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 1
    assert "example-package cannot be built: Poetry was unable to find a compatible version." in run.err

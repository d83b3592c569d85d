"""How the project's own wheel is built, and where it is put."""

import sys
from pathlib import Path

import pytest

from tests.command.own_wheel.project import PYPROJECT, build_plain_wheel, make_project
from tests.kit import poetry, tree
from tests.wheels import WHEEL, write_wheel


def test_no_temporary_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the project's wheel cannot be built because there is no place for it, that is said in one line."""

    def missing() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("tempfile.gettempdir", missing)

    run = poetry(project, "lock-package --build --project-wheel")

    assert (run.code, run.err) == (
        1,
        "Error: example-package cannot be built: set TMPDIR to a folder that can be written\n",
    )


def test_build_fails(project: Path) -> None:
    """If the project cannot be built, one line says so and how to see more, and nothing is left."""
    (project / "README.md").unlink()
    before = tree(project)

    run = poetry(project, "lock-package --build --project-wheel")

    assert run.code == 1
    (line,) = run.err.splitlines()
    assert line.startswith("Error: example-package cannot be built: ")
    assert "README.md" in line
    assert line.endswith(". Run `poetry build --format wheel` to see why")
    assert str(project) not in line
    assert tree(project) == before


def test_files_outside(project: Path) -> None:
    """If files outside the folder belong to the project, the line says how to build it with another command."""
    (project.parent / "shared").mkdir()
    (project.parent / "shared" / "__init__.py").touch()
    pyproject = project / "pyproject.toml"
    with pyproject.open("a", encoding="utf-8") as file:
        file.write('\n[tool.poetry]\npackages = [{ include = "shared", from = ".." }]\n')

    run = poetry(project, "lock-package --project-wheel")

    assert run.code == 1
    assert run.err == (
        "Error: example-package takes files from outside its folder, so its build backend cannot build it. Build it"
        " with the command that you have for that, such as `poetry build-project`, and give the wheel with"
        " --project-wheel --from-wheel\n"
    )


def test_build_script_fails(project: Path) -> None:
    """A build in an environment of its own fails in the words of the backend, not in Poetry's for another case."""
    (project / "pyproject.toml").write_text(
        PYPROJECT.replace('requires = ["poetry-core"]', "requires = []")
        .replace('"poetry.core.masonry.api"', '"backend"\nbackend-path = ["."]')
        .replace("caf\u00e9", "cafe")
    )
    (project / "backend.py").write_text("def build_wheel(*args): raise SystemExit('<info>no</info>')\n")

    run = poetry(project, "lock-package --build --project-wheel")

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

    run = poetry(project, "lock-package --build --project-wheel --output ../dist")

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

    run = poetry(project, "lock-package --build --project-wheel")

    assert run.code == 1
    assert "example-package cannot be built: Poetry was unable to find a compatible version." in run.err


@pytest.mark.parametrize("what", ["plain", "other pins", "no wheel", "folder"])
def test_other_wheels_stay(project: Path, what: str) -> None:
    """A wheel of the same name with other dependencies, or what is none, is not overwritten."""
    target = project / "dist" / WHEEL
    if what == "plain":
        build_plain_wheel(project, project / "dist")
    elif what == "other pins":
        poetry(project, "lock-package --build --project-wheel --ignore pyspark")
    elif what == "folder":
        target.mkdir(parents=True)
    else:
        target.parent.mkdir()
        target.write_text("mine")
    before = tree(project)

    run = poetry(project, "lock-package --build --project-wheel")

    assert run.code == 1
    assert run.err == (
        f"Error: {WHEEL} is in the output folder already, with other dependencies. Choose another folder with --output,"
        " or another name or version with --name or --set-version\n"
    )
    assert tree(project) == before
    assert poetry(project, "lock-package --build --project-wheel --post 1").code == 0
    assert poetry(project, "lock-package --build --project-wheel --output locked").code == 0
    assert before.items() <= tree(project).items()


def test_all_or_nothing(project: Path, tmp_path: Path) -> None:
    """If one of several wheels would take the place of another, none appears."""
    (tmp_path / "house").mkdir()
    names = ["example_package-0.1.0-py2-none-any.whl", WHEEL]
    for name in names:
        write_wheel(tmp_path / "house" / name)
    build_plain_wheel(project, project / "dist")
    given = " ".join(f"--from-wheel {tmp_path / 'house' / name}" for name in names)

    assert poetry(project, f"lock-package --build --project-wheel {given}").code == 1
    assert [wheel.name for wheel in (project / "dist").iterdir()] == [WHEEL]

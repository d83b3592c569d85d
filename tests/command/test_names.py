"""Names and versions: `--name`, `--set-version`, `--post`, and projects in non-package mode, which may lack both."""

from pathlib import Path

import pytest

from tests.kit import LOCK_PROJECT, locked, only_wheel, poetry, tree, write_project


@pytest.mark.parametrize(
    ("arguments", "wheel"),
    [
        ("--name company-app-locked", "company_app_locked-0.1.0-py3-none-any.whl"),
        ("--set-version 2.0-rc1", "example_package_lock-2.0rc1-py3-none-any.whl"),
        ("--post 7", "example_package_lock-0.1.0.post7-py3-none-any.whl"),
        ("--post 007 --set-version 1!2.0b1+abc --name X_y", "x_y-1!2.0b1.post7+abc-py3-none-any.whl"),
    ],
)
def test_name_and_version(spark: Path, arguments: str, wheel: str) -> None:
    """The lock package may be called otherwise; the project stays pinned at its own version."""
    run = poetry(spark, f"lock-package --build {arguments}")

    assert run.code == 0, run.err
    built = only_wheel(spark / "dist")
    assert built.path.name == wheel
    assert "example-package==0.1.0" in built.requires


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            "--name ../evil",
            "--name '../evil' is not a valid package name: use letters and digits, with . _ - between them",
        ),
        ("--post=-1", "--post takes a number, such as a build number, not '-1'"),
    ],
)
def test_name_and_version_refused(spark: Path, arguments: str, error: str) -> None:
    """A name or version that is none is refused before anything is written."""
    before = tree(spark)

    run = poetry(spark, f"lock-package --build {arguments}")

    assert (run.code, run.err) == (1, f"Error: {error}\n")
    assert tree(spark) == before


@pytest.mark.parametrize("options", ["", "--name Pinned", "--name Pinned --project-wheel"])
def test_name_of_a_pinned_package(tmp_path: Path, options: str) -> None:
    """A lock package that is called as one of its pins could not be told from that."""
    project = write_project(tmp_path, [locked("pinned"), locked("example-package-lock", "3.0")])
    before = tree(project)

    run = poetry(project, f"lock-package --build {options}")

    name = "Pinned" if options else LOCK_PROJECT
    error = f"Error: --name cannot be {name}, which is the name of a pinned package. Choose another\n"
    assert (run.code, run.err) == (1, error)
    assert tree(project) == before


def test_name_of_an_ignored_package(tmp_path: Path) -> None:
    """What is not pinned can lend its name."""
    project = write_project(tmp_path, [locked("pinned")])

    assert poetry(project, "lock-package --build --ignore pinned --name Pinned --no-root").code == 0


def test_non_package_mode_without_name(tmp_path: Path) -> None:
    """A project that needs no name is called as its folder is."""
    pyproject = '[tool.poetry]\npackage-mode = false\nversion = "3.1"\n[tool.poetry.dependencies]\npython = "^3.9"\n'
    project = write_project(tmp_path / "Data_Jobs", [], pyproject)

    assert poetry(project, "lock-package --build").code == 0
    assert only_wheel(project / "dist").path.name == "data_jobs_lock-3.1-py3-none-any.whl"


@pytest.mark.parametrize(
    ("folder", "pyproject", "error"),
    [
        (
            "my jobs",
            "[tool.poetry]\npackage-mode = false\n",
            (
                "The project's name in pyproject.toml is missing, and the name of its folder cannot be used instead:"
                " 'my jobs' is not a valid package name. Give the project another name\n"
            ),
        ),
        (
            "jobs",
            '[tool.poetry]\npackage-mode = false\nname = "jobs_"\nversion = "1"\n',
            "The project's name in pyproject.toml 'jobs_' is not a valid package name. Give the project another name\n",
        ),
    ],
)
def test_non_package_mode_lacks(tmp_path: Path, folder: str, pyproject: str, error: str) -> None:
    """What cannot be made up is asked for."""
    project = write_project(tmp_path / folder, [], pyproject)
    before = tree(project)

    run = poetry(project, "lock-package --build")

    assert (run.code, run.err) == (1, f"Error: {error}")
    assert tree(project) == before


@pytest.mark.parametrize(
    "pyproject",
    [
        '[project]\nname = "example"\ndynamic = ["version"]\n[tool.poetry]\npackage-mode = false\n',
        '[tool.poetry]\nname = "example"\npackage-mode = false\n',
    ],
)
@pytest.mark.parametrize(("arguments", "version"), [("", "0"), ("--set-version 3", "3"), ("--post 2", "0.post2")])
def test_version_that_nothing_sets(tmp_path: Path, pyproject: str, arguments: str, version: str) -> None:
    """A version that is missing, or that only a build backend knows, is Poetry's 0, which is said once."""
    project = write_project(tmp_path, [locked("a")], pyproject)

    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0
    assert run.err.count("so every lock package has version 0. Use --set-version") == (version != "3")
    wheel = only_wheel(project / "dist")
    assert (str(wheel.metadata.version), wheel.requires) == (version, {"a==1.0"})

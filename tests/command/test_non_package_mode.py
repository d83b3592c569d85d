"""Projects in non-package mode, which may lack a name and a version."""

from pathlib import Path

import pytest

from tests.kit import CLASSIC, locked, only_wheel, poetry, tree, write_project


def test_non_package_mode(tmp_path: Path) -> None:
    """In non-package mode the project is not pinned, and the user is told so."""
    pyproject = CLASSIC.replace("[tool.poetry]\n", "[tool.poetry]\npackage-mode = false\n")
    project = write_project(tmp_path, [locked("cleo")], pyproject)

    run = poetry(project, "lock-package --build")

    assert run.err == (
        "Warning: The project is in non-package mode, so it is not pinned itself. Say with --no-root that you know\n"
    )
    assert only_wheel(project / "dist").requires == {"cleo==1.0"}


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
    assert run.err.count("so every lock package has version 0. Set its version with --set-version") == (version != "3")
    wheel = only_wheel(project / "dist")
    assert (str(wheel.metadata.version), wheel.requires) == (version, {"a==1.0"})

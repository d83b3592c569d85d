"""`--name`, `--set-version` and `--post`."""

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
        ("--name nul", "--name 'nul' is the name of a device on Windows, where no file can have it"),
        ("--post=-1", "--post takes a number, such as a build number, not '-1'"),
        (
            "--post 2 --set-version 1.0.post1",
            "--post cannot be added to 1.0.post1. Give the whole version with --set-version",
        ),
    ],
)
def test_name_and_version_refused(spark: Path, arguments: str, error: str) -> None:
    """A name or version that is none is refused before anything is written."""
    before = tree(spark)

    run = poetry(spark, f"lock-package --build {arguments}")

    assert (run.code, run.err) == (1, f"Error: {error}\n")
    assert tree(spark) == before


@pytest.mark.parametrize("options", ["", "--name Pinned", "--name Pinned --include-root"])
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

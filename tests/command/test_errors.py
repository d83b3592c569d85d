"""What stops a run: no project, no lock, or a lock that cannot be used."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from tests.kit import locked, poetry, posix_only, tree, write_project

NUMPY = "poetry.lock cannot be read: the entry of 'numpy' has an error: "


def test_no_project(tmp_path: Path) -> None:
    """Without a pyproject.toml it fails as every Poetry command does."""
    run = poetry(tmp_path, "lock-package --build")

    assert run.code == 1
    assert run.err == (
        "Error: Poetry could not find a pyproject.toml file in this folder or its parents. Run this in a Poetry"
        " project, or name its folder with --project\n"
    )
    assert tree(tmp_path) == {}


def test_what_poetry_refuses(spark: Path) -> None:
    """What Poetry says of its own configuration and version is shown in its words, with the path of the file."""
    (spark / "poetry.toml").write_text("x = [")
    assert poetry(spark, "lock-package").err.startswith(f"Error: Invalid TOML file {spark.as_posix()}/poetry.toml: ")
    (spark / "poetry.toml").unlink()
    pyproject = spark / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("[tool.poetry]\n", '[tool.poetry]\nrequires-poetry = ">=99"\n'))

    run = poetry(spark, "lock-package")

    assert run.code == 1
    assert run.err.startswith("Error: This project requires Poetry >=99, but you are using Poetry ")


DAMAGE: dict[str, Callable[[str], str | None]] = {
    "none": lambda _: None,
    "cut": lambda lock: lock[: len(lock) // 2] + "[",
    "empty": lambda _: "",
    "no metadata": lambda _: "package = []\n",
    "no version": lambda lock: lock.replace("lock-version", "other-version"),
    "future": lambda lock: lock.replace('lock-version = "2.1"', 'lock-version = "3.0"'),
    "stale": lambda lock: re.sub('content-hash = ".', 'content-hash = "x', lock),
    "no groups": lambda lock: lock.replace("groups", "clubs"),
    "wrong type": lambda lock: lock.replace('groups = ["main"]', "groups = 1"),
    "bad marker": lambda lock: lock.replace('groups = ["main"]', 'groups = ["main"]\nmarkers = "this is not one"'),
    "bad version": lambda lock: lock.replace('"2.2.0"', '"seven"'),
}


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("none", "poetry.lock does not exist. Run `poetry lock` to create it"),
        ("cut", r"poetry.lock cannot be read: Unable to read the lock file \(.*\)\. Run `poetry lock` to .*"),
        ("empty", "poetry.lock cannot be read: The lock file does not have a metadata entry. Run `poetry lock` .*"),
        ("no metadata", "poetry.lock cannot be read: The lock file does not have a metadata entry. Run .*"),
        ("no version", "poetry.lock cannot be read: The lock file is not compatible with the current version.*"),
        ("future", "poetry.lock cannot be read: The lock file is not compatible .* Upgrade Poetry .* Run .*"),
        ("stale", "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to .*"),
        ("no groups", f"{NUMPY}it has no 'groups'. Run `poetry lock` to create it again"),
        ("wrong type", f"{NUMPY}'int' object is not iterable. Run `poetry lock` to create it again"),
        ("bad marker", f"{NUMPY}No terminal matches 't' .* Run `poetry lock` to create it again"),
        (
            "bad version",
            "poetry.lock cannot be read: 'numpy' has the invalid version 'seven'. Run `poetry lock` to create it again",
        ),
    ],
)
def test_bad_lock(spark: Path, how: str, error: str) -> None:
    """A lock that is missing or cannot be used is one line that says why and what to run, and nothing is written."""
    lock = spark / "poetry.lock"
    text = DAMAGE[how](lock.read_text())
    if text is None:
        lock.unlink()
    else:
        lock.write_text(text)
    before = tree(spark)

    run = poetry(spark, "lock-package --build")

    assert run.code == 1
    assert re.fullmatch(f"Error: {error}", run.err.removesuffix("\n")), run.err
    assert run.err.count("\n") == 1
    assert run.out == "Building example-package-lock (0.1.0)\n"
    assert tree(spark) == before


NO_FILE = "Error: poetry.lock is not a file. Remove it, and run `poetry lock` to create it again\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", [locked("a")])


@posix_only("Windows has no pipes in folders")
def test_pipe(project: Path) -> None:
    """A pipe is an error at once: nobody may ever write to it."""
    lock = project / "poetry.lock"
    lock.unlink()
    os.mkfifo(lock)
    # It would wait for the first one that reads, and so keeps a run that reads from waiting.
    writer = Thread(target=lambda: os.close(os.open(lock, os.O_WRONLY)))
    writer.start()

    run = poetry(project, "lock-package --build")

    os.close(os.open(lock, os.O_RDONLY | os.O_NONBLOCK))
    writer.join()
    assert (run.code, run.err) == (1, NO_FILE)
    assert not (project / "dist").exists()


@pytest.mark.parametrize(
    "what", ["folder", pytest.param("device", marks=posix_only("Windows has no devices in folders"))]
)
def test_no_file(project: Path, what: str) -> None:
    """A folder is an error, and so is a device: some never end."""
    lock = project / "poetry.lock"
    lock.unlink()
    if what == "folder":
        lock.mkdir()
    else:
        lock.symlink_to("/dev/null")

    run = poetry(project, "lock-package --build")

    assert (run.code, run.err) == (1, NO_FILE)

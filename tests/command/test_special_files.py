"""A poetry.lock that is no file."""

import os
from pathlib import Path
from threading import Thread

import pytest

from tests.kit import locked, poetry, posix_only, write_project

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

"""What is left when a run is killed or interrupted, at each point where it is about to change something on disk."""

import os
import re
import shutil
import signal
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.kit import CLASSIC, locked, poetry, write_project

# Every file of a folder, and every folder in it (None).
Contents = dict[str, bytes | None]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.newest,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="each run is a copy of the process that runs the tests"),
]

# Interrupted here, a run has not been able to do what the event is about.
_CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.chmod", "os.truncate"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project", [locked("cleo", "2.1.0"), locked("tomlkit")], CLASSIC + 'cleo = "*"\ntomlkit = "*"\n'
    )


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, with nothing in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _contents(folder: Path) -> Contents:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def _runs_until(point: int, number: int, project: Path, arguments: str) -> tuple[bool, int]:
    """Run the command in a process that gets the signal ``number`` at the ``point``-th change.

    Whether it came that far, and the exit code (that of a signal is negative).
    """
    read, write = os.pipe()
    process = os.fork()
    if not process:
        _run(point, number, project, arguments, write)
    os.close(write)
    _, status = os.waitpid(process, 0)
    reached = os.read(read, 1) == b"!"
    os.close(read)
    return reached, os.waitstatus_to_exitcode(status)


def _run(point: int, number: int, project: Path, arguments: str, write: int) -> NoReturn:
    changes = count(1)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        is_change = event in _CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & _WRITING)
        if is_change and next(changes) == point:
            os.write(write, b"!")
            os.kill(os.getpid(), number)

    code = 70
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        sys.addaudithook(hook)
        code = poetry(project, f"lock-package {arguments}").code
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else code
    finally:
        os._exit(code)


SITUATIONS = {
    "a new wheel": (None, "--build"),
    "a new wheel in a new folder": (None, "--build --output a/b"),
    "another wheel": ("--build --no-root", "--build"),
    "a new lock project": (None, ""),
    "another lock project": ("--no-root", ""),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"])
def test_interrupted(project: Path, temporary: Path, situation: str, name: str) -> None:
    """Whenever a run ends, each file in the project is as it was or as it will be, and there is no other.

    Only SIGKILL can leave the folder in which files are made. After the other signals nothing is left outside the
    project either, and the exit code is that of Poetry's commands (Ctrl-C) or of shells, but for a run that has all in
    place: that is success.
    """
    number = getattr(signal, name)
    earlier, arguments = SITUATIONS[situation]
    if earlier is not None:
        assert poetry(project, f"lock-package {earlier}").code == 0
    before = _contents(project)
    template = shutil.copytree(project, project.parent / "template")
    assert poetry(project, f"lock-package {arguments}").code == 0
    after = _contents(project)
    states = []
    for point in count(1):
        shutil.rmtree(project)
        shutil.copytree(template, project)

        reached, code = _runs_until(point, number, project, arguments)

        left = _contents(project)
        if not reached:
            assert (code, left) == (0, after)
            break
        if number == signal.SIGKILL:
            assert code == -number
        elif left == after:
            assert code == 0
        else:
            assert code == (1 if number == signal.SIGINT else 128 + number)
        if number == signal.SIGKILL:
            left = {path: content for path, content in left.items() if not re.search(r"(^|/)\.lock-package-\w", path)}
        if number == signal.SIGKILL and all(left[path] == before.get(path) for path in left):
            left = before  # but for an output folder with nothing in it
        _check(left, before, after, is_changed=situation == "another lock project")
        states.append(left)
        assert not [*temporary.iterdir()]
    assert before in states
    assert after in states


def _check(left: Contents, before: Contents, after: Contents, *, is_changed: bool) -> None:
    """That ``left`` is one of the two, or (a lock project that ``is_changed``) that each of its files is."""
    if is_changed:
        assert left.keys() == after.keys()
        assert all(content in (before[path], after[path]) for path, content in left.items())
    else:
        assert left in (before, after)

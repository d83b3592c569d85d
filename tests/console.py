"""The commands that documentation shows."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests import kit

Block = list[tuple[str, str]]

EXAMPLE = Path(__file__).parent.parent / "examples" / "example-package"


def read_console(markdown: Path) -> list[Block]:
    """The ```console blocks of ``markdown``: each command in them, and the output that is shown below it."""
    blocks = re.findall(r"```console\n(.*?)```", markdown.read_text(encoding="utf-8"), re.DOTALL)
    return [
        [
            (command, output)
            for command, _, output in (
                shown.partition("\n") for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
            )
        ]
        for block in blocks
    ]


def run_shown(blocks: Iterable[Block], scratch: Path) -> None:
    """Run the commands of ``blocks`` in a copy of the example project, and compare their output with what is shown."""
    project = shutil.copytree(
        EXAMPLE, scratch / EXAMPLE.name, ignore=shutil.ignore_patterns("dist", "*-lock", "__pycache__")
    )
    for command, shown in (pair for block in blocks for pair in block):
        program, _, arguments = command.partition(" ")
        if program == "ls":
            folder = project.joinpath(*shlex.split(arguments))
            assert "".join(f"{path.name}\n" for path in sorted(folder.iterdir())) == shown, command
            continue
        assert program == "poetry"
        arguments, asks_for_code, _ = arguments.partition("; echo $?")
        code, out, error = _run(project, arguments)
        if asks_for_code:
            code, out = 0, f"{out}{code}\n"
        assert (code, out) == (0, shown), (command, error)


def _run(project: Path, arguments: str) -> tuple[int, str, str]:
    if arguments.startswith("lock-package"):
        run = kit.poetry(project, arguments)
        return run.code, run.out, run.err
    # Other commands of Poetry write some of their output as a process does, and would make a virtual environment.
    done = subprocess.run(
        [sys.executable, "-m", "poetry", *shlex.split(arguments)],
        cwd=project,
        env={**os.environ, "POETRY_VIRTUALENVS_CREATE": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr

"""Draw the terminal picture from the real output of real commands.

    python docs/terminal.py [--check]

With ``--check`` nothing is written: the exit code is 1 if the picture is no longer what the commands print.
"""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

PROJECT = Path(__file__).parent.parent / "examples" / "example-package"
PICTURE = Path(__file__).parent / "_static" / "terminal.svg"
COMMANDS = ("poetry lock-package --build -v", "poetry lock-package --build --no-root --ignore click")


def draw() -> str:
    """The picture of a terminal in which COMMANDS have been run."""
    console = Console(record=True, width=88, file=StringIO(), force_terminal=True, color_system="standard")
    with TemporaryDirectory() as folder:
        for number, command in enumerate(COMMANDS):
            ignored = ignore_patterns("dist", "example-package-lock")
            project = copytree(PROJECT, Path(folder, str(number)), ignore=ignored)
            console.print(Text(f"$ {command}", style="bold"))
            program, *arguments = command.split()
            run = subprocess.run(
                [sys.executable, "-m", program, "--ansi", *arguments],
                cwd=project,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=True,
            )
            console.print(Text.from_ansi(run.stdout.strip()))
            console.print()
    # Without trailing spaces and with an identifier of its own, so that the same output is the same file.
    svg = console.export_svg(title="example-package", theme=DIMMED_MONOKAI, unique_id="terminal")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def main() -> int:
    """Write the picture, or compare it."""
    drawn = draw()
    if "--check" not in sys.argv[1:]:
        PICTURE.write_text(drawn, encoding="utf-8")
    elif PICTURE.read_text(encoding="utf-8") != drawn:
        print("docs/_static/terminal.svg is out of date. Run `nox -s picture`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

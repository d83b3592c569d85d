"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console import read_console

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.e2e
def test_shown_output(tmp_path: Path) -> None:
    """The commands of the README print what it says, one after the other in the example project."""
    project = tmp_path / "example-package"
    shutil.copytree(
        ROOT / "examples" / "example-package", project, ignore=shutil.ignore_patterns("dist", "*-lock", "__pycache__")
    )
    shown = [command for block in read_console(ROOT / "README.md") for command in block]
    assert len(shown) == 8
    for command, output in shown:
        program, *arguments = shlex.split(command)
        # The Poetry that has the plugin, not one that happens to be on the path.
        line = [sys.executable, "-m", "poetry", *arguments] if program == "poetry" else [program, *arguments]
        run = subprocess.run(line, cwd=project, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout) == (0, output), (command, run.stderr)


def test_ci_runs_the_newcomers_commands() -> None:
    """The two commands of the first screen are run by CI as they stand there."""
    (block,) = re.findall(r"```shell\n(# Build the lock.*?)```", README, re.DOTALL)
    commands = [line for line in block.splitlines() if not line.startswith("#")]

    assert len(commands) == 2
    assert set(commands) <= set((ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines())


def test_every_option_is_documented() -> None:
    """The table of options has all that the command has."""
    from poetry_plugin_lock_package.console.command import LockPackageCommand  # noqa: PLC0415

    table = README.partition("## Options")[2].partition("\n## ")[0]
    assert all(f"`--{option.name}" in table for option in LockPackageCommand.options)


def test_every_example_is_linked() -> None:
    """The README leads to each example, and each that is not a project alone says how to run it."""
    linked = set(re.findall(r"\(examples/([^/)]+)\)", README))

    assert linked == {folder.name for folder in (ROOT / "examples").iterdir()}
    assert {path.parent.name for path in (ROOT / "examples").glob("*/README.md")} == linked - {"example-package"}

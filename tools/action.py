"""Run ``poetry lock-package`` for action.yml, and write the outputs of its step.

GitHub sets RUNNER_TEMP and GITHUB_OUTPUT, and action.yml ARGS and POETRY_VERSION.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Install Poetry and the plugin, and run them; the exit code of the step."""
    try:
        args = shlex.split(os.environ["ARGS"])
    except ValueError as error:
        sys.exit(f"Error: args cannot be split into words: {error}. Close each quote")
    version = os.environ["POETRY_VERSION"]
    # Each step of a job may ask for another version.
    environment = Path(os.environ["RUNNER_TEMP"], f"poetry-lock-package-{version or 'newest'}")
    venv.create(environment, symlinks=os.name != "nt")
    # The plugin first: it tells pip at once if this Python is too old.
    packages = (f"{ROOT}[plugin,sbom]", f"poetry=={version}" if version else "poetry")
    pip = (sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet")
    installed = subprocess.run([*pip, *packages], check=False)
    if installed.returncode:
        return installed.returncode

    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # Isolated: a module of the project could have the name of one that Poetry imports.
    command = [str(python), "-I", "-m", "poetry", "lock-package", *args]
    is_diff = any(arg.partition("=")[0] == "--diff" for arg in args)
    return find_changes(command) if is_diff else build(command)


def find_changes(command: list[str]) -> int:
    """Run ``command``, whose exit code 2 is a difference and no failure."""
    code = subprocess.run(command, check=False).returncode
    if code in (0, 2):
        write_output("changed", "true" if code else "false")
        return 0
    return code


def build(command: list[str]) -> int:
    """Run ``command``, which may build a wheel. What it says in words goes to the log."""
    run = subprocess.run([*command, "--format", "json"], stdout=subprocess.PIPE, encoding="utf-8", check=False)
    try:
        files: list[str] = json.loads(run.stdout)["files"]
    except ValueError:
        # As with --quiet, or --help.
        sys.stdout.write(run.stdout)
        return run.returncode
    # With slashes on Windows, too: another step may give it to a shell.
    write_output("wheel", next((Path(file).as_posix() for file in files if file.endswith(".whl")), ""))
    return run.returncode


def write_output(name: str, value: str) -> None:
    """Set an output of the step: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"{name}={value}\n")


if __name__ == "__main__":
    sys.exit(main())

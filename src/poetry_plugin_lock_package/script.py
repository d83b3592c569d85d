"""The console script ``poetry-lock-package``: the command, for pipelines that call it by that name."""

from __future__ import annotations

import sys

from cleo.io.inputs.argv_input import ArgvInput
from poetry.console.application import Application


def main() -> int:
    """Run ``poetry lock-package`` with the arguments of this process; return its exit code."""
    return Application().run(ArgvInput(["poetry", "lock-package", *sys.argv[1:]]))

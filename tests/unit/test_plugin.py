"""What Poetry loads at every start."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from poetry.console.application import Application

import poetry_plugin_lock_package
from poetry_plugin_lock_package.plugin import LockPackagePlugin

if TYPE_CHECKING:
    import pytest

# `cleo.io.null_io` is what Poetry's solver is silenced with.
_CONSOLE = {
    "cleo.io.outputs.output",
    "cleo.helpers",
    "cleo.formatters.formatter",
    "cleo.exceptions",
    "cleo.io.inputs.argv_input",
}
SOURCE = Path(poetry_plugin_lock_package.__file__).parent


def test_loading_imports_nothing_else() -> None:
    """A Poetry call that is not ours imports the plugin's own module, and no other of this project."""
    code = """
import sys
from poetry.console.application import main
try:
    main()
finally:
    print(*sorted(name for name in sys.modules if name.startswith("poetry_plugin_lock_package")))
"""
    run = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True)

    assert run.stdout.splitlines()[-1] == "poetry_plugin_lock_package poetry_plugin_lock_package.plugin"


def test_name_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """If another plugin has the command already, Poetry goes on working with that one."""
    application = Application()
    application.command_loader.register_factory("lock-package", lambda: None)  # type: ignore[arg-type, return-value]

    LockPackagePlugin().activate(application)

    assert "another plugin has registered `lock-package` already" in capsys.readouterr().err
    assert application.command_loader._factories["lock-package"]() is None  # noqa: SLF001


def test_imports_run_downwards() -> None:
    """Imports between rooms go down only, and cleo stays in the console."""
    rooms = (
        *("text", "errors", "urls", "lock_file", "poetry_api", "project", "markers", "lock", "selection", "wheel"),
        *("plan", "output", "plan_warnings", "cli", "plugin", "script"),
    )
    modules = {path.relative_to(SOURCE): ast.parse(path.read_text()) for path in SOURCE.rglob("*.py")}
    modules.pop(Path("__init__.py"))
    assert {path.parts[0].removesuffix(".py") for path in modules} == set(rooms)
    for path, tree in modules.items():
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        own = {module.split(".")[1] for module in imported if module.startswith("poetry_plugin_lock_package.")}
        room = path.parts[0].removesuffix(".py")
        assert all(rooms.index(other) <= rooms.index(room) for other in own), path
        assert room in ("cli", "plugin", "script") or not set(imported) & _CONSOLE, path

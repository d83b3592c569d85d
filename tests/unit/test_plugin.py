"""What Poetry loads at every start."""

import subprocess
import sys

import pytest
from poetry.console.application import Application

from poetry_plugin_lock_package.plugin import LockPackagePlugin


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

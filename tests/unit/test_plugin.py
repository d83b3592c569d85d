"""What Poetry loads at every start."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from poetry.console.application import Application

from poetry_plugin_lock_package import plugin
from poetry_plugin_lock_package.plugin import LockPackagePlugin

if TYPE_CHECKING:
    import pytest


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


def test_old_poetry(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A Poetry that is too old is refused in one line, and goes on without the command."""
    monkeypatch.setattr(plugin, "__version__", "2.0.1")
    application = Application()
    application.command_loader._factories.pop("lock-package", None)  # noqa: SLF001

    LockPackagePlugin().activate(application)

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("poetry-plugin-lock-package: needs Poetry 2.1 or later, and this is 2.0.1. Upgrade Poetry")
    assert not application.command_loader.has("lock-package")


def test_name_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """If another plugin has the command already, Poetry goes on working with that one."""
    application = Application()
    application.command_loader.register_factory("lock-package", lambda: None)  # type: ignore[arg-type, return-value]

    LockPackagePlugin().activate(application)

    assert "another plugin has registered `lock-package` already" in capsys.readouterr().err
    assert application.command_loader._factories["lock-package"]() is None  # noqa: SLF001

"""What Poetry loads at every start: it registers the command and imports nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleo.exceptions import CleoLogicError
from packaging.version import Version
from poetry.__version__ import __version__
from poetry.plugins.application_plugin import ApplicationPlugin

if TYPE_CHECKING:
    from poetry.console.application import Application
    from poetry.console.commands.command import Command

_OLDEST = (2, 1)


def _command() -> Command:
    # Imported only when the command runs (or help lists it), so that every
    # other `poetry` call is as fast as it is without this plugin.
    from poetry_plugin_lock_package.cli.command import LockPackageCommand

    return LockPackageCommand()


class LockPackagePlugin(ApplicationPlugin):
    """Adds ``poetry lock-package``."""

    def activate(self, application: Application) -> None:
        """Register the command with ``application``, to be made when it is first asked for."""
        problem = ""
        if Version(__version__).release < _OLDEST:
            problem = f"needs Poetry 2.1 or later, and this is {__version__}. Upgrade Poetry, or remove the plugin"
        else:
            try:
                application.command_loader.register_factory("lock-package", _command)
            except CleoLogicError:
                problem = "another plugin has registered `lock-package` already, so that one is used"
        if problem:
            # An exception here would stop every Poetry command, `poetry self remove` among them.
            application.create_io().write_error_line(f"<warning>poetry-plugin-lock-package: {problem}.</warning>")

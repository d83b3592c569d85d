"""What is written to the console, and to which stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleo.formatters.formatter import Formatter
from cleo.io.outputs.output import Type

from poetry_plugin_lock_package.text import one_line

if TYPE_CHECKING:
    from cleo.io.io import IO

    from poetry_plugin_lock_package.identity import Identity
    from poetry_plugin_lock_package.plan_warnings.model import PlanWarning


@dataclass(frozen=True, slots=True)
class Printer:
    """Writes what is said to ``io``: warnings and errors to stderr, all else to stdout.

    With ``result_only``, stdout is for the result alone, and all else is on stderr.
    """

    io: IO
    result_only: bool = False

    def heading(self, doing: str, identity: Identity) -> None:
        """Say what is being done to the lock package called ``identity``."""
        self._line(f"{doing} <c1>{escape(identity.name)}</c1> (<c2>{escape(identity.version)}</c2>)")

    def step(self, text: str) -> None:
        """Say one thing that was done."""
        self._line(f"  - {escape(text)}")

    def warn(self, warning: PlanWarning) -> None:
        """Say ``warning``."""
        names = f": {', '.join(warning.names)}" if warning.names else ""
        remedy = f". {warning.remedy}" if warning.remedy else ""
        self.io.write_error_line(f"<warning>{escape(warning.problem + names + remedy)}</warning>")

    def fail(self, text: str) -> None:
        """Say the error ``text``."""
        self.io.write_error_line(f"<error>{escape(text)}</error>")

    def result(self, text: str) -> None:
        """Write ``text``, which is the result, as it is."""
        self.io.write(text, type=Type.RAW)

    def _line(self, markup: str) -> None:
        write = self.io.write_error_line if self.result_only else self.io.write_line
        write(markup)


def escape(text: str) -> str:
    """``text`` from outside on one line, and safe from being read as markup: cleo would swallow ``<info>``."""
    return Formatter.escape(one_line(text))

"""What is written to the console, and to which stream."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING

from cleo.formatters.formatter import Formatter
from cleo.io.outputs.output import Type

from poetry_plugin_lock_package.cli.messages import warning_text
from poetry_plugin_lock_package.cli.progress import show_progress
from poetry_plugin_lock_package.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from cleo.io.io import IO
    from cleo.io.outputs.output import Output

    from poetry_plugin_lock_package.plan_warnings.model import PlanWarning
    from poetry_plugin_lock_package.project import Release


@dataclass(frozen=True, slots=True)
class Printer:
    """Writes to ``io``: warnings and errors to stderr, all else to stdout.

    With ``result_only``, stdout is for the result alone, and all else goes to stderr.
    """

    io: IO
    result_only: bool = False

    @property
    def is_verbose(self) -> bool:
        """Whether more is to be said than usual."""
        return self.io.is_verbose()

    def heading(self, doing: str, release: Release) -> None:
        """Say what is being done to the lock package called ``release``."""
        self._line(f"{doing} <c1>{escape(release.name)}</c1> (<c2>{escape(release.version)}</c2>)")

    def step(self, text: str) -> None:
        """Say one thing that was done; what was built is green, as in ``poetry build``."""
        built = text.removeprefix("Built ")
        self._line(f"  - {escape(text)}" if built == text else f"  - Built <success>{escape(built)}</success>")

    def detail(self, text: str, note: str) -> None:
        """Say more about the last step: a ``text``, and a ``note`` on it if there is one."""
        self._line(f"      {escape(text)}" + (f"  <comment># {escape(note)}</comment>" if note else ""))

    def warn(self, warning: PlanWarning) -> None:
        """Say ``warning``."""
        text = warning_text(warning, verbose=self.is_verbose)
        self.io.write_error_line(f"<warning>Warning: {escape(text)}</warning>")

    def fail(self, text: str) -> None:
        """Say the error ``text``."""
        self.io.write_error_line(f"<error>Error: {escape(text)}</error>")

    def result(self, text: str) -> None:
        """Write ``text``, which is the result, as it is: in UTF-8, whatever the encoding of the console is."""
        stream = getattr(self.io.output, "stream", None)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
        self.io.write(text, type=Type.RAW)

    def progress(self, text: str) -> AbstractContextManager[None]:
        """Show ``text`` while the block runs, if that takes long and somebody looks on."""
        return show_progress(self.io, text)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Say what was done: a stream that cannot be written to does not turn that into a failure."""
        with suppress(BrokenPipeError):
            yield

    def result_lines(self, lines: Iterable[str]) -> None:
        """Write ``lines`` with cleo's markup, which are the result."""
        for markup in lines:
            _write_line(self.io.output, markup)

    def _line(self, markup: str) -> None:
        _write_line(self.io.error_output if self.result_only else self.io.output, markup)


def _write_line(output: Output, markup: str) -> None:
    try:
        output.write_line(markup)
    except BrokenPipeError:
        # Nobody reads on. What was asked for is done all the same, and Python has nothing to flush at its end:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        if stream := getattr(output, "stream", None):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def escape(text: str) -> str:
    """``text`` from outside on one line, and safe from being read as markup: cleo would swallow ``<info>``."""
    return Formatter.escape(one_line(text))

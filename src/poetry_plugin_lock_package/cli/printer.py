"""What is written to the console, and to which stream."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from threading import Event, Thread
from typing import TYPE_CHECKING, cast

from cleo.formatters.formatter import Formatter
from cleo.io.outputs.output import Type
from cleo.ui.progress_indicator import ProgressIndicator

from poetry_plugin_lock_package.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cleo.io.io import IO
    from cleo.io.outputs.output import Output
    from cleo.io.outputs.stream_output import StreamOutput

    from poetry_plugin_lock_package.notices import Notice
    from poetry_plugin_lock_package.project import Release

# Seconds until progress is shown, and from one picture to the next.
_DELAY = 1.0
_INTERVAL = 0.1
_CLEAR_LINE = "\r\x1b[2K"


@dataclass(frozen=True, slots=True)
class Printer:
    """Writes warnings, notes and errors to stderr, and all else to stdout."""

    io: IO
    result_only: bool = False
    """Whether stdout is for the result alone, so that all else goes to stderr."""

    @property
    def is_verbose(self) -> bool:
        """Whether to write more than usual."""
        return self.io.is_verbose()

    def heading(self, action: str, release: Release) -> None:
        """Write which ``action`` begins, and for which ``release``."""
        self._line(f"{action} <c1>{escape(release.name)}</c1> (<c2>{escape(release.version)}</c2>)")

    def step(self, text: str) -> None:
        """Write that something was done; what was built is green, as in ``poetry build``."""
        built = text.removeprefix("Built ")
        self._line(f"  - {escape(text)}" if built == text else f"  - Built <success>{escape(built)}</success>")

    def detail(self, text: str, note: str) -> None:
        """Write a detail of the last step, with a ``note`` if there is one."""
        self._line(f"      {escape(text)}" + (f"  <comment># {escape(note)}</comment>" if note else ""))

    def notice(self, notice: Notice) -> None:
        """Write ``notice`` to stderr."""
        style = "info" if notice.is_note else "warning"
        self.io.write_error_line(f"<{style}>{escape(notice.shown(verbose=self.is_verbose))}</{style}>")

    def fail(self, text: str) -> None:
        """Write the error ``text`` to stderr."""
        self.io.write_error_line(f"<error>Error: {escape(text)}</error>")

    def result(self, text: str) -> None:
        """Write ``text``, which is the result, as it is: in UTF-8, whatever the encoding of the console is."""
        stream = getattr(self.io.output, "stream", None)
        if isinstance(stream, TextIOWrapper):
            # Bytes of a path that are no text become an escape, which JSON knows.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        self.io.write(text, type=Type.RAW)

    def result_lines(self, lines: Iterable[str]) -> None:
        """Write ``lines`` with cleo's markup, which are the result."""
        for markup in lines:
            _write_line(self.io.output, markup)

    @contextmanager
    def progress(self, text: str, delay: float = _DELAY) -> Iterator[Callable[[str], None]]:
        """Show ``text`` while the block runs, if the block is slow and stderr is a terminal; clear it afterwards.

        Yields a function that changes the text.
        """
        texts = [text]
        output = self.io.error_output
        stream = getattr(output, "stream", None)
        if not (output.is_decorated() and not output.is_quiet() and stream is not None and stream.isatty()):
            yield texts.append
            return
        ended = Event()
        thread = Thread(target=_show_progress, args=(self.io, texts, delay, ended), daemon=True)
        thread.start()
        try:
            yield texts.append
        finally:
            ended.set()
            thread.join()

    def _line(self, markup: str) -> None:
        _write_line(self.io.error_output if self.result_only else self.io.output, markup)


def _show_progress(io: IO, texts: Sequence[str], delay: float, ended: Event) -> None:
    if ended.wait(delay):
        return
    indicator = ProgressIndicator(io, fmt="{message}... {indicator}", interval=int(_INTERVAL * 1000))
    indicator.start(texts[-1])
    while not ended.wait(_INTERVAL):
        indicator.set_message(texts[-1])
        indicator.advance()
    io.write_error(_CLEAR_LINE)


def _write_line(output: Output, markup: str) -> None:
    try:
        output.write_line(markup)
    except BrokenPipeError:
        # Nobody reads the output any more. Finish the work all the same, and leave Python nothing to flush at its end:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), cast("StreamOutput", output).stream.fileno())


def escape(text: str) -> str:
    """Make ``text`` from outside one line without markup: cleo would swallow ``<info>``."""
    return Formatter.escape(one_line(text))

"""What a long run is at, on a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from cleo.ui.progress_indicator import ProgressIndicator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleo.io.io import IO

# Seconds until something is shown, and from one picture to the next.
_DELAY = 1.0
_INTERVAL = 0.1
_CLEAR_LINE = "\r\x1b[2K"


@contextmanager
def show_progress(io: IO, text: str, delay: float = _DELAY) -> Iterator[None]:
    """Show ``text`` on the terminal while the block runs, from ``delay`` seconds on; nothing of it stays.

    Nothing is shown where stderr is not a terminal, as in the log of a pipeline.
    """
    output = io.error_output
    stream = getattr(output, "stream", None)
    if not (output.is_decorated() and not output.is_quiet() and stream is not None and stream.isatty()):
        yield
        return
    ended = Event()
    thread = Thread(target=_show, args=(io, text, delay, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _show(io: IO, text: str, delay: float, ended: Event) -> None:
    if ended.wait(delay):
        return
    indicator = ProgressIndicator(io, fmt="{message}... {indicator}", interval=int(_INTERVAL * 1000))
    indicator.start(text)
    while not ended.wait(_INTERVAL):
        indicator.advance()
    io.write_error(_CLEAR_LINE)

"""What a long run is at, on a terminal."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from cleo.io.inputs.string_input import StringInput
from cleo.io.io import IO
from cleo.io.outputs.output import Verbosity
from cleo.io.outputs.stream_output import StreamOutput

from poetry_plugin_lock_package.cli.progress import show_progress

if TYPE_CHECKING:
    from typing import TextIO


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def _io(stream: TextIO, *, decorated: bool = True) -> IO:
    output = StreamOutput(stream, decorated=decorated)
    return IO(StringInput(""), output, output)


def _wait_for(stream: StringIO, text: str, times: int = 1) -> None:
    while stream.getvalue().count(text) < times:
        pass


def test_terminal() -> None:
    """While the block runs, the terminal says what it is at; afterwards the line is empty again."""
    stream = _Terminal()

    with show_progress(_io(stream), "Reading", delay=0):
        _wait_for(stream, "Reading")
        # It goes on: the picture changes.
        _wait_for(stream, "\x1b[2K", times=3)

    assert stream.getvalue().endswith("\r\x1b[2K")


def test_short_run() -> None:
    """A run that is over soon says nothing."""
    stream = _Terminal()

    with show_progress(_io(stream), "Reading", delay=3600):
        pass

    assert stream.getvalue() == ""


@pytest.mark.parametrize("how", ["pipe", "no colours", "quiet"])
def test_not_a_terminal(how: str) -> None:
    """In a log, in a pipe and with -q nothing is shown."""
    stream = StringIO() if how == "pipe" else _Terminal()
    io = _io(stream, decorated=how != "no colours")
    if how == "quiet":
        io.set_verbosity(Verbosity.QUIET)

    with show_progress(io, "Reading", delay=0):
        pass

    assert stream.getvalue() == ""


def test_failure() -> None:
    """If the block fails, the line is empty again, and the error goes on."""
    stream = _Terminal()

    def fail() -> None:
        with show_progress(_io(stream), "Reading", delay=0):
            _wait_for(stream, "Reading")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()

    assert stream.getvalue().endswith("\r\x1b[2K")

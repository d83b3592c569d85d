"""What is written to the console."""

from __future__ import annotations

import os
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

import pytest
from cleo.formatters.style import Style
from cleo.io.buffered_io import BufferedIO
from cleo.io.inputs.string_input import StringInput
from cleo.io.io import IO
from cleo.io.outputs.buffered_output import BufferedOutput
from cleo.io.outputs.stream_output import StreamOutput

from poetry_plugin_lock_package.cli.printer import Printer
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning
from poetry_plugin_lock_package.project import Release

if TYPE_CHECKING:
    from cleo.io.outputs.output import Output


def _io(*, decorated: bool = False) -> BufferedIO:
    """One with styles that Poetry adds to those of cleo."""
    io = BufferedIO(decorated=decorated)
    for output in (io.output, io.error_output):
        output.formatter.set_style("success", Style("green"))
        output.formatter.set_style("warning", Style("yellow"))
    return io


def test_streams() -> None:
    """Warnings and errors begin with what they are, and go to stderr; what was done goes to stdout."""
    io = _io()
    printer = Printer(io)

    printer.heading("Building", Release("a", "1.0"))
    printer.step("Built a.whl")
    printer.step("Wrote b")
    printer.detail("c==1.0", "via a")
    printer.detail("d==1.0", "")
    printer.warn(PlanWarning("code", "Something", ("<info>x</info>",)))
    printer.fail("no\nway")

    assert io.fetch_output() == (
        "Building a (1.0)\n  - Built a.whl\n  - Wrote b\n      c==1.0  # via a\n      d==1.0\n"
    )
    assert io.fetch_error() == "Warning: Something: <info>x</info>\nError: no way\n"


def test_result_only() -> None:
    """Where stdout is for the result, all else is on stderr."""
    io = BufferedIO()
    printer = Printer(io, result_only=True)

    printer.step("Wrote b")
    printer.result("<info>text")

    assert (io.fetch_output(), io.fetch_error()) == ("<info>text", "  - Wrote b\n")


def test_what_was_built_is_green() -> None:
    """As in `poetry build`."""
    io = _io(decorated=True)

    Printer(io).step("Built a.whl")

    assert io.fetch_output() == "  - Built \x1b[32ma.whl\x1b[39m\n"


def test_result_is_utf_8() -> None:
    """Whatever the encoding of the console is, the result is in UTF-8: it is a file."""
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="cp1252", newline="\n")
    output: Output = StreamOutput(stream)

    Printer(IO(StringInput(""), output, output)).result("Zażółć\n")

    assert raw.getvalue().decode("utf-8") == "Zażółć\n"


def test_nobody_listens() -> None:
    """A pipe that is closed does not turn what was done into a failure; any other error is one."""
    printer = Printer(BufferedIO())

    with printer.reporting():
        raise BrokenPipeError
    with pytest.raises(ValueError, match="no"), printer.reporting():
        raise ValueError("no")


def test_nobody_reads_on() -> None:
    """Without a file behind the stream, there is nothing to do about a closed pipe."""

    class Closed(BufferedOutput):
        def write_line(self, *_: object, **__: object) -> None:
            raise BrokenPipeError

    output = Closed()

    Printer(IO(StringInput(""), output, output)).step("Wrote b")

    assert output.fetch() == ""


def test_pipe_that_is_closed() -> None:
    """Once nobody reads on, all that is still written goes nowhere, and nothing is left to flush at the end."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:  # noqa: PTH123 - it has no path
        output = StreamOutput(stream)
        Printer(IO(StringInput(""), output, output)).result_lines(["one", "two"])

        stream.write("three")

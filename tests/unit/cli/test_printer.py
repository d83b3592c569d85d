"""What is written to the console."""

from __future__ import annotations

import os
from contextlib import nullcontext
from io import BytesIO, StringIO, TextIOWrapper
from typing import TYPE_CHECKING

import pytest
from cleo.formatters.style import Style
from cleo.io.buffered_io import BufferedIO
from cleo.io.inputs.string_input import StringInput
from cleo.io.io import IO
from cleo.io.outputs.output import Verbosity
from cleo.io.outputs.stream_output import StreamOutput

from poetry_plugin_lock_package.cli.printer import Printer
from poetry_plugin_lock_package.notices import Notice, names_text
from poetry_plugin_lock_package.project import Release

if TYPE_CHECKING:
    from typing import TextIO

    from cleo.io.outputs.output import Output


@pytest.mark.parametrize("colours", [("", ""), ("\x1b[32m", "\x1b[39m")])
def test_streams(colours: tuple[str, str]) -> None:
    """Warnings and errors go to stderr, what was done to stdout; what was built is green, as in `poetry build`."""
    io = BufferedIO()
    io.output.decorated(colours != ("", ""))
    io.output.formatter.set_style("success", Style("green"))
    io.error_output.formatter.set_style("info", Style("blue"))
    for style in ("c1", "c2", "comment"):
        io.output.formatter.set_style(style, Style())
    io.error_output.formatter.set_style("warning", Style("yellow"))
    printer = Printer(io)

    printer.heading("Building", Release("a", "1.0"))
    printer.step("Built a.whl")
    printer.step("Wrote b")
    printer.detail("c==1.0", "via a")
    printer.detail("d==1.0", "")
    printer.notice(Notice("url-query", ("<info>x</info>",)))
    printer.notice(Notice("groups-without-effect"))
    printer.fail("no\nway")

    assert io.fetch_output() == (
        f"Building a (1.0)\n  - Built {'a.whl'.join(colours)}\n  - Wrote b\n      c==1.0  # via a\n      d==1.0\n"
    )
    assert io.fetch_error() == (
        "Note: <info>x</info> is pinned by a URL with a query. Make sure that it holds no secret [url-query]\n"
        "Warning: --with and --without have no effect together with --only [groups-without-effect]\nError: no way\n"
    )


def test_result_only() -> None:
    """Where stdout is for the result, all else is on stderr."""
    io = BufferedIO()
    printer = Printer(io, result_only=True)

    printer.step("Wrote b")
    printer.result("<info>text")

    assert (io.fetch_output(), io.fetch_error()) == ("<info>text", "  - Wrote b\n")


def test_result_is_utf_8() -> None:
    """Whatever the encoding of the console is, the result is in UTF-8: it is a file."""
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="cp1252", newline="\n")
    output: Output = StreamOutput(stream)

    Printer(IO(StringInput(""), output, output)).result("Zażółć\n")

    assert raw.getvalue().decode("utf-8") == "Zażółć\n"


def test_pipe_that_is_closed() -> None:
    """Once nobody reads on, all that is still written goes nowhere, and nothing is left to flush at the end."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:  # noqa: PTH123 - it has no path
        output = StreamOutput(stream)
        Printer(IO(StringInput(""), output, output)).result_lines(["one", "two"])

        stream.write("three")


@pytest.mark.parametrize(
    ("count", "text"), [(1, "n0"), (5, "n0, n1, n2, n3, n4"), (6, "n0, n1, n2, n3, n4 and 1 more"), (0, "")]
)
def test_names(count: int, text: str) -> None:
    """More than five names are cut, unless all are asked for."""
    names = [f"n{number}" for number in range(count)]

    assert names_text(names) == text
    assert names_text(names, verbose=True) == ", ".join(names)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (("{b}",), "{b} comes from the source {c}, which a wheel cannot name. Give its address to the installer"),
        (("a", "b"), "a, b come from the source {c}, which a wheel cannot name. Give its address to the installer"),
    ],
)
def test_notice(names: tuple[str, ...], text: str) -> None:
    """A notice has the names as they are, its problem in words that agree with them, one remedy and its code."""
    assert Notice("private-sources", names, {"index": "{c}"}).shown() == f"Note: {text} [private-sources]"


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def _terminal_io(stream: TextIO, *, decorated: bool = True) -> IO:
    output = StreamOutput(stream, decorated=decorated)
    return IO(StringInput(""), output, output)


def _wait_for(stream: StringIO, text: str, times: int = 1) -> None:
    while stream.getvalue().count(text) < times:
        pass


@pytest.mark.parametrize("fails", [False, True])
def test_terminal(*, fails: bool) -> None:
    """While the block runs, the terminal says what it is at; then the line is empty again, and an error goes on."""
    stream = _Terminal()

    with (
        pytest.raises(ValueError, match="no") if fails else nullcontext(),
        Printer(_terminal_io(stream)).progress("Reading", delay=0),
    ):
        _wait_for(stream, "Reading")
        # It goes on: the picture changes.
        _wait_for(stream, "\x1b[2K", times=3)
        if fails:
            raise ValueError("no")

    assert stream.getvalue().endswith("\r\x1b[2K")


@pytest.mark.parametrize("how", ["short", "pipe", "no colours", "quiet"])
def test_nothing_is_shown(how: str) -> None:
    """A run that is over soon shows nothing, nor does one in a log, in a pipe or with -q."""
    stream = StringIO() if how == "pipe" else _Terminal()
    io = _terminal_io(stream, decorated=how != "no colours")
    if how == "quiet":
        io.set_verbosity(Verbosity.QUIET)

    with Printer(io).progress("Reading", delay=3600 if how == "short" else 0):
        pass

    assert stream.getvalue() == ""

"""What is written to the console."""

import os
from contextlib import nullcontext
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import TextIO

import pytest
import tomlkit
from cleo.io.inputs.string_input import StringInput
from cleo.io.io import IO
from cleo.io.outputs.output import Output, Verbosity
from cleo.io.outputs.stream_output import StreamOutput

from poetry_plugin_lock_package.cli import printer as module
from poetry_plugin_lock_package.cli.printer import Printer, find_documentation, warning_text
from poetry_plugin_lock_package.warnings import PlanWarning


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_result_is_utf_8(encoding: str) -> None:
    """Whatever the encoding of the console is, the result is in UTF-8: it is a file."""
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding=encoding, newline="\n")
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
    ("warning", "text"),
    [
        (PlanWarning("no-pins", values={"problem": "{x}"}), "{x}"),
        (
            PlanWarning("private-sources", ("a", "{b}"), {"index": "{c}"}),
            (
                "Locked from the source {c}, which a wheel cannot name: a, {b}. Give its address to installers"
                f" (see {find_documentation()}/troubleshooting.html#private-sources)"
            ),
        ),
    ],
)
def test_warning(warning: PlanWarning, text: str) -> None:
    """A warning has its problem, the names as they are, one remedy, and where to read on, if that is a long story."""
    assert warning_text(warning) == text


def test_address_of_the_documentation() -> None:
    """The messages lead to where pyproject.toml says that the documentation is."""
    pyproject = Path(__file__).parents[3] / "pyproject.toml"
    urls = tomlkit.parse(pyproject.read_text(encoding="utf-8")).unwrap()["project"]["urls"]

    assert find_documentation() == urls["Documentation"]


def test_no_address_of_the_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    """If whoever packaged this has left the address out, the messages do without it."""
    monkeypatch.setattr(module, "find_documentation", lambda: None)

    assert warning_text(PlanWarning("direct-references", ("a",))).endswith(": a. Install the wheel by its path")


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

"""The time of what reads texts of files grows with their length, and not with its square."""

from collections.abc import Callable
from functools import partial
from time import process_time
from timeit import repeat

import pytest

from poetry_plugin_lock_package.project import _EMAIL, _URL
from poetry_plugin_lock_package.selection.ignore import _GLOB
from poetry_plugin_lock_package.text import (
    bare_url,
    is_default_index,
    message_of,
    one_line,
    public_url,
    redacted,
    without_folders,
    without_user_info,
)
from poetry_plugin_lock_package.wheel.rewrite import split_fields

pytestmark = pytest.mark.newest

SHORT, FACTOR = 1_000, 16


def _message(text: str) -> str:
    return message_of(ValueError(text))


def _fields(text: str) -> object:
    # Copying bytes is so fast that only a longer text shows how often it is done.
    return split_fields(f"a: {text * 32}".encode())


READERS = [
    *(without_user_info, redacted, without_folders, one_line, _message),
    *(public_url, bare_url, is_default_index),
    *(_EMAIL.fullmatch, _URL.fullmatch, _GLOB.match),
    _fields,
]
# Each part is repeated: for each reader, some part looks like the start of what it looks for.
PARTS = ["a", ".", " ", "@", ":", "/", "\\", "<", "a ", "a.", "a@", "a:", "a/", "://", "a://", "://a:", "a://b:c "]
PARTS += ["%3a%2f%2f", "%3a%2f%2fa", "file:/", " @ ", "/a ", "a:/", "*a", "a: b\n", " \n", "\u00e9"]


def _ratio(read: Callable[[str], object], short: str, long: str) -> float:
    """How many times as long ``long`` takes; the shortest of several times of the processor, which others share."""
    times = [min(repeat(partial(read, text), timer=process_time, number=1, repeat=3)) for text in (short, long)]
    # The shortest times are those of the calls themselves, which do not grow.
    return times[1] / max(times[0], 1e-5)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("frame", ["{}", "https://{}", "https://a:{}", "a@{}@", "/{}", "{}\n!"])
def test_linear(read: Callable[[str], object], frame: str) -> None:
    """Sixteen times the text takes about sixteen times as long; the square would be 256 times."""
    for part in PARTS:
        short, long = (frame.format(part * (length // len(part))) for length in (SHORT, SHORT * FACTOR))

        # A busy machine may slow down one measurement, but not all of them.
        assert any(_ratio(read, short, long) < FACTOR * 5 for _ in range(4)), f"{part!r} in {frame!r}"

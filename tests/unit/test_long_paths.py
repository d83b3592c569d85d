"""Paths that are too long for Windows."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.text import message_of

LONG = "its path has more than 260 characters, for which Windows needs long paths to be enabled"


class WindowsError(OSError):
    """An error as Windows gives it: with a number of its own."""

    def __init__(self, winerror: int, path: str, other: str | None = None) -> None:
        super().__init__(2, "No such file or directory", path, None, other)
        self.winerror = winerror


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (WindowsError(206, "a"), LONG),
        (WindowsError(3, "C:\\" + "a" * 250), LONG),
        (WindowsError(2, "a", "C:\\" + "a" * 260), LONG),
        (WindowsError(3, "C:\\a"), "No such file or directory"),
        (WindowsError(5, "C:\\" + "a" * 260), "No such file or directory"),
        (OSError(2, "No such file or directory", "/" + "a" * 300), "No such file or directory"),
    ],
)
def test_message(error: OSError, message: str) -> None:
    """Windows says that there is no such file; the message says why."""
    assert message_of(error) == message

"""What other code says of errors, fit to be shown."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.text import message_of


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("groups"), "it has no 'groups'"),
        (ValueError(), "ValueError"),
        (ValueError("bad\n  at line 1\x1b[31m."), "bad at line 1 [31m"),
        (ValueError("No lock.\nRegenerate the lock file with the `poetry lock` command."), "No lock"),
        (ValueError("Invalid file /home/ada/my-app/poetry.toml: x"), "Invalid file poetry.toml: x"),
        (ValueError("Invalid file C:\\Users\\ada\\app\\poetry.toml: x"), "Invalid file poetry.toml: x"),
        (ValueError("'/home/ada/LICENSE' not found"), "'LICENSE' not found"),
        (ValueError("must match ^[a-z/]+/[a-z]$ or https://example.org/a/b"), None),
        (ValueError("x" * 500), "x" * 400 + "…"),
    ],
)
def test_message_of(error: Exception, message: str | None) -> None:
    """One line, without control characters, folders of the machine and Poetry's own advice, and not too long."""
    assert message_of(error) == (str(error) if message is None else message)


def test_errors_hold_no_secret() -> None:
    """An error of ours is one line and has no password in it, whatever it is made of."""
    assert str(LockError("a\nb https://user:secret@example.org")) == "a b https://example.org"

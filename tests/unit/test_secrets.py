"""User names, passwords, tokens and folders in texts from outside."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.text import message_of, without_user_info
from poetry_plugin_lock_package.urls import public_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from https://ada:secret@example.org/a, now", "from https://example.org/a, now"),
        ("from https://secret@example.org", "from https://example.org"),
        ("<https://ada:secret@example.org> (https://ada:secret@b.org)", "<https://example.org> (https://b.org)"),
        ("https://ada:se/cret@example.org/a", "https://example.org/a"),
        ("https://ada:se@cret@example.org/a", "https://example.org/a"),
        ("https://p.org/https://ada:secret@b.org/x", "https://p.org/https://b.org/x"),
        ("https://p.org/?to=https%3A%2F%2Fada%3Asecret%40b.org%2Fx", "https://p.org/?to=https%3A%2F%2Fb.org%2Fx"),
        ("ssh://git:secret@example.org and git+ssh://git@b.org", "ssh://git@example.org and git+ssh://git@b.org"),
    ],
)
def test_user_info(text: str, expected: str) -> None:
    """Every address in a text loses its user info, also one within another."""
    assert without_user_info(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ada <ada@example.org>, mailto:ada@example.org",
        "Docs at https://example.org:8080/@scope/a, questions to ada@example.org",
        "at https://example.org or ada:x@y",
        "https://example.org/?mail=ada@example.org",
        "https://p.org/?to=https%3A%2F%2Fb.org%2Fmail%40x",
        "10:30 @ noon",
    ],
)
def test_text_without_user_info(text: str) -> None:
    """Any other text is left as it is."""
    assert without_user_info(text) == text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://p.org/https://ada:secret@b.org/x", "https://p.org/https://b.org/x"),
        ("https://ada:secret@p.org/https://ada:secret@b.org/x", "https://p.org/https://b.org/x"),
        ("https://p.org/x?to=https%3a%2f%2fada%3asecret%40b.org", "https://p.org/x?to=https%3a%2f%2fb.org"),
    ],
)
def test_address_within_an_address(url: str, expected: str) -> None:
    """The address that a proxy is given loses its user info too."""
    assert public_url(url) == expected


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Invalid file C:\\Users\\Joe Smith\\my app\\poetry.toml: x", "Invalid file poetry.toml: x"),
        ("Invalid file C:/Users/Joe Smith/poetry.toml: x", "Invalid file poetry.toml: x"),
        ("[Errno 2] No such file: 'C:\\\\Users\\\\Joe Smith\\\\a.toml'", "[Errno 2] No such file: 'a.toml'"),
        ("Invalid file \\\\server\\share\\Joe Smith\\poetry.toml: x", "Invalid file poetry.toml: x"),
        ("Invalid file /Users/joe smith/Application Support/a.toml: x", "Invalid file a.toml: x"),
        ("'/home/joe smith/my app/LICENSE' not found", "'LICENSE' not found"),
        ("/home/ada/a and /home/ada/b", "a and b"),
        ("a / b / c, a/b/c and </info>", "a / b / c, a/b/c and </info>"),
    ],
)
def test_folders(message: str, shown: str) -> None:
    """Folders of the machine are left out, also if there are spaces in their names."""
    assert message_of(ValueError(message)) == shown

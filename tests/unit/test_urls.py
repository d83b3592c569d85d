"""Addresses, freed of what must not stand in a file or a message."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.text import redacted
from poetry_plugin_lock_package.urls import bare_url, has_hash, is_default_index, public_url, subdirectory


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://user:secret@example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("https://secret@example.org:8080/a", "https://example.org:8080/a"),
        ("ssh://git@example.org/a.git", "ssh://git@example.org/a.git"),
        ("ssh://git:secret@example.org/a.git", "ssh://git@example.org/a.git"),
        ("https://user:se@cret@example.org/a", "https://example.org/a"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git"),
        ("https://example.org/@scope/a", "https://example.org/@scope/a"),
        ("https://user:se/cr#et@example.org/a", "https://example.org/a"),
        ("https://user:secret@[::1/a", "https://[::1/a"),
    ],
)
def test_public_url(url: str, public: str) -> None:
    """User info goes, the account of an SSH address stays."""
    assert public_url(url) == public


@pytest.mark.parametrize("url", ["https://h/x.zip?", "https://h/x.zip#", "HTTPS://H/x.zip", "ssh://git@h/x"])
def test_public_url_is_left_as_it_is(url: str) -> None:
    """An address without a secret is not even written in another way."""
    assert public_url(url) == url


def test_fragment() -> None:
    """A fragment is taken apart: the subdirectory stays, and a hash is told from other things."""
    url = "https://x.org/a.zip#sha256=0a&subdirectory=b/c"

    assert (bare_url(url), subdirectory(url), has_hash(url)) == ("https://x.org/a.zip", "b/c", True)
    assert (subdirectory("https://x.org/a.zip#egg=a"), has_hash("https://x.org/a.zip#egg=a")) == (None, False)
    assert subdirectory("https://x.org/a.zip#subdirectory=") is None


def test_bare_url_is_quoted() -> None:
    """What PEP 508 cannot hold is quoted, and what is quoted stays so."""
    assert bare_url("https://x.org/a%2Bb c-1.0+cpu.zip?d=e f") == "https://x.org/a%2Bb%20c-1.0+cpu.zip?d=e%20f"


def test_redacted() -> None:
    """Addresses within a message lose their user info."""
    assert redacted("connect to us:tok@x.org failed") == "connect to x.org failed"
    assert redacted("on h (1.0) @ file:///home/ada/h, so") == "on h (1.0) so"
    assert redacted("at https://u:se/cret@x.org/a@main") == "at https://x.org/a@main"
    assert redacted("at https://x.org:8080/a@main") == "at https://x.org:8080/a@main"
    query = "https%3A%2F%2Fada%3As3cret%40x.org%2Fa&mail=a%40b"
    assert (
        redacted(f"at https://p.org/?to={query} now") == "at https://p.org/?to=https%3A%2F%2Fx.org%2Fa&mail=a%40b now"
    )
    assert redacted("The git url 'https://u:se cret@x.org/a' is bad") == "The git url 'https://x.org/a' is bad"


@pytest.mark.parametrize(
    ("url", "is_default"),
    [
        ("https://pypi.org/simple", True),
        ("https://ada:secret@PyPI.org.:443/simple/", True),
        ("https://pypi.python.org/simple/", True),
        ("https://test.pypi.org/simple/", False),
        ("https://pypi.org.example.org/", False),
        ("https://index.example.org/pypi.org/", False),
        ("https://[::1/", False),
        ("", False),
    ],
)
def test_default_index(url: str, *, is_default: bool) -> None:
    """The host counts, in any case, with or without user info, port and a dot at the end."""
    assert is_default_index(url) is is_default

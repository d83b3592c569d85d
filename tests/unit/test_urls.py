"""Addresses, freed of what must not stand in a file or a message."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.urls import public_url, redacted, without_hash


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
    ],
)
def test_public_url(url: str, public: str) -> None:
    """User info goes, the account of an SSH address stays."""
    assert public_url(url) == public


def test_without_hash() -> None:
    """Of a fragment only the subdirectory stays."""
    assert without_hash("https://x.org/a.zip#sha256=0a&subdirectory=b/c") == "https://x.org/a.zip#subdirectory=b/c"
    assert without_hash("https://x.org/a.zip#sha256=0a") == "https://x.org/a.zip"


def test_redacted() -> None:
    """Addresses within a message lose their user info."""
    assert redacted("The git url 'https://u:secret@x.org/a' is bad") == "The git url 'https://x.org/a' is bad"

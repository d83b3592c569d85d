"""Text from outside that is safe to show, and URLs."""

import pytest

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.text import (
    bare_url,
    has_hash,
    is_default_index,
    message_of,
    public_url,
    redacted,
    subdirectory,
    without_user_info,
)

LONG = "its path has more than 260 characters, for which Windows needs long paths to be enabled"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("groups"), "it has no 'groups'"),
        (ValueError(), "ValueError"),
        (ValueError("bad\n  at line 1\x1b[31m."), "bad at line 1 [31m"),
        (ValueError("No lock.\nRegenerate the lock file with the `poetry lock` command."), "No lock"),
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
def test_long_path(error: OSError, message: str) -> None:
    """Windows says that there is no such file; the message says why."""
    assert message_of(error) == message


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
        # The address that a proxy is given.
        ("https://p.org/https://ada:secret@b.org/x", "https://p.org/https://b.org/x"),
        ("https://ada:secret@p.org/https://ada:secret@b.org/x", "https://p.org/https://b.org/x"),
        ("https://p.org/x?to=https%3a%2f%2fada%3asecret%40b.org", "https://p.org/x?to=https%3a%2f%2fb.org"),
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

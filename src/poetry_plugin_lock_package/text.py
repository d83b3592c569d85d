"""Makes text from outside safe to show: on one line, without secrets and local folders."""

from __future__ import annotations

import re
import unicodedata

# Parsers quote the line of a damaged file, which can be of any length.
_LONGEST = 400


def message_of(error: BaseException) -> str:
    """The message of ``error`` on one line, without secrets and without folders of this machine.

    Poetry's advice is left out, because our own errors give it.
    """
    if isinstance(error, KeyError):
        return redacted(f"it has no {error}")
    if isinstance(error, OSError) and error.strerror:
        # Without the path of the file, which names a folder.
        return error.strerror
    text = one_line(str(error)) or type(error).__name__
    text = redacted(text.partition(" Regenerate the lock file")[0].removesuffix("."))
    text = re.sub(r"(?<![\w.:/\\-])(?:[A-Za-z]:[/\\]|/)(?:[^\s/\\'\"]+[/\\])+", "", text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def redacted(text: str) -> str:
    """``text`` without the user info of URLs and without ``file:`` URLs."""
    # A slash belongs to the password, unless a port precedes it.
    text = re.sub(r"(?<=://)(?:[^/'\"]*@|[^\s/'\"@:]*:(?!\d+/)[^\s'\"]{0,200}?@)", "", text)
    text = re.sub(r"(?<![^\s/'\"@])[^\s/'\"@:]+:[^\s/'\"@]+@", "", text)
    return re.sub(r"(?: @ )?file:/\S+", "", text)


def one_line(text: str) -> str:
    """``text`` without line ends and control characters.

    They could begin a new metadata header, or move the cursor of a terminal.
    """
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text).split())

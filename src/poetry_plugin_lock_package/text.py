"""What other code has to say about an error, fit to be shown."""

from __future__ import annotations

import re
import unicodedata

# A damaged file may have a line of any length, and parsers quote it.
_LONGEST = 400


def message_of(error: BaseException) -> str:
    """The message of ``error`` on one line, without secrets and without folders of this machine.

    What Poetry suggests in it is left out: our own errors end with that.
    """
    if isinstance(error, KeyError):
        return redacted(f"it has no {error}")
    if isinstance(error, OSError) and error.strerror:
        # Without the file, whose folder is none of anybody's business.
        return error.strerror
    text = one_line(str(error)) or type(error).__name__
    text = redacted(text.partition(" Regenerate the lock file")[0].removesuffix("."))
    text = re.sub(r"(?<![\w.:/\\-])(?:[A-Za-z]:[/\\]|/)(?:[^\s/\\'\"]+[/\\])+", "", text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def redacted(text: str) -> str:
    """``text`` without the user info of any address in it, and without addresses of this machine."""
    # A slash belongs to a password if what is before it is no port.
    text = re.sub(r"(?<=://)(?:[^/'\"]*@|[^\s/'\"@:]*:(?!\d+/)[^\s'\"]{0,200}?@)", "", text)
    text = re.sub(r"(?<![^\s/'\"@])[^\s/'\"@:]+:[^\s/'\"@]+@", "", text)
    return re.sub(r"(?: @ )?file:/\S+", "", text)


def one_line(text: str) -> str:
    """``text`` without line ends and control characters.

    They could start a new metadata header, and move the cursor of a terminal.
    """
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text).split())

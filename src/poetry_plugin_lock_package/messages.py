"""What other code has to say about an error, fit to be shown."""

from __future__ import annotations

import re


def message_of(error: BaseException) -> str:
    """The message of ``error`` on one line, without secrets and without folders of this machine.

    What Poetry suggests in it is left out: our own errors end with that.
    """
    if isinstance(error, KeyError):
        return f"it has no {error}"
    if isinstance(error, OSError) and error.strerror:
        # Without the file, whose folder is none of anybody's business.
        return error.strerror
    text = " ".join(str(error).split()) or type(error).__name__
    return redacted(text.partition(" Regenerate the lock file")[0].removesuffix("."))


def redacted(text: str) -> str:
    """``text`` without the user info of any address in it, and without addresses of this machine."""
    text = re.sub(r"(?<=://)[^/'\"]*@", "", text)
    text = re.sub(r"[^\s/'\"@:]+:[^\s/'\"@]+@", "", text)
    return re.sub(r"(?: @ )?file:/\S+", "", text)

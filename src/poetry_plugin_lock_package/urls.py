"""Addresses, freed of what must not stand in a file or a message."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit


def public_url(url: str) -> str:
    """``url`` without user info, but for the account of an SSH address (``git@``).

    That one is no secret, and the address means nothing without it. An scp-like
    address (``git@host:path``) has no place for a password and comes back as it is.
    """
    if "://" not in url:
        return url
    parts = urlsplit(url)
    user_info, _, host = parts.netloc.rpartition("@")
    account = user_info.partition(":")[0]
    netloc = f"{account}@{host}" if account and parts.scheme.endswith("ssh") else host
    return urlunsplit(parts._replace(netloc=netloc))


def without_hash(url: str) -> str:
    """``url`` without its fragment, but for ``subdirectory``: poetry-core drops the rest without a word."""
    parts = urlsplit(url)
    kept = "&".join(part for part in parts.fragment.split("&") if part.startswith("subdirectory="))
    return urlunsplit(parts._replace(fragment=kept))


def redacted(text: str) -> str:
    """``text`` without the user info of any address in it."""
    return re.sub(r"(?<=://)[^\s/'\"]*@", "", text)

"""Addresses, freed of what must not stand in a file or a message."""

from __future__ import annotations

import re
from hashlib import algorithms_guaranteed
from urllib.parse import quote, urlsplit, urlunsplit


def public_url(url: str) -> str:
    """``url`` without user info, but for the account of an SSH address (``git@``).

    That one is no secret, and the address means nothing without it. An scp-like
    address (``git@host:path``) has no place for a password and comes back as it is.
    """
    if "://" not in url:
        return url
    if not is_address(url):
        # Whatever it was meant to be: a password may have any character.
        return re.sub("(?<=://).*@", "", url)
    parts = urlsplit(url)
    user_info, _, host = parts.netloc.rpartition("@")
    account, is_secret, _ = user_info.partition(":") if parts.scheme.endswith("ssh") else ("", user_info, "")
    if not is_secret:
        return url
    return urlunsplit(parts._replace(netloc=f"{account}@{host}" if account else host))


def is_address(url: str) -> bool:
    """Whether ``url`` has a host, and a port if any, that others can read."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def has_hash(url: str) -> bool:
    """Whether the fragment of ``url`` has a hash, as pip understands it: ``sha256=...``."""
    return any(part.partition("=")[0] in algorithms_guaranteed for part in url.partition("#")[2].split("&"))


def bare_url(url: str) -> str:
    """``url`` as PEP 508 can hold it: quoted, and without its fragment, most of which poetry-core drops silently."""
    return quote(url.partition("#")[0], safe="%/:=&?~#+!$,;'@()*[]")


def subdirectory(url: str) -> str | None:
    """The ``subdirectory`` in the fragment of ``url``."""
    found = [part.partition("=")[2] for part in url.partition("#")[2].split("&") if part.startswith("subdirectory=")]
    return found[0] if found and found[0] else None

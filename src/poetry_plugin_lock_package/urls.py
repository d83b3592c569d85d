"""URLs: removing secrets, and taking fragments apart."""

from __future__ import annotations

import re
from hashlib import algorithms_guaranteed
from unicodedata import category, normalize
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from poetry_plugin_lock_package.text import without_user_info

# The public index and its test instance, with the addresses that they had before.
_PUBLIC_INDEXES = ("pypi.org", "pypi.io", "pypi.python.org", "testpypi.python.org")
_SHORTEST_PART = 3
_SHORTEST_TOKEN = 6


def public_url(url: str) -> str:
    """``url`` without its user info, except for the account of an SSH address (``git@``).

    The account is no secret, and the address does not work without it. An scp-like address
    (``git@host:path``) cannot hold a password and is returned unchanged. A URL within the URL, as a proxy may have
    it, loses its user info too.
    """
    if "://" not in url:
        return url
    scheme, _, rest = url.partition("://")
    if not is_address(url):
        # It cannot be parsed, so remove as much as could be a password, which may contain any character.
        return f"{scheme}://{rest.rpartition('@')[2]}"
    parts = urlsplit(url)
    user_info, _, host = parts.netloc.rpartition("@")
    account, is_secret, _ = user_info.partition(":") if parts.scheme.endswith("ssh") else ("", user_info, "")
    if is_secret:
        url = urlunsplit(parts._replace(netloc=f"{account}@{host}" if account else host))
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{without_user_info(rest)}"


def is_address(url: str) -> bool:
    """Whether ``urllib`` can parse the host of ``url``, and its port if it has one."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def is_public_index(url: str) -> bool:
    """Whether ``url`` leads to the public index or its test instance, as ``requests`` reads it.

    The host counts, in any case and any Unicode form that IDNA maps to it, with or without user info, port and
    trailing dots.
    """
    # A backslash ends the host as a slash does, for urllib3.
    authority = re.split(r"[/\\?#]", url.partition("://")[2], maxsplit=1)[0]
    host = normalize("NFKC", unquote(authority.rpartition("@")[2])).replace("\u3002", ".").lower()
    host = "".join(character for character in host.partition(":")[0] if category(character)[0] not in "CZ").rstrip(".")
    return any(host == index or host.endswith(f".{index}") for index in _PUBLIC_INDEXES)


def is_default_index(url: str) -> bool:
    """Whether ``url`` leads to the index that installers use if they are told nothing: the public one."""
    return is_public_index(url) and not (urlsplit(url).hostname or "").startswith("test")


def secrets_in(url: str) -> frozenset[str]:
    """What nobody else should see of a repository's address: its user info and its query.

    Some parsers take a password with a slash for a host, a port and a path. So everything before the last ``@`` is
    user info, and so is each part that a message may show of it. Short values are in too many words to be looked for.
    """
    rest = url.partition("://")[2]
    user_info, _, location = rest.rpartition("@")
    query = location.partition("#")[0].partition("?")[2]
    values = {part.partition("=")[2] for part in query.split("&")}
    parts = {part for part in re.split(r"[:/\\?#@]", user_info) if len(part) >= _SHORTEST_PART}
    found = {user_info, *parts, query, *(value for value in values if len(value) >= _SHORTEST_TOKEN)}
    return frozenset({*found, *map(unquote, found)} - {""})


def has_hash(url: str) -> bool:
    """Whether the fragment of ``url`` contains a hash in the form that pip reads: ``sha256=...``."""
    return any(part.partition("=")[0] in algorithms_guaranteed for part in url.partition("#")[2].split("&"))


def bare_url(url: str) -> str:
    """``url`` without its fragment, and percent-encoded as PEP 508 needs it.

    poetry-core would drop most fragments without a word.
    """
    return quote(url.partition("#")[0], safe="%/:=&?~#+!$,;'@()*[]")


def subdirectory(url: str) -> str | None:
    """The ``subdirectory`` in the fragment of ``url``, or None."""
    found = [part.partition("=")[2] for part in url.partition("#")[2].split("&") if part.startswith("subdirectory=")]
    return found[0] if found and found[0] else None

"""URLs: removing secrets, and taking fragments apart."""

from __future__ import annotations

from hashlib import algorithms_guaranteed
from urllib.parse import quote, urlsplit, urlunsplit

from poetry_plugin_lock_package.text import without_user_info

# The names that it has and had.
_PUBLIC_INDEX = ("pypi.org", "www.pypi.org", "pypi.io", "pypi.python.org")


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


def is_default_index(url: str) -> bool:
    """Whether ``url`` leads to the index that installers use if they are told nothing: the public one."""
    return is_address(url) and (urlsplit(url).hostname or "").rstrip(".") in _PUBLIC_INDEX


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

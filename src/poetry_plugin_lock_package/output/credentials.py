"""The credentials of an upload, to keep them out of what an index or a parser says about it."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.urls import secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterable


def secrets_of(error: BaseException, urls: Iterable[str], username: str | None, password: str | None) -> frozenset[str]:
    """All that nobody should see of an upload to ``urls`` that failed with ``error``.

    These are the user info and the query of the addresses, the ``password`` that was given, and the credentials that
    Poetry found elsewhere: ``error`` has them, if it is one of ``requests``, in the header that was sent.
    """
    secrets = {secret for url in urls for secret in secrets_in(url)}
    request = getattr(error, "request", None)
    header = request.headers.get("Authorization", "") if request is not None else ""
    encoded = str(header).partition(" ")[2]
    secrets |= {str(header), encoded, *_decoded(encoded)}
    # Some indexes take a token as the user name, and no password.
    secrets |= {password} if password else {username or ""}
    return frozenset(secrets - {""})


def _decoded(encoded: str) -> Iterable[str]:
    """The credentials in a header of basic authentication (RFC 7617), as one text and the secret part of it."""
    try:
        text = b64decode(encoded, validate=True).decode("latin-1")
    except ValueError:
        return ()
    username, _, password = text.partition(":")
    return (text, password or username)

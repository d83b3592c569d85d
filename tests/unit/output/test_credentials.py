"""What is known of the credentials of an upload."""

from __future__ import annotations

from base64 import b64encode

import pytest
from requests import PreparedRequest, RequestException

from poetry_plugin_lock_package.output.credentials import secrets_of

URL = "https://index.example.org/"


def failed(authorization: str | None) -> RequestException:
    request = PreparedRequest()
    request.headers = {} if authorization is None else {"Authorization": authorization}  # type: ignore[assignment]
    return RequestException(request=request)


@pytest.mark.parametrize(
    ("header", "secrets"),
    [
        (None, set()),
        (f"Basic {b64encode(b'ada:secret').decode()}", {"ada:secret", "secret"}),
        (f"Basic {b64encode(b'token:').decode()}", {"token:", "token"}),
        ("Bearer ab-cd", set()),
    ],
)
def test_header(header: str | None, secrets: set[str]) -> None:
    """The header that was sent is a secret, and so are the credentials in it."""
    sent = {header, header.partition(" ")[2]} if header else set()

    assert secrets_of(failed(header), [URL], None, None) == secrets | sent


@pytest.mark.parametrize(
    ("username", "password", "secrets"),
    [("ada", "secret", {"secret"}), ("token", "", {"token"}), ("token", None, {"token"}), (None, None, set())],
)
def test_given(username: str | None, password: str | None, secrets: set[str]) -> None:
    """A password is a secret; so is a user name without one, which is a token."""
    assert secrets_of(ValueError(), [URL], username, password) == secrets


def test_address() -> None:
    """The secrets in each address count."""
    assert secrets_of(ValueError(), ["https://:secret@example.org", URL], None, None) == {":secret", "secret"}

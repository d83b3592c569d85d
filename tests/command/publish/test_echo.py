"""An index, or a parser of its address, that repeats the credentials of the upload."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.command.publish.index import PUBLISH
from tests.kit import poetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PASSWORD = 'c0rr&ct "h0rse'


@contextmanager
def serve_echo(words: Callable[[str], str], reason: Callable[[str], str]) -> Iterator[str]:
    """An index that refuses everything with ``words`` and a ``reason`` made of the header with the credentials."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            header = self.headers.get("Authorization", "")
            self.send_response(418, reason(header))
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(words(header).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}/"
        server.shutdown()


def sent_password(header: str) -> str:
    return b64decode(header.partition(" ")[2]).decode().partition(":")[2]


ECHOES: dict[str, Callable[[str], str]] = {
    "header": lambda header: header,
    "header, lower case": str.lower,
    "its value": lambda header: header.partition(" ")[2],
    "password": sent_password,
    "password in JSON": lambda header: json.dumps({"password": sent_password(header)}),
    "password in HTML": lambda header: escape(sent_password(header)),
}


@pytest.mark.parametrize("given", ["options", "environment", "address"])
@pytest.mark.parametrize("echo", ECHOES)
def test_echo(project: Path, monkeypatch: pytest.MonkeyPatch, echo: str, given: str) -> None:
    """What an index says is shown without the credentials, wherever Poetry has them from."""
    options, user_info = "", ""
    if given == "options":
        options = f"--username ada --password '{PASSWORD}'"
    elif given == "environment":
        monkeypatch.setenv("POETRY_HTTP_BASIC_INTERNAL_USERNAME", "ada")
        monkeypatch.setenv("POETRY_HTTP_BASIC_INTERNAL_PASSWORD", PASSWORD)
    else:
        user_info = "ada:c0rr%26ct%20%22h0rse@"

    with serve_echo(lambda header: f"no: {ECHOES[echo](header)}!", lambda header: f"Not {ECHOES[echo](header)}") as url:
        monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", f"http://{user_info}{url}")
        run = poetry(project, f"{PUBLISH} {options} -v")

    (line,) = (line for line in run.err.splitlines() if "HTTP error 418 Not" in line)
    assert (run.code, "…" in line) == (1, True)
    shown = (run.out + run.err).lower()
    assert not {part for part in ("c0rr", "h0rse", "ywrhom", "basic ") if part in shown}


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:s3cr/t-w0rd@127.0.0.1:1/",
        "https://ada:12/t-w0rd@127.0.0.1:1/",
        "http://127.0.0.1:1/upload?token=t-w0rd",
        "http://127.0.0.1:1/?t-w0rd",
    ],
)
def test_address(project: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A password with a slash, or a token in the query, is not in the error about an address that leads nowhere."""
    # "ada" is the host for some parsers.
    monkeypatch.setattr("socket.getaddrinfo", _refuse)
    monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", url)

    run = poetry(project, f"{PUBLISH} -v")

    assert run.code == 1
    assert "Nothing was published to internal: Error connecting to repository (" in run.err
    assert not {part for part in ("w0rd", "s3cr", "ada") if part in run.out + run.err}


def _refuse(*_: object, **__: object) -> None:
    raise OSError("no such host")

"""What an index refuses, and addresses that lead nowhere."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.command.publish.index import PASSWORD, PUBLISH
from tests.kit import poetry, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADVICE = "Set credentials with `poetry config http-basic.internal USERNAME`, or --username and --password"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("", f"HTTP error 401 Unauthorized. {ADVICE}"),
        ("--username ada", f"HTTP error 401 Unauthorized. {ADVICE}"),
        ("--username ada --password wr0ng", f"HTTP error 403 Forbidden. {ADVICE}"),
        (f"--username eve --password {PASSWORD}", f"HTTP error 403 Forbidden. {ADVICE}"),
        ("--username ada --password s3cr€t", "the user name or the password contains a character that cannot be sent"),
    ],
)
@pytest.mark.parametrize("verbosity", ["", "-vvv"])
def test_refused(project: Path, uploaded: Path, options: str, error: str, verbosity: str) -> None:
    """What the index refuses is one line with what to do, without a password or a traceback; nothing has appeared."""
    before = tree(project)

    run = poetry(project, f"{PUBLISH} --build --constraints --no-root --ignore b {options} {verbosity}")

    assert run.code == 1
    assert f"Nothing was published to internal: {error}\n" in run.err
    if not verbosity:
        assert len(run.err.splitlines()) == 1
    shown = run.out + run.err
    assert not any(secret in shown for secret in (PASSWORD, "wr0ng", "s3cr", "€"))
    assert tree(project) == before
    assert not [*uploaded.iterdir()]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:1/", "refused"),
        ("https://ada:corr3ct-h0rse@127.0.0.1:x/", "Failed to parse"),
        ("ada:corr3ct-h0rse@example.test/simple", "No connection adapters were found"),
    ],
)
def test_no_connection(project: Path, monkeypatch: pytest.MonkeyPatch, url: str, error: str) -> None:
    """An address that leads nowhere is one line that says why, without a password that it may hold."""
    monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", url)

    run = poetry(project, PUBLISH)

    assert run.code == 1
    (line,) = run.err.splitlines()
    assert line.startswith("Error: Nothing was published to internal: Error connecting to repository (")
    assert error in line
    assert PASSWORD not in line
    assert not (project / "dist").exists()


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ("--cert", "Could not find a suitable TLS CA certificate bundle, invalid path: no.pem"),
        ("--client-cert", "Could not find the TLS certificate file, invalid path: no.pem"),
    ],
)
def test_certificates(project: Path, monkeypatch: pytest.MonkeyPatch, option: str, error: str) -> None:
    """Certificates are those of the options, and one that is not there is named."""
    monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", "https://127.0.0.1:1/")
    # With this one, `requests` looks at no other.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)

    run = poetry(project, f"{PUBLISH} {option} no.pem")

    assert (run.code, run.err) == (1, f"Error: Nothing was published to internal: {error}\n")


@contextmanager
def serve_refusal(content_type: str, words: str) -> Iterator[str]:
    """An index that takes nothing, and says ``words`` to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(418)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    ("content_type", "words", "shown"),
    [
        ("text/plain", "Not\n\x1b[31mtoday", " (Not [31mtoday)"),
        ("text/plain", "no " * 200, f" ({'no ' * 99}…)"),
        ("application/json", '{"error": "http://ada:corr3ct-h0rse@example.org"}', ' ({"error": "http://example.org"})'),
        ("text/html; charset=utf-8", "<!DOCTYPE html>", ""),
        ("text/plain", "", ""),
    ],
)
def test_words_of_the_index(
    project: Path, monkeypatch: pytest.MonkeyPatch, content_type: str, words: str, shown: str
) -> None:
    """What an index says in plain words is passed on, if it is short, on one line; a page for browsers is not."""
    with serve_refusal(content_type, words) as url:
        monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", url)
        run = poetry(project, PUBLISH)

    assert (run.code, run.err) == (1, f"Error: Nothing was published to internal: HTTP error 418 I'm a Teapot{shown}\n")


NEEDS = "--publish needs --repository with the name of an index of your own (`poetry config repositories.NAME URL`)"
PUBLIC = (
    "A lock package does not belong on the public index. Name an index of your own with --repository"
    " (`poetry config repositories.NAME URL`)"
)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("--publish", NEEDS),
        ("--publish --repository ''", NEEDS),
        *((f"--publish -r {name}", PUBLIC) for name in ("pypi", "PyPI", "testpypi", "Test_PyPI")),
        ("--build --repository internal", "--repository has no effect without --publish. Add that"),
        ("-r internal -u ada", "--repository --username has no effect without --publish. Add that"),
        (
            "--publish -r internal --build --include-root",
            "--publish uploads lock packages only. Upload the wheel that --include-root builds with `poetry publish`",
        ),
        ("-u ada", "--username has no effect without --publish. Add that"),
        ("-p pass", "--password has no effect without --publish. Add that"),
        ("--cert ca.pem", "--cert has no effect without --publish. Add that"),
        ("--client-cert me.pem", "--client-cert has no effect without --publish. Add that"),
        ("--build --skip-existing", "--skip-existing has no effect without --publish. Add that"),
    ],
)
def test_options_that_do_not_go_together(project: Path, options: str, error: str) -> None:
    """The public index is never meant, and options without --publish do nothing: both are errors."""
    before = tree(project)

    run = poetry(project, f"lock-package {options}")

    assert (run.code, run.out, run.err) == (1, "", f"Error: {error}\n")
    assert tree(project) == before

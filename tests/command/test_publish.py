"""`--publish`, to a private index that asks for a password."""

from __future__ import annotations

import os
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.e2e.index import make_wheel
from tests.e2e.upload_index import serve_upload_index
from tests.kit import CLASSIC, locked, only_wheel, poetry, read_wheel, tree, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHEEL = "example_package_lock-0.1.0-py3-none-any.whl"
USER, PASSWORD = "ada", "corr3ct-h0rse"
PUBLISH = "lock-package --publish --repository internal"
CREDENTIALS = f"--username {USER} --password {PASSWORD}"


@pytest.fixture(autouse=True)
def own_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poetry knows no repositories or credentials of this machine."""
    for name in os.environ:
        if name.startswith(("POETRY_REPOSITORIES_", "POETRY_HTTP_BASIC_", "POETRY_PYPI_TOKEN_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("POETRY_KEYRING_ENABLED", "false")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The URL of the index and the folder in which it keeps what is uploaded."""
    folder = tmp_path_factory.mktemp("server") / "files"
    with serve_upload_index(folder, (USER, PASSWORD)) as url:
        yield url, folder


@pytest.fixture
def uploaded(server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with what is uploaded to the repository "internal", empty at first."""
    url, folder = server
    for path in folder.iterdir():
        path.unlink()
    monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", url)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project",
        [locked("a", files=[{"file": "a.whl", "hash": f"sha256:{'a' * 64}"}]), locked("b", marker='extra == "x"')],
        CLASSIC + 'a = "*"\nb = { version = "*", optional = true }\n[tool.poetry.extras]\nx = ["b"]\n',
    )


@pytest.mark.parametrize("build", ["", "--build", "--build --output wheels"])
def test_publish(project: Path, uploaded: Path, build: str) -> None:
    """The wheel that was built is on the index and in the output folder, and nothing else; the report says so."""
    before = tree(project)
    # Another release is not in the way, whether higher or lower; nor is the project itself.
    for name, version in (
        ("example-package-lock", "9.0"),
        ("example-package-lock", "0.0.1"),
        ("example-package", "0.1.0"),
    ):
        make_wheel(project / "dist", name, version)
    others = tree(project).keys() - before.keys()

    run = poetry(project, f"{PUBLISH} {CREDENTIALS} {build}")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 2 packages",
        f"  - Built {WHEEL}",
        "  - Published to internal",
    ]
    wheel = only_wheel(uploaded)
    assert wheel.path.name == WHEEL
    (built,) = tree(project).keys() - before.keys() - others
    assert (project / built).read_bytes() == wheel.path.read_bytes()
    assert built == ("wheels/" if "wheels" in build else "dist/") + WHEEL


def test_publish_from_the_lock_project(project: Path, uploaded: Path) -> None:
    """With --wheel, what is published stays in the lock project."""
    run = poetry(project, f"{PUBLISH} {CREDENTIALS} --wheel")

    assert run.out.splitlines()[-3:] == [
        "  - Wrote example-package-lock",
        f"  - Built {WHEEL}",
        "  - Published to internal",
    ]
    assert (project / "example-package-lock/dist" / WHEEL).read_bytes() == only_wheel(uploaded).path.read_bytes()
    assert not (project / "dist").exists()


def test_publish_with_constraints(project: Path, uploaded: Path) -> None:
    """The constraints stay here: only the wheel is uploaded."""
    run = poetry(project, f"{PUBLISH} {CREDENTIALS} --constraints --no-root --ignore b")

    assert run.code == 0
    assert (project / "dist/example_package_lock-0.1.0-constraints.txt").exists()
    assert only_wheel(uploaded).path.name == WHEEL


def test_credentials_from_the_environment(project: Path, uploaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Poetry's own variables are enough, and options come before them."""
    monkeypatch.setenv("POETRY_HTTP_BASIC_INTERNAL_USERNAME", USER)
    monkeypatch.setenv("POETRY_HTTP_BASIC_INTERNAL_PASSWORD", PASSWORD)

    by_options = poetry(project, f"{PUBLISH} --username eve --password wr0ng")
    # Empty values are none, as of variables of a pipeline that are not set.
    run = poetry(project, f"{PUBLISH} --username '' --password '' --cert '' --client-cert ''")

    assert by_options.code == 1
    assert (run.code, run.err) == (0, "")
    assert only_wheel(uploaded).path.name == WHEEL


ADVICE = "Give credentials with `poetry config http-basic.internal USERNAME`, or --username and --password"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("", f"HTTP error 401 Unauthorized. {ADVICE}"),
        ("--username ada", f"HTTP error 401 Unauthorized. {ADVICE}"),
        ("--username ada --password wr0ng", f"HTTP error 403 Forbidden. {ADVICE}"),
        (f"--username eve --password {PASSWORD}", f"HTTP error 403 Forbidden. {ADVICE}"),
        ("--username ada --password s3cr€t", "the user name or the password has a character that cannot be sent"),
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


def test_there_already(project: Path, uploaded: Path) -> None:
    """A release that the index has is an error, or with --skip-existing only said; the file there stays."""
    poetry(project, f"{PUBLISH} {CREDENTIALS}")
    first = only_wheel(uploaded).path.read_bytes()
    (project / "dist" / WHEEL).unlink()

    refused = poetry(project, f"{PUBLISH} {CREDENTIALS} --no-root")
    appeared = (project / "dist" / WHEEL).exists()
    skipped = poetry(project, f"{PUBLISH} {CREDENTIALS} --no-root --skip-existing")
    another = poetry(project, f"{PUBLISH} {CREDENTIALS} --no-root --skip-existing --post 1")

    assert (refused.code, appeared) == (1, False)
    assert refused.err == (
        "Nothing was published to internal: HTTP error 409 Conflict. If it is there already, add --skip-existing,"
        " or give this one a version of its own with --post\n"
    )
    assert (skipped.code, skipped.err) == (0, "")
    assert skipped.out.splitlines()[-2:] == [
        f"  - Built {WHEEL}",
        "  - Not published: internal has a file of that name already",
    ]
    assert (uploaded / WHEEL).read_bytes() == first
    assert (another.code, another.out.splitlines()[-1]) == (0, "  - Published to internal")
    assert read_wheel(uploaded / WHEEL.replace("0.1.0", "0.1.0.post1")).requires >= {"a==1.0"}


def test_dry_run(project: Path, uploaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--dry-run` does everything but write and upload: a repository that is not defined is found."""
    before = tree(project)

    run = poetry(project, f"{PUBLISH} {CREDENTIALS} --dry-run")
    monkeypatch.delenv("POETRY_REPOSITORIES_INTERNAL_URL")
    failed = poetry(project, f"{PUBLISH} {CREDENTIALS} --dry-run")

    assert run.code == 0
    assert run.out.startswith("# Made by")
    assert run.err.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 2 packages",
        "  - Would be published to internal",
        "  - Nothing was written (--dry-run)",
    ]
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.splitlines()[-1] == (
        "Nothing was published to internal: Repository internal is not defined."
        " Define it with `poetry config repositories.internal URL`"
    )
    assert tree(project) == before
    assert not [*uploaded.iterdir()]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:1/", "Connection refused"),
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
    assert line.startswith("Nothing was published to internal: Error connecting to repository (")
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

    assert (run.code, run.err) == (1, f"Nothing was published to internal: {error}\n")


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

    assert (run.code, run.err) == (1, f"Nothing was published to internal: HTTP error 418 I'm a Teapot{shown}\n")


NEEDS = (
    "--publish needs the --repository of an index of your own (`poetry config repositories.NAME URL`):"
    " a lock package does not belong on the public index\n"
)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("--publish", NEEDS),
        ("--publish --repository ''", NEEDS),
        *((f"--publish -r {name}", NEEDS) for name in ("pypi", "PyPI", "testpypi", "Test_PyPI")),
        ("--build --repository internal", "--repository is for --publish: add --publish\n"),
        ("-r internal -u ada", "--repository --username is for --publish: add --publish\n"),
        (
            "--publish -r internal --build --include-root",
            "--publish uploads a lock package: publish what --include-root builds with `poetry publish`\n",
        ),
        ("-u ada", "--username is for --publish: add --publish\n"),
        ("-p pass", "--password is for --publish: add --publish\n"),
        ("--cert ca.pem", "--cert is for --publish: add --publish\n"),
        ("--client-cert me.pem", "--client-cert is for --publish: add --publish\n"),
        ("--build --skip-existing", "--skip-existing is for --publish: add --publish\n"),
    ],
)
def test_options_that_do_not_go_together(project: Path, options: str, error: str) -> None:
    """The public index is never meant, and options without --publish do nothing: both are errors."""
    before = tree(project)

    run = poetry(project, f"lock-package {options}")

    assert (run.code, run.out, run.err) == (1, "", error)
    assert tree(project) == before


def test_poetry_publish_passes_over(project: Path, uploaded: Path) -> None:
    """Poetry's own `publish` uploads the project from the same folder, and not its lock package."""
    poetry(project, "lock-package --build")
    root = make_wheel(project / "dist", "example-package", "0.1.0")

    run = poetry(project, f"publish --repository internal {CREDENTIALS}")

    assert run.code == 0
    assert [path.name for path in uploaded.iterdir()] == [root.name]

"""The public index is refused by its address."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.command.publish.index import CREDENTIALS, PUBLISH
from tests.kit import poetry, tree

if TYPE_CHECKING:
    from pathlib import Path

ERROR = (
    "Error: Nothing was published to internal: this is the public index, where a lock package does not belong."
    " Use --repository with an index of your own\n"
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be sent, and nobody can be asked for an address or a password."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was sent")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("poetry.utils.authenticator.Authenticator.get_http_auth", refuse)


@pytest.mark.parametrize("options", ["", "--dry-run", CREDENTIALS])
@pytest.mark.parametrize(
    "url",
    ["https://upload.pypi.org/legacy/", "https://UPLOAD.pypi.org.:443/legacy", "https://t:x@test.pypi.org/legacy/"],
)
def test_environment(project: Path, monkeypatch: pytest.MonkeyPatch, url: str, options: str) -> None:
    """A repository in an environment variable that is the public one is refused before anything is sent."""
    before = tree(project)
    monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", url)

    run = poetry(project, f"{PUBLISH} {options}")

    assert run.code == 1
    assert run.err.endswith(ERROR)
    assert tree(project) == before


def test_configuration(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one that the configuration has under another name."""
    # Poetry keeps what it has read for the whole process.
    monkeypatch.setattr("poetry.config.config._default_config", None)
    (project / "poetry.toml").write_text('[repositories.internal]\nurl = "https://upload.pypi.org/legacy/"\n')

    run = poetry(project, PUBLISH)

    assert (run.code, run.err) == (1, ERROR)

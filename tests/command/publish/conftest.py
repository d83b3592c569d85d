"""A private index that asks for a password, and a project to upload to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.command.publish.index import PASSWORD, USER
from tests.e2e.upload_index import serve_upload_index
from tests.kit import CLASSIC, locked, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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

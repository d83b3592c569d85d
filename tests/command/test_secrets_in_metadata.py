"""Addresses with passwords in places of pyproject.toml and poetry.lock that are no addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import locked, only_wheel, poetry, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://ada:s3cret@example.org/a"
CLASSIC = f"""\
[tool.poetry]
name = "example-package"
version = "0.1.0"
description = "See {URL}, or https://p.org/{URL}"
authors = ["Ada {URL}", "{URL} <ada@example.org>"]
maintainers = ["Ada <ada@example.org>"]
keywords = ["{URL}", "a"]
classifiers = ["Topic :: {URL}"]
license = "{URL}"
homepage = "https://p.org/?to=https%3A%2F%2Fada%3As3cret%40example.org"

[tool.poetry.urls]
"{URL}" = "https://p.org/{URL}"

[tool.poetry.dependencies]
python = ">=3.9,<3.14"
a = "*"
"""
PEP_621 = f"""\
[project]
name = "example-package"
version = "0.1.0"
description = "See {URL}, or https://p.org/{URL}"
authors = [{{ name = "Ada {URL}" }}]
keywords = ["{URL}", "a"]
classifiers = ["Topic :: {URL}"]
license = {{ text = "{URL}" }}
requires-python = ">=3.9,<3.14"
dependencies = ["a"]

[project.urls]
"{URL}" = "https://p.org/{URL}"
"""


@pytest.mark.parametrize("pyproject", [CLASSIC, PEP_621])
@pytest.mark.parametrize("arguments", ["--build", "", "--dry-run"])
def test_metadata(tmp_path: Path, pyproject: str, arguments: str) -> None:
    """No text of the project takes a password into the lock package; the rest of the text stays."""
    project = write_project(tmp_path, [locked("a")], pyproject)
    before = tree(project)

    run = poetry(project, f"lock-package {arguments} -v")

    assert run.code == 0
    written = b"".join(text for name, text in tree(project).items() if name not in before)
    assert "s3cret" not in run.out + run.err
    assert b"s3cret" not in written
    if arguments == "--build":
        metadata = only_wheel(project / "dist").metadata
        assert metadata.summary == "See https://example.org/a, or https://p.org/https://example.org/a lock package"
        assert "https://example.org/a" in (metadata.keywords or [])


@pytest.mark.parametrize("name", [URL, "ada:s3cret@example.org"])
def test_name_of_a_source(tmp_path: Path, name: str) -> None:
    """A source that is called as an address is, password included, is named without it."""
    source = {"type": "legacy", "url": "https://example.org/simple", "reference": name}
    project = write_project(tmp_path, [locked("a", source=source)])

    run = poetry(project, "lock-package --build -v")

    assert run.code == 0
    assert "Locked from the source " in run.err
    assert "s3cret" not in run.out + run.err


def test_address_within_a_url_dependency(tmp_path: Path) -> None:
    """What a proxy is asked for loses its password, and a warning says that installers need it from elsewhere."""
    source = {"type": "url", "url": "https://p.org/https://ada:s3cret@example.org/a-1.0.zip"}
    project = write_project(tmp_path, [locked("a", source=source)])

    run = poetry(project, "lock-package --build -v")

    assert run.code == 0
    assert "#url-credentials" in run.err
    assert "s3cret" not in run.out + run.err
    assert "a @ https://p.org/https://example.org/a-1.0.zip" in only_wheel(project / "dist").requires

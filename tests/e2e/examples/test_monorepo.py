"""examples/monorepo."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, copy_example, lock_anew, make_shell
from tests.e2e.index import repack, serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

BUILD, DOWNLOAD, PIP, UV = read_console(EXAMPLES / "monorepo" / "README.md")
INSTALLED = {
    "click": "8.1.8",
    "example-app": "1.0.0",
    "example-app-lock": "1.0.0",
    "example-core": "2.1.0",
    "example-text": "0.3.0",
}


@pytest.fixture(scope="module")
def build_index(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an index that has the build backend of a library as well."""
    folder = shutil.copytree(stock, tmp_path_factory.mktemp("monorepo") / "stock")
    repack(folder, distribution("setuptools"))
    with serve_index(folder) as url:
        yield url


def test_monorepo(programs: Programs, build_index: str, tmp_path: Path) -> None:
    """From a clone to a running application, in a folder elsewhere without a network, with pip and with uv."""
    user = make_shell(programs, tmp_path, build_index)
    copy_example("monorepo", user.folder)
    shell = replace(user, folder=user.folder / "app")
    lock_anew(shell, build_index)

    shell.follow(BUILD)
    shell.follow(DOWNLOAD)

    wheels = sorted((shell.folder / "dist").glob("*.whl"))
    assert len(wheels) == 5
    for wheel in wheels:
        with ZipFile(wheel) as archive:
            (metadata,) = (archive.read(name) for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        assert b"file:" not in metadata
    offline = {"PIP_INDEX_URL": "file:///none", "UV_DEFAULT_INDEX": "file:///none", "UV_OFFLINE": "1"}
    there = replace(shell, folder=tmp_path / "there", environment={**shell.environment, **offline})
    shutil.copytree(shell.folder / "dist", there.folder / "dist")
    # Whatever leads back to the repository finds nothing there.
    shutil.rmtree(user.folder)

    there.follow(PIP)
    there.follow(UV)

    assert there.installed() == there.installed("uv-venv/bin/python") == INSTALLED

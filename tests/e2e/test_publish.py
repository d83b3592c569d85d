"""From a lock to an install by name: Poetry's configuration, a private index with a password, pip and uv."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.projects import INSTALLED, ROOT, copy_project
from tests.e2e.upload_index import serve_upload_index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.programs import Programs

pytestmark = pytest.mark.e2e

USER, PASSWORD = "ada", "corr3ct-h0rse"
WHEEL = "example_package_lock-0.1.0-py3-none-any.whl"
FILE = "example_package_lock-0.1.0-constraints.txt"


def test_publish_and_install(programs: Programs, classic: Path, packages: Path, tmp_path: Path) -> None:
    """What Poetry is configured with is enough to publish; pip installs it from there by name, and checks it."""
    project = copy_project(classic, tmp_path / "project")
    with serve_upload_index(tmp_path / "index", (USER, PASSWORD)) as url:
        programs.poetry(project, "config", "--local", "repositories.internal", url)
        programs.poetry(project, "config", "http-basic.internal", USER, PASSWORD)
        programs.poetry(project, "publish", "--build", "--repository", "internal")
        said = programs.poetry(
            project, "lock-package", "--build", "--constraints", "--publish", "--repository", "internal", "-vvv"
        )
        programs.poetry(project, "config", "--unset", "http-basic.internal")
        failed = programs.run(
            *programs.poetry_command(project), "lock-package", "--publish", "--repository", "internal", "-vvv"
        )
        for wheel in packages.iterdir():
            shutil.copy(wheel, tmp_path / "index")
        venv = programs.make_venv(tmp_path / "venv")
        programs.check(
            *(sys.executable, "-m", "pip", "--python", venv, "install"),
            *("--index-url", url.replace("://", f"://{USER}:{PASSWORD}@") + "simple/"),
            *("--require-hashes", "--constraint", project / "dist" / FILE, "example-package-lock==0.1.0"),
        )

    assert "Published to internal" in said
    assert PASSWORD not in said
    assert failed.returncode == 1
    assert "Nothing was published to internal: HTTP error 401 Unauthorized" in failed.stderr
    assert "Traceback" not in failed.stdout + failed.stderr
    assert programs.installed(venv) == INSTALLED | ROOT | {"example-package-lock": "0.1.0"}


def test_uv_publish(programs: Programs, classic: Path, tmp_path: Path) -> None:
    """`uv publish` uploads a lock package as any wheel."""
    with serve_upload_index(tmp_path / "index", (USER, PASSWORD)) as url:
        programs.check(
            *(sys.executable, "-m", "uv", "--no-config", "publish", "--publish-url", url),
            *("--username", USER, "--password", PASSWORD, classic / "dist" / WHEEL),
        )

    assert [path.name for path in (tmp_path / "index").iterdir()] == [WHEEL]

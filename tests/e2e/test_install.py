"""What pip installs from lock packages, compared with what Poetry installs from the same poetry.lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.index import make_wheel, serve_index
from tests.e2e.programs import Programs
from tests.e2e.projects import (
    INSTALLED,
    PLOT,
    ROOT,
    installed_by_pip,
    installed_by_poetry,
    write_project,
)
from tests.kit import only_wheel

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("kind", ["classic", "pep_621"])
def test_same_packages(
    kind: str, programs: Programs, later_index: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """From the wheels, pip installs what Poetry installs, whatever has been released since."""
    project: Path = request.getfixturevalue(kind)

    by_pip = installed_by_pip(programs, later_index, tmp_path, *(project / "dist").iterdir())

    assert by_pip == installed_by_poetry(programs, project, tmp_path) == INSTALLED | ROOT


@pytest.mark.parametrize("kind", ["classic", "pep_621", "non_package"])
def test_extra(kind: str, programs: Programs, later_index: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """An extra of the lock package brings what the same extra of the project brings with Poetry."""
    project: Path = request.getfixturevalue(kind)

    by_pip = installed_by_pip(
        programs, later_index, tmp_path, "--find-links", project / "dist", "example-package-lock[plot]"
    )

    by_poetry = installed_by_poetry(programs, project, tmp_path, "--extras", "plot")
    assert by_pip == by_poetry == INSTALLED | PLOT | ({} if kind == "non_package" else ROOT)


def test_ignore(programs: Programs, later_index: str, classic: Path, tmp_path: Path) -> None:
    """With `--ignore` and `--no-root`, an ignored package and what only it needs are not installed; all else is."""
    programs.poetry(
        classic, "lock-package", "--build", "--ignore", "pyspark", "--no-root", "--output", tmp_path / "dist"
    )

    by_pip = installed_by_pip(programs, later_index, tmp_path, only_wheel(tmp_path / "dist").path)

    by_poetry = installed_by_poetry(programs, classic, tmp_path, "--no-root")
    del by_poetry["pyspark"], by_poetry["py4j"]
    assert by_pip == by_poetry


def test_without_lock_package(programs: Programs, later_index: str, classic: Path, tmp_path: Path) -> None:
    """Without the lock package pip takes the new releases: it is the pins that the other tests see."""
    (wheel,) = (classic / "dist").glob("example_package-*.whl")
    venv = programs.make_venv(tmp_path / "pip")

    programs.pip(venv, "install", "--index-url", later_index, wheel)

    by_pip = programs.installed(venv)
    assert by_pip.keys() >= (INSTALLED | ROOT).keys()
    # What has one release only, or one that fits only.
    same = {name for name, version in (INSTALLED | ROOT).items() if by_pip[name] == version}
    assert same == {"py4j", "example-package"}


# A build backend that needs nothing, not even a package to build with: the wheel is in the repository.
BACKEND = """\
import os
import shutil


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return os.path.basename(shutil.copy("fromgit-1.5-py3-none-any.whl", wheel_directory))
"""

FROM_GIT = """\
[project]
name = "fromgit"
version = "1.5"
dependencies = ["certs>=2"]

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@contextmanager
def git_repository(programs: Programs, folder: Path) -> Iterator[tuple[str, str]]:
    """Serve the git repository of the package fromgit 1.5, made below ``folder``: its URL and its one commit."""
    make_wheel(folder / "fromgit", "fromgit", "1.5", ["certs>=2"])
    (folder / "fromgit/pyproject.toml").write_text(FROM_GIT, encoding="utf-8")
    (folder / "fromgit/backend.py").write_text(BACKEND, encoding="utf-8")
    programs.check("git", "init", "--quiet", "--separate-git-dir", folder / "fromgit.git", folder / "fromgit")
    commit(programs, folder)
    with serve_index(folder) as url:
        yield f"{url}/fromgit.git", programs.check("git", "-C", folder / "fromgit", "rev-parse", "HEAD").strip()


def commit(programs: Programs, folder: Path) -> None:
    """Commit all changes to the repository below ``folder``."""
    git = ("git", "-C", folder / "fromgit", "-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org")
    programs.check(*git, "add", ".")
    programs.check(*git, "commit", "--quiet", "--message", "A change")
    # With this, files on a plain web server are enough for git to clone from.
    programs.check(*git, "update-server-info")


def from_git(url: str) -> str:
    """A project that depends on the git repository at ``url``, and nothing else."""
    return (
        '[project]\nname = "example-package"\nversion = "0.1.0"\nrequires-python = ">=3.10,<4"\n'
        f'dependencies = ["fromgit @ git+{url}"]\n'
    )


def test_git_branch(programs: Programs, index: str, later_index: str, tmp_path: Path) -> None:
    """A git dependency is pinned at the locked commit, although its branch has moved on since.

    Without the project: pip refuses to install together what asks for a branch and what asks for a commit of it.
    """
    with git_repository(programs, tmp_path) as (url, locked):
        project = write_project(tmp_path / "project", index, from_git(url))
        programs.poetry(project, "lock")
        (tmp_path / "fromgit/backend.py").unlink()
        commit(programs, tmp_path)
        programs.poetry(project, "lock-package", "--build", "--no-root")
        wheel = only_wheel(project / "dist")

        by_pip = installed_by_pip(programs, later_index, tmp_path, wheel.path)

        by_poetry = installed_by_poetry(programs, project, tmp_path, "--no-root")
        assert by_pip == by_poetry == {"certs": "2.5", "fromgit": "1.5"}
        assert {r.name: r.url for r in wheel.requirements} == {"certs": None, "fromgit": f"git+{url}@{locked}"}

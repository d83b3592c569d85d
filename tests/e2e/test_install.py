"""What pip installs from lock packages, compared with what Poetry installs from the same poetry.lock."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.index import make_wheel, serve_index
from tests.e2e.projects import (
    INSTALLED,
    PLOT,
    ROOT,
    copy_project,
    installed_by_pip,
    installed_by_poetry,
    lock_and_build,
    write_project,
)
from tests.kit import only_wheel, read_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.programs import Programs

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("kind", ["classic", "pep_621"])
def test_same_packages(
    kind: str, programs: Programs, later_index: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """From the wheels, pip installs what Poetry installs, whatever has been released since."""
    project: Path = request.getfixturevalue(kind)

    by_pip = installed_by_pip(programs, later_index, tmp_path, *(project / "dist").iterdir())

    assert by_pip == installed_by_poetry(programs, project, tmp_path) == INSTALLED | ROOT


def test_non_package_mode(programs: Programs, later_index: str, non_package: Path, tmp_path: Path) -> None:
    """A project in non-package mode is not pinned itself, as Poetry does not install it; all else is."""
    by_pip = installed_by_pip(programs, later_index, tmp_path, only_wheel(non_package / "dist").path)

    assert by_pip == installed_by_poetry(programs, non_package, tmp_path) == INSTALLED


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


def test_fork(classic: Path) -> None:
    """A name that is locked at two versions is pinned at both, so that the same wheel is right for every Python."""
    (wheel,) = (classic / "dist").glob("example_package_lock-*.whl")

    forked = {str(r.specifier): r.marker for r in read_wheel(wheel).requirements if r.name == "forked"}

    # The text of the markers is that of the Poetry release that locked.
    pinned = {
        (python, version)
        for version, marker in forked.items()
        for python in ("3.10", "3.11", "3.13")
        if marker and marker.evaluate({"python_version": python, "python_full_version": f"{python}.1"})
    }
    assert pinned == {("3.10", "==1.0"), ("3.11", "==2.0"), ("3.13", "==2.0")}


def test_local_versions(programs: Programs, tmp_path: Path) -> None:
    """The README says it: `==` with a local part is exact, and without one admits a build that has one."""
    for version in ("2.0", "2.0+cpu", "2.0+cu118"):
        make_wheel(tmp_path / "packages", "tensor", version)
    for pin in ("2.0", "2.0+cpu"):
        make_wheel(tmp_path / pin, "pins", "1", [f"tensor=={pin}"])
    found = {}
    with serve_index(tmp_path / "packages") as url:
        for pin in ("2.0", "2.0+cpu"):
            venv = programs.make_venv(tmp_path / f"venv-{pin}")
            programs.pip(venv, "install", "--index-url", url, *(tmp_path / pin).iterdir())
            found[pin] = programs.installed(venv)["tensor"]

    assert found == {"2.0": "2.0+cu118", "2.0+cpu": "2.0+cpu"}


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


def test_missing_package(programs: Programs, packages: Path, classic: Path, tmp_path: Path) -> None:
    """Where the index lacks a pinned package, pip fails and names it, rather than install something else."""
    shutil.copytree(packages, tmp_path / "packages", ignore=shutil.ignore_patterns("py4j-*"))
    make_wheel(tmp_path / "packages", "py4j", "0.10.10")
    venv = programs.make_venv(tmp_path / "pip")

    with serve_index(tmp_path / "packages") as url:
        run = programs.run(*programs.pip_command(venv), "install", "--index-url", url, *(classic / "dist").iterdir())

    assert run.returncode == 1
    assert "No matching distribution found for py4j==0.10.9" in run.stderr
    assert programs.installed(venv) == {}


def test_poetry_build(programs: Programs, classic: Path, tmp_path: Path) -> None:
    """`poetry build` in the lock project gives the very wheel that `--build` gives."""
    project = copy_project(classic, tmp_path / "project")
    programs.poetry(project, "lock-package")

    programs.poetry(project / "example-package-lock", "build", "--format", "wheel")

    wheel = only_wheel(project / "example-package-lock/dist").path
    assert wheel.read_bytes() == (classic / "dist" / wheel.name).read_bytes()


def test_same_bytes(programs: Programs, pep_621: Path, tmp_path: Path) -> None:
    """The wheel does not depend on the folder that the project is in."""
    project = copy_project(pep_621, tmp_path / "another folder")

    programs.poetry(project, "lock-package", "--build")

    wheel = only_wheel(project / "dist").path
    assert wheel.read_bytes() == (pep_621 / "dist" / wheel.name).read_bytes()


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


def test_git_commit(programs: Programs, index: str, later_index: str, tmp_path: Path) -> None:
    """A project that names the commit of a git dependency is installed with its lock package, by pip as by Poetry."""
    with git_repository(programs, tmp_path) as (url, locked):
        project = write_project(tmp_path / "project", index, from_git(f"{url}@{locked}"))
        lock_and_build(programs, project)

        by_pip = installed_by_pip(programs, later_index, tmp_path, *(project / "dist").iterdir())

        assert by_pip == installed_by_poetry(programs, project, tmp_path) == {"certs": "2.5", "fromgit": "1.5"} | ROOT


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


def test_git_on_this_machine(programs: Programs, index: str, tmp_path: Path) -> None:
    """A repository on this machine has no address for others: one line names the package, and no wheel appears."""
    with git_repository(programs, tmp_path):
        project = write_project(tmp_path / "project", index, from_git((tmp_path / "fromgit.git").as_uri()))
        programs.poetry(project, "lock")

    run = programs.run(*programs.poetry_command(project), "lock-package", "--build")

    assert run.returncode == 1
    assert run.stdout == "Building example-package-lock (0.1.0)\n"
    (line,) = run.stderr.splitlines()
    assert "fromgit comes from a git address on this machine" in line
    assert str(tmp_path) not in line
    assert not (project / "dist").exists()

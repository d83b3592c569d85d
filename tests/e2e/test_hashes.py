"""Hash-checked installs with the constraints of a lock package, by real installers; and what tells of drift."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.index import make_wheel, serve_index
from tests.e2e.programs import Programs
from tests.e2e.projects import INSTALLED, PLOT, ROOT, write_project

pytestmark = [pytest.mark.e2e, pytest.mark.newest]

FILE = "example_package_lock-0.1.0-constraints.txt"
LOCK_PACKAGE = {"example-package-lock": "0.1.0"}


@pytest.fixture(scope="module")
def built(programs: Programs, classic: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of a project, its lock package and the constraints."""
    folder = tmp_path_factory.mktemp("hashes")
    for wheel in (classic / "dist").glob("example_package-*.whl"):
        shutil.copy(wheel, folder)
    programs.poetry(classic, "lock-package", "--build", "--constraints", "--output", folder)
    return folder


@pytest.fixture
def published(packages: Path, built: Path, tmp_path: Path) -> Path:
    """The folder of an index that has all wheels; the constraints lie beside the folder."""
    shutil.copytree(packages, tmp_path / "index")
    for wheel in built.glob("*.whl"):
        shutil.copy(wheel, tmp_path / "index")
    shutil.copy(built / FILE, tmp_path)
    return tmp_path / "index"


def installer(programs: Programs, name: str, venv: Path) -> Sequence[str | Path]:
    """The command line for "pip install" or its like into ``venv``."""
    if name == "pip":
        # Not the pip that comes with Python: constraints count as hashes from pip 26.1 on.
        return (sys.executable, "-m", "pip", "--python", venv, "install")
    if name == "pip of Python":
        return (*programs.pip_command(venv), "install")
    return (sys.executable, "-m", "uv", "--no-cache", "--no-config", "pip", "install", "--python", venv)


@pytest.mark.parametrize("name", ["pip", "uv"])
@pytest.mark.parametrize("extra", ["", "[plot]"])
def test_good_files(name: str, extra: str, programs: Programs, published: Path, tmp_path: Path) -> None:
    """With the constraints, every file passes: those of the base, and with an extra those as well."""
    venv = programs.make_venv(tmp_path / "venv")
    with serve_index(published) as url:
        programs.check(
            *installer(programs, name, venv),
            *("--index-url", url, "--require-hashes", "--constraint", tmp_path / FILE),
            f"example-package-lock{extra}==0.1.0",
        )

    assert programs.installed(venv) == INSTALLED | ROOT | LOCK_PACKAGE | (PLOT if extra else {})


def tamper(wheel: Path) -> None:
    """Change one byte of ``wheel``, and nothing that unpacking it would show: the time of a file in it."""
    content = bytearray(wheel.read_bytes())
    # The second of the directory entry's fields for the time: APPNOTE.TXT of the zip format, 4.3.12.
    content[content.rindex(b"PK\x01\x02") + 13] ^= 1
    wheel.write_bytes(content)


@pytest.mark.parametrize("name", ["pip", "uv"])
@pytest.mark.parametrize(
    "tampered", ["example_package_lock-0.1.0", "example_package-0.1.0", "pyspark-3.5.1", "py4j-0.10.9", "canvas-0.4"]
)
def test_tampered_file(name: str, tampered: str, programs: Programs, published: Path, tmp_path: Path) -> None:
    """One changed byte in any wheel, and nothing is installed."""
    tamper(published / f"{tampered}-py3-none-any.whl")
    venv = programs.make_venv(tmp_path / "venv")
    with serve_index(published) as url:
        run = programs.run(
            *installer(programs, name, venv),
            *("--index-url", url, "--require-hashes", "--constraint", tmp_path / FILE),
            "example-package-lock[plot]==0.1.0",
        )

    assert run.returncode == 1
    message = {"pip": "DO NOT MATCH THE HASHES", "uv": "Hash mismatch"}[name]
    assert message in run.stderr
    assert tampered.partition("-")[0].replace("_", "-") in run.stderr.partition(message)[2]
    assert programs.installed(venv) == {}


@pytest.mark.parametrize("name", ["pip", "pip of Python", "uv"])
def test_as_requirements(name: str, programs: Programs, published: Path, tmp_path: Path) -> None:
    """The file serves as requirements, too, for any pip: all extras are installed then, and files are checked."""
    venv = programs.make_venv(tmp_path / "venv")
    with serve_index(published) as url:
        arguments = ("--index-url", url, "--require-hashes", "--requirement", tmp_path / FILE)
        programs.check(*installer(programs, name, venv), *arguments)
        assert programs.installed(venv) == INSTALLED | ROOT | LOCK_PACKAGE | PLOT
        tamper(published / "certs-2.5-py3-none-any.whl")
        other = programs.make_venv(tmp_path / "other")
        run = programs.run(*installer(programs, name, other), *arguments)

    assert run.returncode == 1
    assert programs.installed(other) == {}


def test_url(programs: Programs, tmp_path: Path) -> None:
    """The file of a URL dependency is checked by uv with constraints, by pip with requirements: the README says so."""
    wheel = make_wheel(tmp_path / "packages/files", "fromurl", "1.0")
    with serve_index(tmp_path / "packages") as url:
        pyproject = '[project]\nname = "example-package"\nversion = "0.1.0"\nrequires-python = ">=3.10"\n'
        dependency = f'dependencies = ["fromurl @ {url}/files/{wheel.name}"]\n'
        project = write_project(tmp_path / "project", url, pyproject + dependency)
        programs.poetry(project, "lock")
        programs.poetry(project, "lock-package", "--build", "--constraints", "--no-root")
        shutil.copy(project / "dist/example_package_lock-0.1.0-py3-none-any.whl", tmp_path / "packages")
        file = project / "dist" / FILE
        ways = {"uv": ("--constraint", file, "example-package-lock==0.1.0"), "pip": ("--requirement", file)}
        codes = {}
        for state in ("good", "bad"):
            for name, what in ways.items():
                venv = programs.make_venv(tmp_path / state / name)
                run = programs.run(*installer(programs, name, venv), "--index-url", url, "--require-hashes", *what)
                codes[state, name] = run.returncode
                assert programs.installed(venv) == ({} if run.returncode else LOCK_PACKAGE | {"fromurl": "1.0"})
            tamper(wheel)

    assert codes == {("good", "uv"): 0, ("good", "pip"): 0, ("bad", "uv"): 1, ("bad", "pip"): 1}


def test_drift(programs: Programs, published: Path, tmp_path: Path) -> None:
    """`pip check` and `uv pip check` tell what is no longer as locked, and what is gone; not what an extra pins."""
    make_wheel(published, "py4j", "0.10.9.1")
    make_wheel(published, "canvas", "0.5")
    venv = programs.make_venv(tmp_path / "venv")
    with serve_index(published) as url:
        programs.pip(venv, "install", "--index-url", url, "example-package-lock[plot]")
        programs.pip(venv, "check")
        programs.pip(venv, "install", "--index-url", url, "--no-deps", "py4j==0.10.9.1", "canvas==0.5")
        programs.pip(venv, "uninstall", "--yes", "certs")

    by_pip = programs.run(*programs.pip_command(venv), "check")
    by_uv = programs.run(sys.executable, "-m", "uv", "--no-config", "pip", "check", "--python", venv)

    assert (by_pip.returncode, by_uv.returncode) == (1, 1)
    ours = {line for line in by_pip.stdout.splitlines() if line.startswith("example-package-lock")}
    assert ours == {
        "example-package-lock 0.1.0 requires certs, which is not installed.",
        "example-package-lock 0.1.0 has requirement py4j==0.10.9, but you have py4j 0.10.9.1.",
    }
    for package in ("certs", "py4j==0.10.9"):
        assert f"`example-package-lock` requires `{package}" in by_uv.stderr
    assert "canvas" not in by_pip.stdout + by_uv.stderr

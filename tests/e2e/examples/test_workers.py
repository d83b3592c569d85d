"""Platforms that run pip or uv on their own, in the folder of the project or on one wheel, or unpack an environment."""

import os
import shutil
import sysconfig
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, WITH_LOCK, Shell, copy_example, lock_anew, make_shell
from tests.e2e.index import add_backend, serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

PYTHON_PROGRAM = read_console(EXAMPLES / "sagemaker" / "README.md")[0]
WORKER = read_console(EXAMPLES / "beam" / "README.md")
BUILD_PACK = read_console(EXAMPLES / "cloud-run" / "README.md")
RAY = read_console(EXAMPLES / "ray" / "README.md")
SPARK = read_console(EXAMPLES / "spark" / "README.md")
SNOWPARK = read_console(EXAMPLES / "snowflake" / "README.md")
PROJECT_WHEEL = {name: version for name, version in WITH_LOCK.items() if name != "example-package-lock"}


@pytest.fixture
def training(programs: Programs, stock_index: str, later_stock: Path, tmp_path: Path) -> Iterator[Shell]:
    """A user in examples/sagemaker, locked; the index later on has the build backend, and what it needs, too."""
    public = shutil.copytree(later_stock, tmp_path / "public")
    for wheel in public.glob("packaging-*.whl"):
        wheel.unlink()
    add_backend(public)
    with serve_index(public) as url:
        shell = make_shell(programs, tmp_path, url)
        copy_example("sagemaker", shell.folder)
        lock_anew(shell, stock_index)
        yield shell


def test_script(training: Shell) -> None:
    """The requirements are installed for a script: the folder, with what it has locked."""
    training.follow(PYTHON_PROGRAM)

    assert training.installed() == {"click": "8.1.8", "example-training": "1.0.0"}


def test_package(training: Shell) -> None:
    """With a `setup.py`, the folder and its requirements are installed in one call."""
    (training.folder / "setup.py").touch()

    training.check("python -m venv venv && venv/bin/python -m pip install . -r requirements.txt")

    assert training.installed() == {"click": "8.1.8", "example-training": "1.0.0"}


def test_beam(shell: Shell) -> None:
    """Both calls of a worker leave what is locked, although the index has newer releases."""
    for block in WORKER:
        shell.follow(block)

    assert shell.installed() == PROJECT_WHEEL


def test_build_pack(shell: Shell) -> None:
    """What `requirements.txt` names is installed as locked, by pip and by uv."""
    assert len(BUILD_PACK) == 3
    for block in BUILD_PACK:
        shell.follow(block)

    assert shell.installed() == shell.installed("uv-venv/bin/python") == PROJECT_WHEEL


def test_snowpark(shell: Shell) -> None:
    """What pip collects are the wheels of the locked versions."""
    for block in SNOWPARK:
        shell.follow(block)
    requirement = f"example-package @ {(shell.folder / 'dist/example_package-0.1.0-py3-none-any.whl').as_uri()}"
    (shell.folder / "requirements.txt").write_text(f"{requirement}\n", encoding="utf-8")

    shell.check("python -m venv venv && venv/bin/python -m pip wheel -w packages -r requirements.txt")

    wheels = {tuple(path.name.split("-")[:2]) for path in (shell.folder / "packages").iterdir()}
    assert wheels == {(name.replace("-", "_"), version) for name, version in PROJECT_WHEEL.items()}


def test_ray(shell: Shell) -> None:
    """A worker has what is locked, and not what the driver has."""
    assert len(RAY) == 2
    shutil.copy(EXAMPLES / "ray" / "driver.py", shell.folder)
    # Ray does not copy what is named here.
    (shell.folder / ".gitignore").write_text("dist/\n", encoding="utf-8")
    driver = shell.folder.with_name("driver")
    # Ray copies the environment of the driver, so that one is small, and sees Ray in the one that runs the tests.
    shell.check(f"python -m venv '{driver}'")
    (packages,) = driver.glob("lib/*/site-packages")
    (packages / "tests.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    path = os.pathsep.join([f"{driver}/bin", shell.environment["PATH"]])
    # Names of sockets must be short.
    with TemporaryDirectory(prefix="ray") as folder:
        shell = replace(shell, environment={**shell.environment, "PATH": path, "RAY_TMPDIR": folder})
        for block in RAY:
            shell.follow(block)

    assert shell.check("python -c 'import importlib.metadata as m; print(m.version(\"click\"))'") != "8.1.8\n"


@pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java")
def test_spark(shell: Shell, stock_index: str) -> None:
    """An executor has what is locked, from the archive."""
    shutil.copy(EXAMPLES / "spark" / "job.py", shell.folder)
    search = os.pathsep.join([shell.environment["PATH"], sysconfig.get_path("scripts")])
    shell = replace(shell, environment={**shell.environment, "PATH": search})
    lock_anew(shell, stock_index)
    # Executors work in the folder of Spark.
    work = Path(sysconfig.get_path("purelib"), "pyspark", "work")
    shutil.rmtree(work, ignore_errors=True)

    for block in SPARK:
        shell.follow(block)

    assert list(work.glob("*/*/environment/bin/python"))
    shutil.rmtree(work)

"""examples/databricks: a notebook on a cluster whose pyspark pip does not know."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, Shell, copy_example, make_shell, use_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.examples.private_index import PrivateIndex
    from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

README = EXAMPLES / "databricks" / "README.md"
BY_TWO_LINES, BY_ONE_WHEEL, BY_GROUP = read_console(README)
LINES = re.findall(r"^%pip (.*)$", README.read_text(encoding="utf-8"), re.MULTILINE)

# What a notebook has of Databricks, as much as ours uses.
DATABRICKS = """\
import importlib, os, shlex, string, subprocess, sys, types

def restart():
    importlib.invalidate_caches()

def pip(line):
    command = [sys.executable, "-m", "pip", *shlex.split(string.Template(line).substitute(globals()))]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

dbutils = types.SimpleNamespace(
    secrets=types.SimpleNamespace(get=lambda scope, key: os.environ[f"{scope}/{key}"]),
    library=types.SimpleNamespace(restartPython=restart),
)
"""

INSTALLED = {"example-package-lock": "0.1.0", "example-package": "0.1.0", "packaging": "24.0", "tabulate": "0.9.0"}


@pytest.fixture
def shell(programs: Programs, stock_index: str, private_index: PrivateIndex, tmp_path: Path) -> Shell:
    """A developer in a copy of the example."""
    variables = {**private_index.for_twine, "packages/index-url": private_index.address}
    shell = make_shell(programs, tmp_path, stock_index, **variables)
    copy_example("databricks", shell.folder)
    use_index(shell.folder, stock_index)
    return shell


@pytest.fixture
def cluster(shell: Shell, tmp_path: Path) -> Shell:
    """A shell on a cluster: its own pyspark and mlflow are importable, and pip knows nothing of them."""
    runtime = tmp_path / "runtime"
    for name, text in {"pyspark": "__version__ = '3.5.0'", "py4j": "", "mlflow": ""}.items():
        (runtime / name).mkdir(parents=True)
        (runtime / name / "__init__.py").write_text(text, encoding="utf-8")
    cluster = replace(shell, folder=tmp_path / "cluster")
    cluster.folder.mkdir()
    cluster.check("python -m venv venv")
    (packages,) = cluster.folder.glob("venv/lib/*/site-packages")
    (packages / "cluster.pth").write_text(f"{runtime}\n", encoding="utf-8")
    return cluster


def as_script(notebook: str) -> Iterator[str]:
    """A notebook as a Python script; the text of https://docs.databricks.com/notebooks/notebook-export-import.html."""
    first, *lines = notebook.splitlines()
    assert first == "# Databricks notebook source"
    yield DATABRICKS
    for line in lines:
        magic = re.match(r"# MAGIC %pip (.*)", line)
        assert magic or not line.startswith("# MAGIC")
        yield f"pip({magic[1]!r})" if magic else line


def where(cluster: Shell) -> dict[str, bool]:
    """Whether each of these modules is still that of the cluster."""
    find = "from importlib.util import find_spec as f; print(*(f(n).origin for n in ('pyspark', 'py4j', 'mlflow')))"
    origins = cluster.check(f'venv/bin/python -I -c "{find}"').split()
    runtime = cluster.folder.with_name("runtime")
    return {
        name: origin == f"{runtime}/{name}/__init__.py"
        for name, origin in zip(("pyspark", "py4j", "mlflow"), origins, strict=True)
    }


OWN = {"pyspark": True, "py4j": True, "mlflow": True}


def test_notebook(shell: Shell, cluster: Shell) -> None:
    """The notebook installs both by name, at the locked versions, and talks to the pyspark that was there before."""
    shell.follow(BY_TWO_LINES)
    notebook = (EXAMPLES / "databricks" / "notebook.py").read_text(encoding="utf-8")
    (cluster.folder / "notebook.py").write_text("\n".join(as_script(notebook)), encoding="utf-8")

    printed = cluster.check("venv/bin/python notebook.py")

    assert printed == "Spark  3.5\n"
    assert cluster.installed() == INSTALLED
    assert where(cluster) == OWN
    unmet = cluster.run("venv/bin/python -m pip check")
    assert {line.partition(",")[0] for line in unmet.stdout.splitlines()} == {
        "example-package 0.1.0 requires pyspark",
        "example-package 0.1.0 requires mlflow",
    }


def test_one_wheel(shell: Shell, cluster: Shell) -> None:
    """With the pins in the project's own wheel, its name alone brings all but pyspark and mlflow."""
    shell.follow(BY_ONE_WHEEL)

    install_by_line(cluster, LINES[2])

    assert cluster.installed() == {name: INSTALLED[name] for name in ("example-package", "packaging", "tabulate")}
    assert where(cluster) == OWN
    assert cluster.check("venv/bin/python -m pip check") == "No broken requirements found.\n"


def test_group(shell: Shell, cluster: Shell) -> None:
    """With pyspark and mlflow in a group, the lock package alone brings all, and neither of them."""
    shell.follow(BY_GROUP)

    install_by_line(cluster, LINES[3])

    assert cluster.installed() == INSTALLED
    assert where(cluster) == OWN
    assert cluster.check("venv/bin/python -m pip check") == "No broken requirements found.\n"


def install_by_line(cluster: Shell, line: str) -> None:
    """Run a notebook with this `%pip` line alone."""
    index = 'index = dbutils.secrets.get("packages", "index-url")'
    (cluster.folder / "notebook.py").write_text("\n".join([DATABRICKS, index, f"pip({line!r})"]), encoding="utf-8")
    cluster.check("venv/bin/python notebook.py")


def test_with_root(shell: Shell, cluster: Shell) -> None:
    """What the README warns of: the project's own metadata brings what was ignored, in front of the cluster's."""
    shell.check("poetry lock && poetry build --format wheel")
    run = shell.run("poetry lock-package --build --ignore pyspark --ignore mlflow")

    cluster.check(f"venv/bin/python -m pip install --quiet '{shell.folder}'/dist/*.whl")

    assert "example-package itself requires it, so pip installs it after all" in run.stderr
    assert cluster.installed().keys() > INSTALLED.keys() | {"pyspark", "py4j", "mlflow"}
    assert where(cluster) == {"pyspark": False, "py4j": False, "mlflow": False}


def test_readme_shows_the_notebook() -> None:
    """The lines in the README are those of the notebook."""
    notebook = (EXAMPLES / "databricks" / "notebook.py").read_text(encoding="utf-8")

    assert LINES[:2] == re.findall(r"^# MAGIC %pip (.*)$", notebook, re.MULTILINE)

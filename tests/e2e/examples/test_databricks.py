"""examples/databricks: clusters and notebooks whose packages stay as they are."""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.console import read_console
from tests.e2e.examples.platform import make_platform, read_list, untouched
from tests.e2e.examples.private_index import PrivateIndex
from tests.e2e.examples.shell import EXAMPLES, Shell, copy_example, make_shell, use_index
from tests.e2e.index import stamp
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

README = EXAMPLES / "databricks" / "README.md"
BUILD, UPLOAD = read_console(README)
RUNTIME = read_list(EXAMPLES / "databricks" / "runtime.txt")
SEEN_BY_PIP = {name: version for name, version in RUNTIME.items() if name not in ("pyspark", "py4j")}
INSTALLED = {**SEEN_BY_PIP, "example-package": "0.1.0", "tabulate": "0.9.0"}
REPORT = "Spark  3.5\n"

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


@pytest.fixture
def shell(programs: Programs, stock_index: str, private_index: PrivateIndex, tmp_path: Path) -> Shell:
    """A developer in a copy of the example."""
    variables = {**private_index.for_twine, "packages/index-url": private_index.address}
    shell = make_shell(programs, tmp_path, stock_index, **variables)
    copy_example("databricks", shell.folder)
    use_index(shell.folder, stock_index)
    return shell


@pytest.fixture
def cluster(shell: Shell, private_index: PrivateIndex) -> Shell:
    """A shell on a cluster with what is in runtime.txt, at a time when there are newer releases of everything."""
    later = replace(shell, environment={**shell.environment, "PIP_INDEX_URL": private_index.address})
    return make_platform(later, RUNTIME, hidden=("pyspark", "py4j"))


def install_libraries(cluster: Shell, libraries: Iterable[Path]) -> None:
    """Install as a classic cluster does: one library after the other, in the order that is listed."""
    for library in libraries:
        cluster.check(f"venv/bin/pip install --quiet '{library}'")


def install_environment(cluster: Shell, dependencies: Iterable[Path]) -> None:
    """Install as serverless compute does: the dependencies of an environment are one requirements file."""
    (cluster.folder / "environment.txt").write_text("\n".join(map(str, dependencies)), encoding="utf-8")
    cluster.check("venv/bin/pip install --quiet --requirement environment.txt")


def check_cluster(cluster: Shell, installed: dict[str, str]) -> None:
    """The project runs, all that the runtime has is as it was, and pip has nothing to say."""
    assert cluster.check("venv/bin/example-package") == REPORT
    assert cluster.installed() == installed
    assert untouched(cluster, RUNTIME)
    assert cluster.check("venv/bin/python -m pip check") == "No broken requirements found.\n"


@pytest.mark.parametrize("install", [install_libraries, install_environment], ids=["classic", "serverless"])
def test_one_wheel(install: Any, shell: Shell, cluster: Shell) -> None:
    """One wheel brings the project and what the runtime lacks, and leaves the rest as it is."""
    shell.follow(BUILD)

    install(cluster, sorted(shell.folder.glob("dist/*.whl")))

    check_cluster(cluster, INSTALLED)


@pytest.mark.parametrize("kind", ["classic", "serverless"])
def test_bundle(kind: str, shell: Shell, cluster: Shell) -> None:
    """What the bundle builds and stamps, a task of either kind installs and runs."""
    import yaml  # noqa: PLC0415 - it comes with the group examples

    bundle = yaml.safe_load((shell.folder / "databricks.yml").read_text(encoding="utf-8"))
    (artifact,) = bundle["artifacts"].values()
    job = bundle["resources"]["jobs"]["report"]
    (task,) = (task for task in job["tasks"] if task["task_key"] == kind)
    (environment,) = job["environments"]
    if kind == "serverless":
        assert task["environment_key"] == environment["environment_key"]
        (pattern,) = environment["spec"]["dependencies"]
    else:
        (pattern,) = (library["whl"] for library in task["libraries"])
    shell.check("poetry lock")

    shell.check(artifact["build"])
    (built,) = shell.folder.glob(pattern)
    assert artifact["dynamic_version"]
    stamped = stamp(built, "1764000000000000000", cluster.folder)
    (install_environment if kind == "serverless" else install_libraries)(cluster, [stamped])

    assert task["python_wheel_task"] == {"package_name": "example-package", "entry_point": "example-package"}
    check_cluster(cluster, {**INSTALLED, "example-package": "0.1.0+1764000000000000000"})


def as_script(notebook: str) -> Iterator[str]:
    """A notebook as a Python script; the text of https://docs.databricks.com/notebooks/notebook-export-import.html."""
    first, *lines = notebook.splitlines()
    assert first == "# Databricks notebook source"
    yield DATABRICKS
    for line in lines:
        magic = re.match(r"# MAGIC %pip (.*)", line)
        assert magic or not line.startswith("# MAGIC")
        yield f"pip({magic[1]!r})" if magic else line


def test_notebook(shell: Shell, cluster: Shell) -> None:
    """The notebook installs by name from an index with a password, and talks to the cluster's pyspark."""
    shell.follow(BUILD)
    shell.follow(UPLOAD)
    notebook = (EXAMPLES / "databricks" / "notebook.py").read_text(encoding="utf-8")
    (cluster.folder / "notebook.py").write_text("\n".join(as_script(notebook)), encoding="utf-8")

    assert cluster.check("venv/bin/python notebook.py") == REPORT
    check_cluster(cluster, INSTALLED)


def test_readme_shows_the_files() -> None:
    """The lines in the README are those of the notebook and of the bundle."""
    import yaml  # noqa: PLC0415 - it comes with the group examples

    readme = README.read_text(encoding="utf-8")
    notebook = (EXAMPLES / "databricks" / "notebook.py").read_text(encoding="utf-8")
    bundle = yaml.safe_load((EXAMPLES / "databricks" / "databricks.yml").read_text(encoding="utf-8"))

    shown = re.findall(r"^(%pip .*\$index)$", readme, re.MULTILINE)
    assert re.findall(r"^# MAGIC (%pip .*)$", notebook, re.MULTILINE) == shown
    assert shlex.split(bundle["artifacts"]["default"]["build"]) == shlex.split(BUILD[1][0])

"""examples/aws-glue, examples/aws-lambda and Amazon's Airflow: what these have stays as it is."""

import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.console import read_console
from tests.e2e.examples.platform import make_platform, read_list, untouched
from tests.e2e.examples.shell import EXAMPLES, Shell, copy_example, make_shell, use_index
from tests.e2e.index import serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

OWN = {"example-package": "0.1.0", "tabulate": "0.9.0"}


@pytest.fixture
def shell(programs: Programs, later_stock_index: str, tmp_path: Path) -> Shell:
    """A developer, at a time when there are newer releases than those that get locked."""
    return make_shell(programs, tmp_path, later_stock_index)


def lock(shell: Shell, example: str, stock_index: str, block: list[tuple[str, str]]) -> None:
    """Follow ``block`` in a copy of ``example``, which is locked from ``stock_index``."""
    copy_example(example, shell.folder)
    use_index(shell.folder, stock_index)
    shell.follow(block)


def test_glue(shell: Shell, stock_index: str) -> None:
    """The modules of job.json, installed with one call of pip, bring what Glue lacks and nothing else."""
    packages = read_list(EXAMPLES / "aws-glue" / "glue.txt")
    (build,) = read_console(EXAMPLES / "aws-glue" / "README.md")
    lock(shell, "aws-glue", stock_index, build)
    job = json.loads((shell.folder / "job.json").read_text(encoding="utf-8"))
    modules = job["DefaultArguments"]["--additional-python-modules"].split(",")
    glue = make_platform(shell, packages)

    bucket = [module.replace("s3://BUCKET/wheels", str(shell.folder / "dist")) for module in modules]
    glue.check(f"venv/bin/pip install --quiet {' '.join(bucket)}")

    assert glue.installed() == {**packages, **OWN}
    assert untouched(glue, packages)
    report = 'venv/bin/python -c "from example_package import report; print(report())"'
    assert glue.check(report) == f"boto3  {packages['boto3']}\n"
    assert glue.check("venv/bin/python -m pip check") == "No broken requirements found.\n"


def test_lambda(shell: Shell, stock: Path, tmp_path: Path) -> None:
    """The layer has the project and what the runtime lacks, and the handler runs with both on its path."""
    packages = read_list(EXAMPLES / "aws-lambda" / "runtime.txt")
    (build,) = read_console(EXAMPLES / "aws-lambda" / "README.md")
    # A wheel for an older glibc than that of the target.
    index = shutil.copytree(stock, tmp_path / "index")
    (tabulate,) = index.glob("tabulate-*.whl")
    tabulate.rename(index / "tabulate-0.9.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
    with serve_index(index) as url:
        lock(shell, "aws-lambda", url, build)

    with zipfile.ZipFile(shell.folder / "layer.zip") as archive:
        archive.extractall(tmp_path / "opt")
    (tops,) = {path.name for path in (tmp_path / "opt").iterdir()}
    function = make_platform(shell, packages)

    assert tops == "python"
    layer = {path.name.partition("-")[0] for path in (tmp_path / "opt" / "python").glob("*.dist-info")}
    assert layer == {"example_package", "tabulate"}
    call = "from example_package import handler; print(handler(None, None))"
    path = os.pathsep.join([str(tmp_path / "opt" / "python")])
    assert function.check(f"PYTHONPATH='{path}' venv/bin/python -c '{call}'") == f"boto3  {packages['boto3']}\n"


@pytest.fixture
def airflow(shell: Shell, stock_index: str) -> tuple[Shell, dict[str, str]]:
    """A shell where Airflow is installed, the wheel built beside it, and what it has."""
    packages = read_list(EXAMPLES / "airflow" / "provided.txt")
    build, _ = read_console(EXAMPLES / "airflow" / "README.md")
    lock(shell, "airflow", stock_index, build)
    return make_platform(shell, packages), packages


def check_airflow(airflow: Shell, packages: dict[str, str]) -> None:
    """Airflow is as it was, and the task runs beside it."""
    assert airflow.installed() == {**packages, **OWN}
    assert untouched(airflow, packages)
    report = 'venv/bin/python -c "from example_package import report; print(report())"'
    assert airflow.check(report) == f"pendulum  {packages['pendulum']}\n"
    assert airflow.check("venv/bin/python -m pip check") == "No broken requirements found.\n"


def test_airflow(airflow: tuple[Shell, dict[str, str]], shell: Shell) -> None:
    """Under the constraints, pip installs the wheel, and nothing of Airflow changes."""
    platform, packages = airflow
    _, ((command, _),) = read_console(EXAMPLES / "airflow" / "README.md")

    here = replace(platform, folder=shell.folder)
    install = f"PATH='{platform.folder}/venv/bin':$PATH {command}"

    here.check(install)

    check_airflow(platform, packages)
    constraints = shell.folder / "constraints.txt"
    text = constraints.read_text(encoding="utf-8")
    constraints.write_text(text.replace("tabulate==0.9.0", "tabulate==0.8.0"), encoding="utf-8")
    assert "conflict" in here.run(f"{install} --force-reinstall").stderr


def test_mwaa(airflow: tuple[Shell, dict[str, str]], shell: Shell, tmp_path: Path) -> None:
    """The requirements file of MWAA installs the wheel from plugins.zip, under the constraints."""
    platform, packages = airflow
    local = tmp_path / "usr-local-airflow"
    shell.check("python -m zipfile -c plugins.zip dist/example_package-0.1.0-py3-none-any.whl")
    with zipfile.ZipFile(shell.folder / "plugins.zip") as archive:
        archive.extractall(local / "plugins")
    (local / "dags").mkdir()
    shutil.copy(shell.folder / "constraints.txt", local / "dags")
    requirements = (shell.folder / "requirements.txt").read_text(encoding="utf-8")
    (local / "requirements.txt").write_text(requirements.replace("/usr/local/airflow", str(local)), encoding="utf-8")

    platform.check(f"venv/bin/pip install --quiet --requirement '{local}/requirements.txt'")

    check_airflow(platform, packages)

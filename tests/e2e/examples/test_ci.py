"""examples/ci: the lines of the workflow and of the pipeline, run job by job."""

import os
import re
import shutil
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.console import read_console
from tests.e2e.examples.private_index import PrivateIndex
from tests.e2e.examples.shell import EXAMPLES, LOCKED, WITH_LOCK, Shell, copy_example, make_shell
from tests.e2e.index import add_needs_of_backend, make_wheel, serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

WORKFLOWS = ("github.yml", "gitlab-ci.yml")
# Where the workflows get the plugin from, and what they get here.
PLUGIN = "git+https://git.example.org/poetry-plugin-lock-package"
STAND_IN = "poetry-plugin-lock-package"


@dataclass(frozen=True)
class Step:
    """What one shell is given, and the variables that it has besides; each ``job`` has a machine of its own."""

    job: str
    script: str
    variables: Mapping[str, str]


def read_steps(name: str, secrets: Mapping[str, str]) -> Iterator[Step]:
    """The steps of examples/ci/``name`` in their order."""
    import yaml  # noqa: PLC0415 - it comes with the group examples

    read: dict[str, Any] = yaml.safe_load((EXAMPLES / "ci" / name).read_text(encoding="utf-8"))
    if name == "gitlab-ci.yml":
        # https://docs.gitlab.com/ci/yaml/#script: variables of the project are variables of each script.
        for stage in read["stages"]:
            yield from (
                Step(job, "\n".join(does["script"]).replace(PLUGIN, STAND_IN), secrets)
                for job, does in read.items()
                if job not in ("stages", "default") and does["stage"] == stage
            )
        return
    for job, does in read["jobs"].items():
        for step in does["steps"]:
            if "run" in step:
                script = step["run"].replace(PLUGIN, STAND_IN)
                yield Step(job, script, {key: fill_in(text, secrets) for key, text in step.get("env", {}).items()})
            else:
                # By its commit: a tag can be moved.
                assert re.fullmatch(r"actions/(checkout|setup-python)@[0-9a-f]{40}", step["uses"])


def fill_in(text: str, secrets: Mapping[str, str]) -> str:
    """``text`` with the secrets that it names."""
    return re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda match: secrets[match[1]], text)


@pytest.fixture
def shell(programs: Programs, stock: Path, tmp_path: Path) -> Iterator[Shell]:
    """A runner with the example checked out; on its public index are the tools that the workflows install.

    These are stand-ins as well: what they install are the tools of the environment that runs the tests.
    """
    public = tmp_path / "public"
    shutil.copytree(stock, public)
    for tool in ("poetry", "poetry-plugin-lock-package", "twine"):
        program = Path(sysconfig.get_path("scripts"), tool)
        script = f"import os, sys\n\ndef main():\n    os.execv({str(program)!r}, [{tool!r}, *sys.argv[1:]])\n"
        entry_points = f"[console_scripts]\n{tool} = {tool.replace('-', '_')}_script:main\n"
        module = tool.replace("-", "_")
        modules = {f"{module}_script.py": script, f"{module}-9.dist-info/entry_points.txt": entry_points}
        make_wheel(public, tool, "9", modules=modules if program.exists() else None)
    with serve_index(public) as url:
        variables = {"GITHUB_REF_NAME": "v0.1.0", "CI_COMMIT_TAG": "v0.1.0", "GITHUB_RUN_NUMBER": "7"}
        shell = make_shell(programs, tmp_path, url, **variables)
        copy_example("example-package", shell.folder)
        yield shell


def run_steps(shell: Shell, steps: Iterator[Step]) -> dict[str, Shell]:
    """Run ``steps`` to the first that fails; the machine of each job, which has a Python and what was checked out."""
    machines: dict[str, Shell] = {}
    for step in steps:
        if step.job not in machines:
            folder = shell.folder.with_name(step.job)
            if step.job == "release":
                shutil.copytree(shell.folder, folder)
            shell.check(f"python -m venv '{folder}/venv'")
            path = os.pathsep.join([f"{folder}/venv/bin", os.defpath])
            machines[step.job] = replace(shell, folder=folder, environment={**shell.environment, "PATH": path})
        machine = machines[step.job]
        run = replace(machine, environment={**machine.environment, **step.variables}).run(step.script)
        if run.returncode:
            break
    return machines


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_release(workflow: str, shell: Shell, private_index: PrivateIndex) -> None:
    """A tag puts both wheels on the index, and another machine installs them from there, as locked, and runs them."""
    secrets = {**private_index.for_twine, "INDEX_URL": private_index.address}

    machines = run_steps(shell, read_steps(workflow, secrets))

    assert private_index.uploaded() == {
        "example_package-0.1.0-py3-none-any.whl",
        "example_package_lock-0.1.0-py3-none-any.whl",
    }
    assert list(machines) == ["release", "install"]
    assert machines["install"].installed() == WITH_LOCK


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_stale_lock(workflow: str, shell: Shell, private_index: PrivateIndex) -> None:
    """A lock that does not fit stops it all: nothing is built or uploaded."""
    secrets = {**private_index.for_twine, "INDEX_URL": private_index.address}
    pyproject = shell.folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text(encoding="utf-8").replace("<8.2", "<8.3"), encoding="utf-8")

    machines = run_steps(shell, read_steps(workflow, secrets))

    assert list(machines) == ["release"]
    assert not (machines["release"].folder / "dist").exists()
    assert not private_index.uploaded()


def test_new_lock(shell: Shell, private_index: PrivateIndex) -> None:
    """A lock package for the same release gets there beside the first, and is the one that installers take."""
    shell = replace(shell, environment={**shell.environment, **private_index.for_twine})
    shell.check("poetry build --format wheel && poetry lock-package --build && twine upload --non-interactive dist/*")
    (block,) = read_console(EXAMPLES / "ci" / "README.md")

    shell.follow(block)

    shell.check(f"python -m venv venv && venv/bin/pip install --index-url {private_index.address} example-package-lock")
    assert shell.installed() == {**LOCKED, "example-package": "0.1.0", "example-package-lock": "0.1.0.post7"}


def test_relock(shell: Shell, private_index: PrivateIndex) -> None:
    """A lock that changes what is deployed becomes a post-release on the index; one that does not is passed over."""
    secrets = {**private_index.for_twine, "INDEX_URL": private_index.address}
    uploader = replace(shell, environment={**shell.environment, **private_index.for_twine})
    uploader.check(
        "poetry build --format wheel && poetry lock-package --build && twine upload --non-interactive dist/*"
    )
    released = private_index.uploaded()
    shell.check("rm -r dist")
    lock = shell.folder / "poetry.lock"
    lock.write_text(f"# Another lock.\n{lock.read_text(encoding='utf-8')}", encoding="utf-8")

    run_steps(shell, read_steps("relock.yml", secrets))

    assert private_index.uploaded() == released

    shutil.rmtree(shell.folder.with_name("release"))
    lock.write_text(lock.read_text(encoding="utf-8").replace("8.1.8", "8.1.7"), encoding="utf-8")
    run_steps(shell, read_steps("relock.yml", secrets))

    assert private_index.uploaded() == released | {"example_package_lock-0.1.0.post7-py3-none-any.whl"}


def test_hooks(programs: Programs, stock: Path, tmp_path: Path) -> None:
    """pre-commit lets a lock pass that fits, and refuses one that does not; the other hook shows what would change."""
    public = shutil.copytree(stock, tmp_path / "public")
    add_needs_of_backend(public)
    for name in ("cleo", "poetry"):
        # Stand-ins, with which Python finds those of the environment that runs the tests.
        make_wheel(public, name, version(name), modules={f"{name}_here.pth": f"{sysconfig.get_path('purelib')}\n"})
    repository = tmp_path / "repository"
    for name in ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        copy = shutil.copytree if name == "src" else shutil.copy
        repository.mkdir(exist_ok=True)
        copy(EXAMPLES.parent / name, repository / name)
    with serve_index(public) as url:
        shell = make_shell(programs, tmp_path, url)
        git = "git -c user.name=Ada -c user.email=ada@example.org"
        replace(shell, folder=repository).check(
            f"git init --quiet && git add . && {git} commit --quiet --message All && git tag v0.1.0"
        )
        copy_example("example-package", shell.folder)
        shell.check("poetry lock-package --build --output deployed && git init --quiet")
        config = (EXAMPLES / "ci" / "pre-commit-config.yaml").read_text(encoding="utf-8")
        config = config.replace(PLUGIN.removeprefix("git+"), repository.as_uri())
        (shell.folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
        diff = "pre-commit run --all-files --hook-stage manual lock-package-diff"

        shell.check("git add . && pre-commit run --all-files")
        shell.check(diff)

        lock = shell.folder / "poetry.lock"
        lock.write_text(lock.read_text(encoding="utf-8").replace("8.1.8", "8.1.7"), encoding="utf-8")
        changed = shell.run(f"git add . && {diff}")
        pyproject = shell.folder / "pyproject.toml"
        pyproject.write_text(pyproject.read_text(encoding="utf-8").replace("<8.2", "<8.3"), encoding="utf-8")
        stale = shell.run("git add . && pre-commit run --all-files")

    assert changed.returncode == stale.returncode == 1
    assert "8.1.7" in changed.stdout
    assert "poetry.lock" in stale.stdout

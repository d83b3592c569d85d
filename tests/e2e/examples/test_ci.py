"""examples/ci: the lines of the workflows and of the pipeline, run job by job; action.yml and the hooks."""

import os
import re
import shutil
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.console import read_console
from tests.e2e.examples.private_index import PrivateIndex
from tests.e2e.examples.shell import EXAMPLES, LOCKED, WITH_LOCK, Shell, copy_example, make_shell
from tests.e2e.index import add_backend, make_wheel, serve_index
from tests.e2e.programs import Programs
from tests.kit import read_wheel

pytestmark = pytest.mark.examples

ROOT = EXAMPLES.parent
WORKFLOWS = ("github.yml", "gitlab-ci.yml")
# Where the pipeline gets the plugin from, and what it gets here.
PLUGIN = "git+https://git.example.org/poetry-plugin-lock-package"
STAND_IN = "poetry-plugin-lock-package"


@dataclass(frozen=True)
class Step:
    """What one shell is given, and the variables that it has besides; each ``job`` has a machine of its own."""

    job: str
    script: str
    variables: Mapping[str, str]
    id: str = ""
    condition: str = ""


def read_yaml(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - it comes with the group examples

    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def read_steps(name: str, secrets: Mapping[str, str]) -> Iterator[Step]:
    """The steps of examples/ci/``name`` in their order."""
    read = read_yaml(EXAMPLES / "ci" / name)
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
            about = {"id": step.get("id", ""), "condition": step.get("if", "")}
            if "run" in step:
                yield Step(job, step["run"], step.get("env", {}), **about)
                continue
            # By its commit: a tag can be moved.
            used = re.fullmatch(r"([\w/-]+)@[0-9a-f]{40}", step["uses"])
            assert used
            if used[1] == "ORGANISATION/poetry-plugin-lock-package":
                yield Step(job, *read_action(step["with"]), **about)
            else:
                assert used[1] in ("actions/checkout", "actions/setup-python")


def read_action(given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The script and the variables of the one step of action.yml, which is ``given`` some of its inputs."""
    action = read_yaml(ROOT / "action.yml")
    (step,) = action["runs"]["steps"]
    outputs = {name: output["value"] for name, output in action["outputs"].items()}
    assert outputs == {name: f"${{{{ steps.{step['id']}.outputs.{name} }}}}" for name in ("wheel", "changed")}
    assert given.keys() <= action["inputs"].keys()
    inputs = {f"inputs.{name}": given.get(name, about["default"]) for name, about in action["inputs"].items()}
    variables = {name: fill_in(text, inputs) for name, text in step["env"].items()}
    return step["run"], {**variables, "GITHUB_ACTION_PATH": str(ROOT)}


def fill_in(text: str, context: Mapping[str, str]) -> str:
    """``text`` with the values of ``context`` that it names."""
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: context[match[1]], text)


def is_met(condition: str, context: Mapping[str, str]) -> bool:
    """Whether a step with ``condition`` runs."""
    if not condition:
        return True
    name, _, value = condition.partition(" == ")
    return context[name] == value.strip("'")


@pytest.fixture
def shell(programs: Programs, stock: Path, tmp_path: Path) -> Iterator[Shell]:
    """A runner with the example checked out; on its public index are the tools that the workflows install.

    These are stand-ins as well: their programs and modules are those of the environment that runs the tests.
    """
    public = shutil.copytree(stock, tmp_path / "public")
    add_backend(public)
    for tool in ("cleo", "cyclonedx-python-lib", "poetry", "twine"):
        module, program = tool.replace("-", "_"), Path(sysconfig.get_path("scripts"), tool)
        entry_points = f"[console_scripts]\n{tool} = {module}_program:main\n" if program.exists() else ""
        modules = {
            f"{module}_here.pth": f"{sysconfig.get_path('purelib')}\n",
            f"{module}_program.py": f"import os, sys\n\ndef main():\n    os.execv({str(program)!r}, sys.argv)\n",
            f"{module}-{version(tool)}.dist-info/entry_points.txt": entry_points,
        }
        make_wheel(public, tool, version(tool), modules=modules)
    with serve_index(public) as url:
        variables = {"GITHUB_REF_NAME": "v0.1.0", "CI_COMMIT_TAG": "v0.1.0", "GITHUB_RUN_NUMBER": "7"}
        shell = make_shell(programs, tmp_path, url, **variables)
        copy_example("example-package", shell.folder)
        yield shell


def run_steps(shell: Shell, steps: Iterable[Step], secrets: Mapping[str, str]) -> tuple[dict[str, Shell], str]:
    """Run ``steps`` to the first that fails; the machine of each job, and what the failing step wrote.

    A machine has a Python, and in the job "release" what was checked out.
    """
    context = {f"secrets.{name}": value for name, value in secrets.items()} | {"github.run_number": "7"}
    machines: dict[str, Shell] = {}
    for step in steps:
        if step.job not in machines:
            folder = shell.folder.with_name(step.job)
            if step.job == "release":
                shutil.copytree(shell.folder, folder, dirs_exist_ok=True)
            shell.check(f"python -m venv '{folder}/venv'")
            path = os.pathsep.join([f"{folder}/venv/bin", os.defpath])
            machines[step.job] = replace(shell, folder=folder, environment={**shell.environment, "PATH": path})
        if not is_met(step.condition, context):
            continue
        machine = machines[step.job]
        outputs = machine.folder / "outputs"
        outputs.write_text("", encoding="utf-8")
        runner = {"RUNNER_TEMP": f"{machine.folder}-temp", "GITHUB_OUTPUT": str(outputs)}
        variables = {name: fill_in(value, context) for name, value in step.variables.items()}
        run = replace(machine, environment={**machine.environment, **runner, **variables}).run(step.script)
        if run.returncode:
            return machines, run.stdout + run.stderr or step.script
        for line in outputs.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            context[f"steps.{step.id}.outputs.{name}"] = value
    return machines, ""


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_release(workflow: str, shell: Shell, private_index: PrivateIndex) -> None:
    """A tag puts both wheels on the index, and another machine installs them from there, as locked, and runs them."""
    secrets = {**private_index.for_twine, "INDEX_URL": private_index.address}

    machines, failure = run_steps(shell, read_steps(workflow, secrets), secrets)

    assert not failure
    assert private_index.uploaded() == {
        "example_package-0.1.0-py3-none-any.whl",
        "example_package_lock-0.1.0-py3-none-any.whl",
    }
    assert list(machines) == ["release", "install"]
    assert machines["install"].installed() == WITH_LOCK


@pytest.mark.parametrize("fault", ["poetry.lock", "v0.2.0"])
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_fault(workflow: str, fault: str, shell: Shell, private_index: PrivateIndex) -> None:
    """A lock that does not fit, or a tag that is not the version, stops it all: nothing is uploaded."""
    secrets = {**private_index.for_twine, "INDEX_URL": private_index.address}
    if fault == "poetry.lock":
        pyproject = shell.folder / "pyproject.toml"
        pyproject.write_text(pyproject.read_text(encoding="utf-8").replace("<8.2", "<8.3"), encoding="utf-8")
    else:
        tag = {"GITHUB_REF_NAME": fault, "CI_COMMIT_TAG": fault}
        shell = replace(shell, environment={**shell.environment, **tag})

    machines, failure = run_steps(shell, read_steps(workflow, secrets), secrets)

    assert fault in failure
    assert list(machines) == ["release"]
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

    _, failure = run_steps(shell, read_steps("relock.yml", secrets), secrets)

    assert not failure
    assert private_index.uploaded() == released

    shutil.rmtree(shell.folder.with_name("release"))
    lock.write_text(lock.read_text(encoding="utf-8").replace("8.1.8", "8.1.7"), encoding="utf-8")
    _, failure = run_steps(shell, read_steps("relock.yml", secrets), secrets)

    assert not failure
    assert private_index.uploaded() == released | {"example_package_lock-0.1.0.post7-py3-none-any.whl"}


def test_action(shell: Shell) -> None:
    """The options are split as a shell does it, and the Poetry that was asked for runs."""
    given = {"args": "--build --sbom --ignore '^(click|plat form)$'", "poetry-version": version("poetry")}
    # Poetry imports a module of this name.
    (shell.folder / "build.py").write_text("raise SystemExit('not the build of Poetry')\n", encoding="utf-8")

    machines, failure = run_steps(shell, [Step("release", *read_action(given))], {})

    assert not failure
    wheel, sbom = sorted((machines["release"].folder / "dist").iterdir())
    assert sbom.name == "example_package_lock-0.1.0.cdx.json"
    built = read_wheel(wheel)
    names = {requirement.name for requirement in built.requirements}
    assert names == {"example-package", "platformdirs", "pyyaml"}

    _, failure = run_steps(shell, [Step("release", *read_action({"poetry-version": "0.1"}))], {})
    assert "No matching distribution found for poetry==0.1" in failure
    _, failure = run_steps(shell, [Step("release", *read_action({"args": "--ignore '"}))], {})
    assert failure == "Error: args cannot be split into words: No closing quotation. Close each quote\n"
    _, failure = run_steps(shell, [Step("release", *read_action({"args": "--build --quiet"}))], {})
    assert not failure


def test_hooks(shell: Shell, tmp_path: Path) -> None:
    """pre-commit lets a lock pass that fits, and refuses one that does not; the other hook shows what would change."""
    repository = tmp_path / "repository"
    for name in ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        copy = shutil.copytree if name == "src" else shutil.copy
        repository.mkdir(exist_ok=True)
        copy(ROOT / name, repository / name)
    git = "git -c user.name=Ada -c user.email=ada@example.org"
    replace(shell, folder=repository).check(
        f"git init --quiet && git add . && {git} commit --quiet --message All && git tag v0.1.0"
    )
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

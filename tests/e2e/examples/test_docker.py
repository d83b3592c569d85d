"""examples/docker: the steps of its Dockerfiles, done in an environment in place of the image."""

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, WITH_LOCK, Shell, copy_example

pytestmark = pytest.mark.examples

IN_ONE_STEP, IN_LAYERS, IN_STAGES = read_console(EXAMPLES / "docker" / "README.md")
PLUGIN = "git+https://git.example.org/poetry-plugin-lock-package"

# Another lock, without asking an index.
FORGET_YAML = "sed -i '1s/^/# Another one.\\n/' poetry.lock"


def read_dockerfile(path: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile, and what follows each."""
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        instruction, _, arguments = line.partition(" ")
        yield instruction, arguments.strip()


def docker(shell: Shell, image: Path, line: str) -> str:
    """``docker LINE``, for as much of docker as the README needs; ``image`` is the folder of the image.

    A stage with a name is a folder beside it. In one that installs Poetry, that is the Poetry which runs the tests.
    """
    arguments = shlex.split(line)
    if arguments[0] == "run":
        (command,) = (json.loads(rest) for name, rest in read_dockerfile(image / "Dockerfile") if name == "CMD")
        return in_image(shell, image / "app").check(shlex.join(command))
    assert (arguments[0], arguments[-1]) == ("build", ".")
    file = arguments[arguments.index("--file") + 1] if "--file" in arguments else "Dockerfile"
    stage = workdir = image
    for instruction, rest in read_dockerfile(shell.folder / file):
        if instruction == "FROM":
            stage = workdir = start_stage(shell, image, rest)
        elif instruction == "WORKDIR":
            workdir = stage / rest.removeprefix("/")
            workdir.mkdir()
        elif instruction == "COPY":
            copy(shell.folder, image, workdir, *rest.split())
        elif instruction == "RUN":
            if "git+https://git.example.org/" in rest:
                assert rest == f"pip install --no-cache-dir poetry {PLUGIN}"
            else:
                in_image(shell, workdir).check(rest)
        else:
            # The first says who runs the second, which is for `run`.
            assert instruction in ("USER", "CMD")
    shutil.copy(shell.folder / file, image / "Dockerfile")
    return ""


def start_stage(shell: Shell, image: Path, arguments: str) -> Path:
    """``FROM BASE [AS STAGE]``: the folder of the stage, a new environment."""
    base, _, name = arguments.partition(" AS ")
    stage = stage_of(image, name) if name else image
    shutil.rmtree(stage, ignore_errors=True)
    shell.check(f"python -m venv '{stage}'")
    if base == "poetry" or name == "poetry":
        (stage / "bin" / "poetry").symlink_to(shutil.which("poetry", path=shell.environment["PATH"]) or "")
    else:
        assert base.startswith("python:")
    return stage


def stage_of(image: Path, name: str) -> Path:
    return image.with_name(f"{image.name}-{name}")


def copy(context: Path, image: Path, workdir: Path, *arguments: str) -> None:
    """``COPY [--from=STAGE] PATTERN... FOLDER/``, which fails if nothing matches; or ``COPY . .``."""
    if arguments[0].startswith("--from="):
        context = stage_of(image, arguments[0].removeprefix("--from="))
        arguments = arguments[1:]
    *patterns, folder = arguments
    if patterns == ["."]:
        shutil.copytree(context, workdir, dirs_exist_ok=True)
        return
    assert folder.endswith("/")
    (workdir / folder).mkdir(exist_ok=True)
    for pattern in patterns:
        found = list(context.glob(pattern.removeprefix("/")))
        assert found
        for path in found:
            shutil.copy(path, workdir / folder)


def in_image(shell: Shell, workdir: Path) -> Shell:
    """A shell in the working folder of an image, with what is in the image and nothing else."""
    path = os.pathsep.join([str(workdir.parent / "bin"), os.defpath])
    return replace(shell, folder=workdir, environment={**shell.environment, "PATH": path})


@pytest.mark.parametrize(
    ("block", "version"),
    [(IN_ONE_STEP, "0.1.0"), (IN_LAYERS, "0.1.0"), (IN_STAGES, "0")],
    ids=["in one step", "in layers", "in stages"],
)
def test_docker(block: list[tuple[str, str]], version: str, shell: Shell, tmp_path: Path) -> None:
    """Each image has the project and what was locked, and runs it."""
    copy_example("docker", shell.folder)
    image = tmp_path / "image"

    shell.follow(block, docker=partial(docker, shell, image))

    assert replace(shell, folder=image).installed("bin/python") == {**WITH_LOCK, "example-package-lock": version}


def test_stages(shell: Shell, tmp_path: Path) -> None:
    """Neither the code nor the version of the project changes the wheel of the cached layer; another lock does."""
    copy_example("docker", shell.folder)
    changes = ("true", "poetry version 0.2.0 && echo '# A change.' >> src/example_package/__init__.py", FORGET_YAML)
    copied = []
    for change in changes:
        shell.check(change)
        docker(shell, tmp_path / "image", "build --file Dockerfile.stages .")
        copied.append({path.name: path.read_bytes() for path in (tmp_path / "image/app/lock").iterdir()})

    first, other_project, other_lock = copied
    assert list(first) == ["example_package_lock-0-py3-none-any.whl"]
    assert first == other_project
    assert first != other_lock
    assert replace(shell, folder=tmp_path / "image").installed("bin/python")["example-package"] == "0.2.0"
    assert not (tmp_path / "image/bin/poetry").exists()

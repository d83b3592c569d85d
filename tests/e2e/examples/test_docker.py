"""examples/docker: the steps of its Dockerfiles, done in an environment in place of the image."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, WITH_LOCK, Shell, copy_example

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.examples

IN_ONE_STEP, IN_LAYERS = read_console(EXAMPLES / "docker" / "README.md")


def read_dockerfile(path: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile, and what follows each."""
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        instruction, _, arguments = line.partition(" ")
        yield instruction, arguments.strip()


def docker(shell: Shell, image: Path, line: str) -> str:
    """``docker LINE``, for as much of docker as the README needs; ``image`` is the folder of the image."""
    arguments = shlex.split(line)
    if arguments[0] == "run":
        (command,) = (json.loads(rest) for name, rest in read_dockerfile(image / "Dockerfile") if name == "CMD")
        return in_image(shell, image).check(shlex.join(command))
    assert (arguments[0], arguments[-1]) == ("build", ".")
    file = arguments[arguments.index("--file") + 1] if "--file" in arguments else "Dockerfile"
    shutil.rmtree(image, ignore_errors=True)
    for instruction, rest in read_dockerfile(shell.folder / file):
        if instruction == "FROM":
            assert rest.startswith("python:")
            shell.check(f"python -m venv '{image}'")
        elif instruction == "WORKDIR":
            assert rest == "/app"
            (image / "app").mkdir()
        elif instruction == "COPY":
            copy(shell.folder, image / "app", *rest.split())
        elif instruction == "RUN":
            in_image(shell, image).check(rest)
        else:
            # The first says who runs the second, which is for `run`.
            assert instruction in ("USER", "CMD")
    shutil.copy(shell.folder / file, image / "Dockerfile")
    return ""


def copy(context: Path, workdir: Path, *arguments: str) -> None:
    """``COPY PATTERN FOLDER/``, which fails if nothing matches."""
    pattern, folder = arguments
    assert folder.endswith("/")
    (workdir / folder).mkdir()
    found = list(context.glob(pattern))
    assert found
    for path in found:
        shutil.copy(path, workdir / folder)


def in_image(shell: Shell, image: Path) -> Shell:
    """A shell in the working folder of the image, with what is in the image and nothing else."""
    path = os.pathsep.join([str(image / "bin"), os.defpath])
    return replace(shell, folder=image / "app", environment={**shell.environment, "PATH": path})


@pytest.mark.parametrize("block", [IN_ONE_STEP, IN_LAYERS], ids=["in one step", "in layers"])
def test_docker(block: list[tuple[str, str]], shell: Shell, tmp_path: Path) -> None:
    """Each image has the project and what was locked, and runs it."""
    copy_example("docker", shell.folder)
    image = tmp_path / "image"

    shell.follow(block, docker=partial(docker, shell, image))

    assert replace(shell, folder=image).installed("bin/python") == WITH_LOCK


def test_cached_layer(shell: Shell) -> None:
    """A change of the code leaves what the first layer is made from as it was, byte for byte."""
    (copied,) = (
        arguments.split()[0]
        for instruction, arguments in list(read_dockerfile(EXAMPLES / "docker" / "Dockerfile.layers"))[:3]
        if instruction == "COPY"
    )
    built = []
    for code in ("", "# A change.\n"):
        with (shell.folder / "src/example_package/__init__.py").open("a", encoding="utf-8") as module:
            module.write(code)
        shell.follow(command for command in IN_LAYERS if command[0].startswith("poetry"))
        built.append({path.name: path.read_bytes() for path in (shell.folder / "dist").iterdir()})

    before, after = built
    first_layer = {path.name for path in shell.folder.glob(copied)}
    assert first_layer == {name for name in before if before[name] == after[name]}
    assert len(before) == len(after) == 2

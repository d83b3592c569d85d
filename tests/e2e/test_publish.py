"""Lock packages on an index of one's own: what the page on publishing shows, with twine and with plain Poetry."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.examples.private_index import serve_private_index
from tests.e2e.examples.shell import Shell, make_shell
from tests.e2e.programs import Programs
from tests.e2e.projects import INSTALLED, copy_project
from tests.kit import CLASSIC, LOCK_WHEEL, locked, make_old, only_wheel, poetry, posix_only, write_project

pytestmark = pytest.mark.e2e

PAGE = Path(__file__).parents[2] / "docs" / "publishing.md"
TWINE, POETRY = (
    block.splitlines() for block in re.findall(r"```shell\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
)
LOCK_SDIST = "example_package_lock-0.1.0.tar.gz"


@pytest.fixture
def uploaded(tmp_path: Path) -> Path:
    """The folder in which the index keeps what is uploaded."""
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@pytest.fixture
def shell(programs: Programs, classic: Path, uploaded: Path, tmp_path: Path) -> Iterator[Shell]:
    """A user in a locked project, whose environment has the index, with a user name and a password."""
    with serve_private_index(uploaded) as index:
        twine = index.for_twine
        user = make_shell(
            programs,
            tmp_path / "user",
            index.address,
            INDEX_URL=twine["TWINE_REPOSITORY_URL"],
            **twine,
            POETRY_REPOSITORIES_OWN_URL=twine["TWINE_REPOSITORY_URL"],
            POETRY_HTTP_BASIC_OWN_USERNAME=twine["TWINE_USERNAME"],
            POETRY_HTTP_BASIC_OWN_PASSWORD=twine["TWINE_PASSWORD"],
        )
        yield replace(user, folder=copy_project(classic, tmp_path / "project"))


@posix_only("the shell is bash")
def test_twine(shell: Shell, uploaded: Path, packages: Path) -> None:
    """The index has the wheel that was built, and no other file; pip installs it from there by name."""
    for command in TWINE:
        shell.check(command)

    assert only_wheel(uploaded).path.read_bytes() == (shell.folder / "dist" / LOCK_WHEEL).read_bytes()
    shell.check("poetry build --format wheel && poetry publish --repository own")
    for wheel in packages.iterdir():
        (uploaded / wheel.name).write_bytes(wheel.read_bytes())
    shell.check("python -m venv venv && PIP_REQUIRE_VIRTUALENV= venv/bin/python -m pip install example-package-lock")
    ours = {"example-package": "0.1.0", "example-package-lock": "0.1.0"}
    assert shell.installed() == INSTALLED | ours


@posix_only("the shell is bash")
def test_poetry(shell: Shell, uploaded: Path) -> None:
    """The index has the wheel that ``--build`` makes, and an sdist; a second run does not wait for an answer."""
    for command in POETRY:
        shell.check(command)

    assert {path.name for path in uploaded.iterdir()} == {LOCK_WHEEL, LOCK_SDIST}
    shell.check("poetry lock-package --build")
    assert (uploaded / LOCK_WHEEL).read_bytes() == (shell.folder / "dist" / LOCK_WHEEL).read_bytes()
    again = shell.run(POETRY[1])
    assert again.returncode == 1
    assert "Build anyway?" not in again.stdout + again.stderr
    # Poetry 2.1 stops if there are files of an earlier run. Without them, it also gets as far as the index.
    fresh = shell.run(f"rm -r example-package-lock/dist && {POETRY[1]}")
    assert fresh.returncode == 1
    assert "409" in fresh.stdout + fresh.stderr


GIT = {"type": "git", "url": "https://example.org/b.git", "reference": "main", "resolved_reference": "5d1c" * 10}
PACKAGES = [
    locked("forked", "1.0", marker='python_version < "3.11"'),
    locked("forked", "2.0", marker='python_version >= "3.11"'),
    locked("fromgit", source=GIT),
    locked("option", marker='sys_platform == "win32" and extra == "more"'),
]
PEP_621 = '[project]\nname = "example-package"\nversion = "0.1.0"\n'
PROJECTS = {
    "plain": CLASSIC,
    "everything": """\
[project]
name = "Example.Package"
version = "0.1.0"
description = "Describes <itself>, *itself* and `itself`: é"
readme = "README.md"
requires-python = ">=3.9,<4"
license = "MIT"
authors = [{ name = "Ada, Countess of Lovelace", email = "ada@example.org" }, { name = "Zoë" }]
maintainers = [{ email = "grace@example.org" }]
keywords = ["one", "two words", "é"]
classifiers = ["Topic :: Utilities", "Framework :: Django"]
dependencies = ["forked"]

[project.urls]
Homepage = "https://example.org"
"Bug Tracker" = "https://example.org/é?a=b#c"

[project.optional-dependencies]
more = ["option"]
""",
    "no description": PEP_621,
    "no description, classic": CLASSIC.replace("An example", ""),
    "no authors": CLASSIC.replace('"Ada Lovelace <ada@example.org>"', ""),
    "a licence of its own": CLASSIC.replace("authors", 'license = "Proprietary, all rights reserved"\nauthors'),
    "a licence text": PEP_621 + 'license = { text = "Free for all" }\n',
    "a range with a gap": CLASSIC.replace(">=3.9,<3.14", "~3.9 || ^3.11"),
    "any Python": CLASSIC.replace(">=3.9,<3.14", "*"),
    "no package": CLASSIC.replace("[tool.poetry]", "[tool.poetry]\npackage-mode = false"),
    "a local version": CLASSIC.replace("0.1.0", "1!0.1.0rc1.dev2+local.1"),
}


def test_twine_check(tmp_path: Path) -> None:
    """`twine check --strict` accepts lock packages, those of odd projects as well, and has no warning of any."""
    wheels = [_build(tmp_path / str(number), pyproject) for number, pyproject in enumerate(PROJECTS.values())]
    wheels.append(_build(tmp_path / "old", CLASSIC, "2.0"))

    run = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *map(str, wheels)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert run.stdout.count("PASSED") == len(wheels)
    assert "WARN" not in run.stdout.upper()


def _build(folder: Path, pyproject: str, version: str | None = None) -> Path:
    """The wheel of a project with an empty README.md."""
    project = write_project(folder, PACKAGES if "option" in pyproject else PACKAGES[:1], pyproject)
    (project / "README.md").touch()
    if version:
        make_old(project, version)
    run = poetry(project, "lock-package --build")
    assert run.code == 0, run.err
    return only_wheel(project / "dist").path

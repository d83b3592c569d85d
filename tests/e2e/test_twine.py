"""`twine check --strict` accepts lock packages, those of odd projects as well."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.kit import CLASSIC, locked, make_old, only_wheel, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

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


def test_twine(tmp_path: Path) -> None:
    """Every one passes, and twine has no warning of any."""
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

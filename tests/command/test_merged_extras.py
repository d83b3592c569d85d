"""A locked package that requires another for one of its extras, and under a condition without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import CLASSIC, locked, make_old, only_wheel, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path

MERGED = 'helper ; sys_platform == "win32" or extra == "async"'


def make_project(folder: Path, framework: str) -> Path:
    """A project that requires ``framework``, which may need helper, and server, which always does."""
    packages = [locked("framework", requires=[MERGED]), locked("server", requires=["helper"]), locked("helper")]
    return write_project(folder, packages, f"{CLASSIC}framework = {framework}\nserver = '*'\n")


@pytest.mark.parametrize(
    ("framework", "pin"),
    [
        ('"*"', 'helper==1.0 ; sys_platform == "win32"'),
        ('{ version = "*", extras = ["async"] }', "helper==1.0"),
    ],
)
def test_condition_or_extra(tmp_path: Path, framework: str, pin: str) -> None:
    """Without the ignored package, the other is pinned where the condition holds, and everywhere with the extra."""
    project = make_project(tmp_path, framework)

    run = poetry(project, "lock-package --build --no-root --ignore server")

    assert run.code == 0
    assert only_wheel(project / "dist").requires == {"framework==1.0", pin}


def test_what_only_the_ignored_package_needed(tmp_path: Path) -> None:
    """What follows from the ignored package's own merged edge is dropped with it, condition and all."""
    packages = [
        locked("framework", requires=[MERGED]),
        locked("other"),
        locked("helper", marker='sys_platform == "win32"'),
    ]
    project = write_project(tmp_path, packages, f"{CLASSIC}framework = '*'\nother = '*'\n")

    run = poetry(project, "lock-package --build --no-root --ignore framework")

    assert "Dropped with them helper" in run.out
    assert only_wheel(project / "dist").requires == {"other==1.0"}


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_before_2_1(tmp_path: Path, version: str) -> None:
    """In older locks, Poetry's solver takes such a requirement for one of the extra alone, so it is dropped."""
    project = make_old(make_project(tmp_path, '"*"'), version)

    poetry(project, "lock-package --build --no-root --ignore server")

    assert only_wheel(project / "dist").requires == {"framework==1.0"}

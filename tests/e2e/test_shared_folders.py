"""Folders that a group of people shares: new files have their group."""

import os
from pathlib import Path

import pytest

from tests.kit import LOCK_PROJECT, LOCK_WHEEL, locked, poetry, write_project

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder any group"),
]

GROUP = 12345


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A project with the setgid bit: what is made in it belongs to ``GROUP``."""
    project = write_project(tmp_path / "project", [locked("a")])
    os.chown(project, -1, GROUP)
    project.chmod(0o2775)
    return project


@pytest.mark.parametrize("is_there", [True, False])
def test_wheel(shared: Path, *, is_there: bool) -> None:
    """A wheel and its folder have the group, whether the folder was there or not."""
    if is_there:
        (shared / "dist").mkdir()

    assert poetry(shared, "lock-package --build").code == 0

    groups = {path.name: path.stat().st_gid for path in (shared / "dist", shared / "dist" / LOCK_WHEEL)}
    assert groups == {"dist": GROUP, LOCK_WHEEL: GROUP}


@pytest.mark.parametrize("runs", [1, 2])
def test_lock_project(shared: Path, runs: int) -> None:
    """All files of a lock project have it, also when they are brought up to date."""
    for number in range(runs):
        assert poetry(shared, f"lock-package --post {number}").code == 0

    paths = [shared / LOCK_PROJECT, *(shared / LOCK_PROJECT).rglob("*")]
    assert len(paths) > 4
    assert {path.stat().st_gid for path in paths} == {GROUP}

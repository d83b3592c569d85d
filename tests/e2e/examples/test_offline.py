"""examples/offline."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, WITH_LOCK, Shell

pytestmark = pytest.mark.examples


def test_offline(shell: Shell, tmp_path: Path) -> None:
    """What was collected with the index at hand is installed without one, in another folder."""
    here, there = read_console(EXAMPLES / "offline" / "README.md")
    shell.follow(here)
    other = replace(
        shell, folder=tmp_path / "other", environment={**shell.environment, "PIP_INDEX_URL": "file:///none"}
    )
    shutil.copytree(shell.folder / "wheelhouse", other.folder / "wheelhouse")

    other.follow(there)

    assert other.installed() == WITH_LOCK

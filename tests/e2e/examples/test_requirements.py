"""examples/requirements and examples/offline."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, LOCKED, WITH_LOCK, Shell, lock_anew

pytestmark = pytest.mark.examples


def test_requirements(shell: Shell, stock_index: str) -> None:
    """The two install the same packages; the export has hashes and the index; the one-line file installs it all."""
    side_by_side, ignored, one_line = read_console(EXAMPLES / "requirements" / "README.md")
    lock_anew(shell, stock_index)

    shell.follow(side_by_side)

    exported = shell.folder / "requirements.txt"
    text = exported.read_text(encoding="utf-8")
    assert shell.installed("exported/bin/python") == LOCKED
    assert shell.installed("locked/bin/python") == {**LOCKED, "example-package-lock": "0.1.0"}
    assert stock_index in text
    exported.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", text), encoding="utf-8")
    install = next(command for command, _ in side_by_side if "--require-hashes" in command)
    refused = shell.run(f"{install} --force-reinstall")
    assert refused.returncode == 1
    assert "DO NOT MATCH THE HASHES" in refused.stderr

    shell.follow(ignored)
    shell.follow(one_line)

    assert shell.installed() == WITH_LOCK


def test_offline(shell: Shell, stock_index: str, tmp_path: Path) -> None:
    """What was collected with the index at hand is installed without one, in another folder."""
    here, there = read_console(EXAMPLES / "offline" / "README.md")
    lock_anew(shell, stock_index)
    shell.follow(here)
    other = replace(
        shell, folder=tmp_path / "other", environment={**shell.environment, "PIP_INDEX_URL": "file:///none"}
    )
    shutil.copytree(shell.folder / "wheelhouse", other.folder / "wheelhouse")

    other.follow(there)

    assert other.installed() == WITH_LOCK

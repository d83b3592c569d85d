"""The result of a dry run is a file, whatever the console can show."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tomlkit

from tests.kit import CLASSIC, locked, write_project


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_dry_run(tmp_path: Path, encoding: str) -> None:
    """`--dry-run` writes UTF-8, as pyproject.toml has to be."""
    pyproject = CLASSIC.replace("Ada Lovelace", "Wanda Łopuszańska").replace("An example", "Zażółć ✓")
    project = write_project(tmp_path, [locked("a")], pyproject)

    run = subprocess.run(
        [sys.executable, "-m", "poetry", "lock-package", "--dry-run", "--directory", str(project)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    shown = tomlkit.parse(run.stdout.decode("utf-8")).unwrap()
    assert shown["project"]["description"] == "Zażółć ✓ lock package"
    assert shown["project"]["authors"][0]["name"] == "Wanda Łopuszańska"

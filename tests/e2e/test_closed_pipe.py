"""A run whose output nobody reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit import locked, only_wheel, write_project


@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows reports a closed pipe in other ways")
def test_closed_pipe(tmp_path: Path) -> None:
    """As in `poetry lock-package --build | true`: the wheel is built, and the run is a success."""
    project = write_project(tmp_path / "project", [locked("a")])
    read, write = os.pipe()
    os.close(read)

    run = subprocess.run(
        [sys.executable, "-m", "poetry", "lock-package", "--build", "--directory", str(project)],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)

    assert (run.returncode, run.stderr) == (0, b"")
    assert only_wheel(project / "dist")

"""What a run costs, counted in calls, which are the same on every machine; `tools/benchmarks` measures time."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.benchmarks.locks import HUB, write_large, write_old, write_tangled

pytestmark = pytest.mark.newest

_COUNT = """
import cProfile, pstats, sys
from poetry.console.application import main
from poetry_plugin_lock_package.cli.command import LockPackageCommand

handle = LockPackageCommand.handle
profile = cProfile.Profile()
LockPackageCommand.handle = lambda command: profile.runcall(handle, command)
try:
    main()
finally:
    print(pstats.Stats(profile).total_calls, file=sys.stderr)
"""


def _calls(project: Path, *ignored: str) -> int:
    """How many functions a run of its own calls, but for Poetry's start."""
    options = [option for name in ignored for option in ("--ignore", name)]
    command = [sys.executable, "-c", _COUNT, "lock-package", "--build", "--no-root", "--directory", str(project)]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=True, timeout=600)
    return int(run.stderr.split()[-1])


@pytest.mark.parametrize(
    ("write", "ignored", "limit"),
    [(write_large, (), 1.05), (write_large, ("package-0",), 1.05), (write_old, (), 1.1)],
    ids=["all", "one ignored", "no recorded markers"],
)
def test_growth(tmp_path: Path, write: Callable[[Path, int], Path], ignored: tuple[str, ...], limit: float) -> None:
    """A package more costs the same in a large lock as in a small one."""
    # In smaller ones, what is quadratic is lost in what is not.
    sizes = 100, 300, 900
    small, middle, large = (_calls(write(tmp_path / f"of {size}", size), *ignored) for size in sizes)

    assert large - middle < limit * (900 - 300) / (300 - 100) * (middle - small)


def test_worst_case(tmp_path: Path) -> None:
    """Where all is in cycles, and every edge has a marker of its own, an ignored hub does not cost a multiple."""
    project = write_tangled(tmp_path, 100)

    assert _calls(project, HUB) < 5 * _calls(project)

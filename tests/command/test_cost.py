"""What a run costs, counted in calls, which are the same on every machine; `tests/benchmarks` measures time."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from poetry.core.utils._compat import tomllib

from tests.benchmarks.locks import HUB, write_large, write_tangled
from tests.kit import locked, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path

_COUNT = """
import cProfile, pstats, sys
from poetry.console.application import main
from poetry_plugin_lock_package.command import LockPackageCommand

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
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    return int(run.stderr.split()[-1])


@pytest.mark.parametrize("ignored", [(), ("package-0",)], ids=["all", "one ignored"])
def test_growth(tmp_path: Path, ignored: tuple[str, ...]) -> None:
    """A package more costs the same in a large lock as in a small one."""
    sizes = 50, 100, 200
    small, middle, large = (_calls(write_large(tmp_path / f"of {size}", size), *ignored) for size in sizes)

    assert large - middle < 1.05 * (200 - 100) / (100 - 50) * (middle - small)


def test_worst_case(tmp_path: Path) -> None:
    """Where all is in cycles, and every edge has a marker of its own, an ignored hub does not cost a multiple."""
    project = write_tangled(tmp_path, 100)

    assert _calls(project, HUB) < 5 * _calls(project)


def test_the_lock_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Poetry would parse it again to see if it is fresh."""
    project = write_project(tmp_path, [locked("cleo")])
    lock = (project / "poetry.lock").read_bytes()
    parsed = []
    load = tomllib.load

    def counted(file: Any) -> dict[str, Any]:
        parsed.append(file.read())
        return load(BytesIO(parsed[-1]))

    monkeypatch.setattr(tomllib, "load", counted)

    assert poetry(project, "lock-package --build --ignore cleo").code == 0
    assert parsed.count(lock) == 1

"""What the README shows is what happens, and what it leads to is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import tomlkit

from tests.console import read_console, run_shown

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
URLS = tomlkit.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8")).unwrap()["project"]["urls"]


def test_length() -> None:
    """Whoever has a minute reads it to its end."""
    assert len(README.splitlines()) <= 150


def test_shown_output(tmp_path: Path) -> None:
    """The commands of the README print what it says, one after the other in the example project."""
    shown = read_console(ROOT / "README.md")

    assert sum(map(len, shown)) == 2
    run_shown(shown, tmp_path)


@pytest.mark.e2e
def test_first_look() -> None:
    """The first command prints the table that the README shows."""
    (table,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    # Which version of the fork is installed depends on the Python that runs.
    rows = [line for line in table.splitlines() if not line.startswith("platformdirs")]

    run = subprocess.run(
        [sys.executable, ROOT / "examples" / "first_look.py"], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    assert set(rows) <= set(run.stdout.splitlines())


def test_ci_runs_the_newcomers_commands() -> None:
    """The two commands of the first screen are run by CI as they stand there."""
    (block,) = re.findall(r"```shell\n(# See what pip.*?)```", README, re.DOTALL)
    commands = [line for line in block.splitlines() if not line.startswith("#")]

    assert len(commands) == 2
    assert set(commands) <= set((ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines())


def test_links_work_on_a_package_page() -> None:
    """A package page has no files beside it, so all links and pictures are absolute."""
    targets = re.findall(r'\]\((.*?)\)|(?:src|srcset)="(.*?)"', README)

    assert targets
    assert all(target.startswith("https://") for pair in targets for target in filter(None, pair))


@pytest.mark.parametrize(
    ("begin", "folder"),
    [
        (f"{URLS['Repository']}/blob/main/", ROOT),
        (f"{URLS['Repository']}/tree/main/", ROOT),
        (f"{URLS['Repository']}/raw/main/", ROOT),
        (f"{URLS['Documentation']}/", ROOT / "docs"),
    ],
)
def test_links_lead_somewhere(begin: str, folder: Path) -> None:
    """The files and pages of ours that the README links to are in the repository."""
    linked = re.findall(re.escape(begin) + r'([^)#"]+)', README)
    made = {"reference.md"}  # when the documentation is built

    assert linked
    for path in (re.sub(r"\.html$", ".md", path) for path in linked):
        assert path in made or (folder / path).exists(), path

"""What the README shows is what happens, and what it leads to is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console import read_console, run_shown
from tools.absolute_links import with_absolute_links

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_length() -> None:
    """Whoever has a minute reads it to its end."""
    assert len(README.splitlines()) <= 150


def test_shown_output(tmp_path: Path) -> None:
    """The commands of the README print what it says, one after the other in the example project."""
    shown = read_console(ROOT / "README.md")

    assert sum(map(len, shown)) == 1
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
    """Releases are built with absolute links, because a package page has no files beside it."""
    before = README.count("](docs/") + README.count('="docs/')

    text = with_absolute_links(README, "https://example.org/repository", "v1.0")

    assert before > 10
    targets = [target for pair in re.findall(r'\]\((.*?)\)|(?:src|srcset)="(.*?)"', text) for target in pair if target]
    assert not [target for target in targets if not target.startswith("https://")]
    assert sum(target.startswith("https://example.org/repository/blob/v1.0/docs/") for target in targets) > 10
    assert '="https://example.org/repository/raw/v1.0/docs/_static/overview-dark.svg"' in text


def test_release_rewrites_the_links() -> None:
    """The release workflow rewrites the links before it builds."""
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")

    rewrite, build = workflow.index("python tools/absolute_links.py"), workflow.index("run: python -m build")
    assert rewrite < build

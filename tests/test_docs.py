"""What the documentation and the README show is what happens, and nothing is missing from them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import tomlkit

from poetry_plugin_lock_package.cli.options import OPTIONS
from poetry_plugin_lock_package.notices import TEXTS
from tests.console import read_console, run_shown
from tools.absolute_links import with_absolute_links

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = ROOT / "docs"
RECIPES = sorted((ROOT / "examples").glob("*/README.md"))
# The build of the documentation makes these pages, so they are not in the repository.
MADE = {"reference", *(f"recipes/{readme.parent.name}" for readme in RECIPES)}
PAGES = [path for path in sorted(DOCS.rglob("*.md")) if path.relative_to(DOCS).with_suffix("").as_posix() not in MADE]
# Blocks without output show a way that other tests take.
SHOWN = {
    page: [b for b in read_console(page) if any(output for _, output in b)] for page in (ROOT / "README.md", *PAGES)
}


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *(page for page in PAGES if SHOWN[page])], ids=lambda page: page.stem
)
def test_shown_output(page: Path, tmp_path: Path) -> None:
    """The commands of a page print what is shown below them, one after the other in the example project."""
    assert SHOWN[page]
    run_shown(SHOWN[page], tmp_path)


@pytest.fixture
def render(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    monkeypatch.setattr(sys, "path", [str(DOCS), *sys.path])
    return import_module("command_reference").render  # type: ignore[no-any-return]


def test_every_option_is_in_the_reference(render: Callable[[], str]) -> None:
    """The command reference has each option with its help, and says which ones can be settings."""
    rows = {name: row for row, name in re.findall(r"^(\| (?:`-\w`, )?`--([\w-]+).*\|)$", render(), re.MULTILINE)}

    for spec in OPTIONS:
        assert ("Can be a [setting]" in rows[spec.name]) == spec.is_setting
        assert ("Implies `--build`" in rows[spec.name]) == spec.implies_build
        assert (f"-{spec.shortcut}`" in rows[spec.name]) == bool(spec.shortcut)
        assert rows[spec.name].split(" | ")[1].startswith(spec.help.split()[0])


def test_no_markup_of_the_console_is_in_the_reference(render: Callable[[], str]) -> None:
    """What is coloured in a terminal is code on the page."""
    assert not re.search(r"</|<c1>|<comment>|<info>", render())


def test_every_page_is_reached() -> None:
    """Each page is in a table of contents."""
    listed = set()
    for index in (DOCS / "index.md", DOCS / "recipes" / "index.md"):
        for block in re.findall(r"```\{toctree\}\n(.*?)```", index.read_text(encoding="utf-8"), re.DOTALL):
            names = (line for line in block.splitlines() if line and not line.startswith(":"))
            listed |= {(index.parent / name).relative_to(DOCS).as_posix() for name in names}

    pages = {page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES}
    assert listed == (pages | MADE) - {"index"}


def test_every_example_has_a_recipe() -> None:
    """Each example says how to run it, in a README that is a page of the documentation too."""
    folders = {path.name for path in (ROOT / "examples").iterdir() if path.is_dir() and path.name != "__pycache__"}

    assert {readme.parent.name for readme in RECIPES} == folders - {"example-package"}


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *PAGES, *RECIPES], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_relative_links(page: Path) -> None:
    """Each relative link leads to a file of the repository, or to a page that the build of the documentation makes."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r'\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)|(?:src|srcset)="(?!https?:)([^"]+)"', text)
    made = {DOCS / f"{name}.md" for name in MADE} if DOCS in page.parents else set()

    for target in (page.parent / (link or picture) for link, picture in links):
        assert target.exists() or Path(os.path.normpath(target)) in made, target


def test_one_place_has_the_addresses() -> None:
    """No page, template or example has another address of this project than those in pyproject.toml."""
    urls = tomlkit.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8")).unwrap()["project"]["urls"].values()
    folders = (ROOT / "docs", ROOT / "examples", ROOT / ".github")
    files = [*ROOT.glob("*.md"), *(path for folder in folders for path in folder.rglob("*") if path.is_file())]
    found = {
        (url, path)
        for path in files
        if path.suffix in {".md", ".yml", ".yaml", ".toml", ".py", ".stages"} and "_build" not in path.parts
        for url in re.findall(r"https?://[\w.-]+/(?:[\w.-]+/)*poetry-plugin-lock-package", path.read_text("utf-8"))
    }

    assert found
    assert not [(url, path) for url, path in found if url not in urls]


@pytest.mark.e2e
@pytest.mark.newest
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


def test_every_warning_has_its_anchor() -> None:
    """Each code of a warning is an anchor of the page on troubleshooting, and there are no others."""
    anchors = re.findall(r"^\(([a-z-]+)\)=$", (DOCS / "troubleshooting.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(anchors) == sorted(TEXTS)

"""What the documentation shows is what happens, and nothing is missing from it."""

import os
import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import tomlkit

from poetry_plugin_lock_package.cli.options import OPTIONS
from tests.console import read_console, run_shown

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
RECIPES = sorted((ROOT / "examples").glob("*/README.md"))
# The build of the documentation makes these pages, so they are not in the repository.
MADE = {"reference", *(f"recipes/{readme.parent.name}" for readme in RECIPES)}
PAGES = [path for path in sorted(DOCS.rglob("*.md")) if path.relative_to(DOCS).with_suffix("").as_posix() not in MADE]
# Blocks without output show a way that other tests take.
SHOWN = {page: [b for b in read_console(page) if any(output for _, output in b)] for page in PAGES}


@pytest.mark.parametrize("page", [page for page in PAGES if SHOWN[page]], ids=lambda page: page.stem)
def test_shown_output(page: Path, tmp_path: Path) -> None:
    """The commands of a page print what is shown below them, one after the other in the example project."""
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

"""How Sphinx builds the documentation."""

from __future__ import annotations

import re
import sys
from importlib.metadata import metadata
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
sys.path.insert(0, str(HERE))

from command_reference import render  # noqa: E402 - it lies beside this file

FACTS = metadata("poetry-plugin-lock-package")
URLS = dict(entry.split(", ") for entry in FACTS.get_all("Project-URL", []))

project = "poetry lock-package"
author = "The poetry-plugin-lock-package contributors"
project_copyright = author
version = release = FACTS["Version"]

extensions = ["myst_parser", "sphinx_copybutton"]
myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"poetry lock-package {version}"
html_favicon = "_static/icon.svg"
html_theme_options = {
    # Furo's `source_repository` knows only the large hosts.
    "footer_icons": [{"name": "Source", "url": URLS["Repository"], "html": "Source", "class": ""}],
}
myst_html_meta = {"description": FACTS["Summary"]}
# Copy the commands of a ```console block, without their prompts and without what they print.
copybutton_prompt_text = "$ "
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sourcelink = False


def _write_recipe(readme: Path) -> None:
    """Make a page of the README of an example: a recipe is written once, where a test runs it."""
    name = readme.parent.name

    def link(target: str) -> str:
        if (page := re.fullmatch(r"\.\./([a-z-]+)", target)) and (EXAMPLES / page[1] / "README.md").exists():
            return f"{page[1]}.md"
        if target.startswith("../../docs/"):
            return f"../{target.removeprefix('../../docs/')}"
        # Other files of the repository are not part of the documentation.
        return f"{URLS['Repository']}/tree/main/examples/{name}/{target}"

    text = re.sub(r"(?<=\]\()(?!https?:|#)[^)]*", lambda found: link(found[0]), readme.read_text(encoding="utf-8"))
    (HERE / "recipes" / f"{name}.md").write_text(text, encoding="utf-8")


for example in EXAMPLES.glob("*/README.md"):
    _write_recipe(example)

(HERE / "reference.md").write_text(render(), encoding="utf-8")

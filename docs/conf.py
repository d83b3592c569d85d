"""How Sphinx builds the documentation."""

from __future__ import annotations

import re
import sys
from importlib.metadata import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from command_reference import render  # noqa: E402 - it lies beside this file

FACTS = metadata("poetry-plugin-lock-package")
URLS = dict(entry.split(", ") for entry in FACTS.get_all("Project-URL", []))

project = "poetry lock-package"
author = "The poetry-plugin-lock-package contributors"
project_copyright = author
version = release = FACTS["Version"]

extensions = ["myst_parser"]
myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "poetry lock-package"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sourcelink = False


def _write_recipe(name: str) -> None:
    """Make a page of the README of an example: it is written once, and a test runs it there."""
    readme = HERE.parent / "examples" / name / "README.md"
    # Links into the repository lead out of the documentation.
    text = re.sub(
        r"\]\((?!https?:|#)([^)]*)\)",
        lambda link: f"]({URLS['Repository']}/tree/main/examples/{name}/{link[1]})",
        readme.read_text(encoding="utf-8"),
    )
    (HERE / "recipes" / f"{name}.md").write_text(text, encoding="utf-8")


for example in ("offline", "one-file", "requirements", "tools"):
    _write_recipe(example)

(HERE / "reference.md").write_text(render(), encoding="utf-8")

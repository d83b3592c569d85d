"""How Sphinx builds the documentation."""

from __future__ import annotations

from importlib.metadata import version as version_of

project = "poetry lock-package"
author = "The poetry-plugin-lock-package contributors"
project_copyright = "The poetry-plugin-lock-package contributors"
version = release = version_of("poetry-plugin-lock-package")

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "attrs_block"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "poetry lock-package"
html_static_path = ["_static"]
html_copy_source = False
html_show_sourcelink = False

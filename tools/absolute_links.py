"""Make the relative links of README.md absolute, because the page of a package index has no files beside it.

    python tools/absolute_links.py REF

The release workflow runs this before it builds. REF is the tag: the links then lead to the files of that release.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from poetry.core.pyproject.toml import PyProjectTOML

ROOT = Path(__file__).parent.parent
# A link of Markdown, and the pictures, which are HTML.
_LINK = re.compile(r"(?<=\]\()(?!https?:|#)[^)]+")
_PICTURE = re.compile(r'(?<=src=")(?!https?:)[^"]+|(?<=srcset=")(?!https?:)[^"]+')


def with_absolute_links(text: str, repository: str, ref: str) -> str:
    """``text`` with its relative links as addresses in ``repository`` at ``ref``."""
    text = _LINK.sub(lambda link: f"{repository}/blob/{ref}/{link[0]}", text)
    return _PICTURE.sub(lambda link: f"{repository}/raw/{ref}/{link[0]}", text)


def main() -> None:
    """Rewrite README.md."""
    (ref,) = sys.argv[1:]
    repository = PyProjectTOML(ROOT / "pyproject.toml").data["project"]["urls"]["Repository"]
    readme = ROOT / "README.md"
    readme.write_text(with_absolute_links(readme.read_text(encoding="utf-8"), repository, ref), encoding="utf-8")


if __name__ == "__main__":
    main()

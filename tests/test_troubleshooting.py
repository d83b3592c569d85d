"""The documentation explains every warning."""

import re
from pathlib import Path

from poetry_plugin_lock_package.warnings import TEXTS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "troubleshooting.md"


def test_every_warning_has_its_anchor() -> None:
    """Each code of a warning is an anchor of the page on troubleshooting, and there are no others."""
    anchors = re.findall(r"^\(([a-z-]+)\)=$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert sorted(anchors) == sorted(TEXTS)

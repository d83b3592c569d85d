"""The documentation explains every warning."""

from __future__ import annotations

import re
from pathlib import Path

import poetry_plugin_lock_package

ROOT = Path(__file__).parent.parent
SOURCE = Path(poetry_plugin_lock_package.__file__).parent
PAGE = ROOT / "docs" / "troubleshooting.md"


def test_every_warning_has_its_anchor() -> None:
    """Each code of a warning is an anchor of the page on troubleshooting, and there are no others."""
    codes = {
        code
        for path in SOURCE.rglob("*.py")
        for code in re.findall(r'PlanWarning\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
    anchors = re.findall(r"^\(([a-z-]+)\)=$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert len(codes) > 20
    assert codes == set(anchors)
    assert len(anchors) == len(set(anchors))

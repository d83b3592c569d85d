"""What the property tests say at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.properties.case import COUNTS

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many random locks were looked at, and how often a lock contradicts the metadata."""
    if COUNTS:
        terminalreporter.section("random locks")
        for what, count in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{count:7} {what}")

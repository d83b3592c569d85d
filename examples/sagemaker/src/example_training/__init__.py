"""What the job trains."""

from __future__ import annotations

from importlib.metadata import version


def train() -> str:
    """Train nothing, and say with what."""
    return f"Trained with click {version('click')}"

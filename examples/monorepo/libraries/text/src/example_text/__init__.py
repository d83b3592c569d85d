"""Text for people."""

from __future__ import annotations

from example_core import capitalized


def greeting(name: str) -> str:
    """Greet ``name``."""
    return f"Hello, {capitalized(name)}!"

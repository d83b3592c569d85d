"""A component: what a greeting is."""

from __future__ import annotations


def greeting(name: str) -> str:
    """A greeting for ``name``."""
    return f"Hello, {name.capitalize()}!"

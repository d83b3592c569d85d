"""What everything else needs."""

from __future__ import annotations


def capitalized(text: str) -> str:
    """``text`` with a capital at its start, and the rest of it as it is."""
    return text[:1].upper() + text[1:]

"""Keeping poetry-core from talking while it works for us."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def poetry_core_silenced() -> Iterator[None]:
    """Nothing that poetry-core logs is shown: it names folders of this machine, and wheels that may not last."""
    logger = logging.getLogger("poetry.core")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)

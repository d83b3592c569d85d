"""Keeping Poetry and poetry-core from talking while they work for us."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


def quiet_poetry_core() -> AbstractContextManager[None]:
    """Nothing that poetry-core logs is shown: it names folders of this machine, and wheels that may not last."""
    return quiet_logging("poetry.core")


@contextmanager
def quiet_logging(name: str) -> Iterator[None]:
    """Nothing is shown that is logged under ``name``."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)

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
    levels = {logger: logger.level for logger in _loggers(name)}
    for logger in levels:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def _loggers(name: str) -> Iterator[logging.Logger]:
    """The logger ``name``, and those below it with a level of their own: Poetry gives some of them one."""
    yield logging.getLogger(name)
    for below, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and logger.level and (not name or below.startswith(f"{name}.")):
            yield logger

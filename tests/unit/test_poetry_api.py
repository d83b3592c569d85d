"""What the source uses of Poetry, and loading projects."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest

from poetry_plugin_lock_package.poetry_api import quiet_logging


@pytest.fixture
def logger(caplog: pytest.LogCaptureFixture) -> logging.Logger:
    # As Poetry does for the builders in a run of `poetry build`.
    name = "poetry.core.masonry.builders.wheel"
    caplog.set_level(logging.DEBUG, name)
    return logging.getLogger(name)


def test_quiet_logging(logger: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged in the block, whatever level a logger has; afterwards everything is, also after an error."""
    with suppress(ZeroDivisionError), quiet_logging():
        logger.critical("Building in /home/ada")
        raise ZeroDivisionError
    logger.info("after")

    assert caplog.messages == ["after"]

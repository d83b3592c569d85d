"""Nothing that others log is shown while they work for us, and all of it afterwards."""

from __future__ import annotations

import logging

import pytest

from poetry_plugin_lock_package.poetry_api.quiet_logging import quiet_logging, quiet_poetry_core


def test_quiet_logging(caplog: pytest.LogCaptureFixture) -> None:
    """Loggers below the name are quiet within, others are not; afterwards all is as it was."""
    logger, other = logging.getLogger("tests.loud.deep"), logging.getLogger("tests.other")
    caplog.set_level(logging.INFO, "tests.loud")
    caplog.set_level(logging.INFO, "tests.other")

    with quiet_logging("tests.loud"):
        logger.error("within")
        other.info("other")
    logger.info("after")

    assert caplog.messages == ["other", "after"]


def test_level_after_an_error() -> None:
    """After an error, too, the level is what it was."""
    logging.getLogger("tests.loud").setLevel(logging.INFO)

    with pytest.raises(ZeroDivisionError), quiet_logging("tests.loud"):
        raise ZeroDivisionError

    assert logging.getLogger("tests.loud").level == logging.INFO


def test_quiet_poetry_core(caplog: pytest.LogCaptureFixture) -> None:
    """What poetry-core says of the folders that it builds in is not shown."""
    # As Poetry does for the builders in a run of `poetry build`.
    caplog.set_level(logging.DEBUG, "poetry.core.masonry.builders.wheel")

    with quiet_poetry_core():
        logging.getLogger("poetry.core.masonry.builders.wheel").warning("Building in /home/ada")

    assert not caplog.messages

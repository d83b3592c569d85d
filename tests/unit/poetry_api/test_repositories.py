"""Where Poetry publishes to."""

from __future__ import annotations

import pytest
from poetry.config.config import Config

from poetry_plugin_lock_package.poetry_api.repositories import repository_urls

URL = "https://index.example.org/"


@pytest.fixture
def config() -> Config:
    config = Config()
    config.merge({"repositories": {"internal": {"url": URL}, "broken": {}}})
    return config


def test_configured(config: Config) -> None:
    """A configured repository has its address; one that is not, or lacks an address, has none."""
    assert [*repository_urls(config, "internal")] == [URL]
    assert not [*repository_urls(config, "broken")]
    assert not [*repository_urls(config, "other")]


def test_environment(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment variable comes before the configuration, as in Poetry."""
    monkeypatch.setenv("POETRY_REPOSITORIES_INTERNAL_URL", f"{URL}other")

    assert [*repository_urls(config, "internal")] == [f"{URL}other"]

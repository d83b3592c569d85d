"""The repositories in Poetry's configuration, to which it publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry.config.config import Config


def repository_urls(config: Config, name: str) -> Iterator[str]:
    """The addresses under which Poetry's ``Publisher`` may look for the repository ``name``: none, or one as a rule.

    Newer versions look for the name as a whole; older ones split it at each dot. Both look into environment variables
    too. Two addresses are found only if both spellings are configured.
    """
    try:
        found = {config.get(["repositories", name, "url"])}
    except AttributeError:  # pragma: no cover - older versions take a string only
        found = set()
    found.add(config.get(f"repositories.{name}.url"))
    yield from sorted(url for url in found if isinstance(url, str))

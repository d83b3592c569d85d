"""What holds for all tests."""

import gc
import os
from collections.abc import Iterator
from functools import cache
from importlib import metadata

import pytest
from hypothesis import Phase, settings

# The same examples in every run of CI, so that a change is not refused for what it did not do. Runs by hand
# go on looking for more.
settings.register_profile("ci", derandomize=True, max_examples=30)
if os.environ.get("CI"):
    settings.load_profile("ci")
# With the oldest of all that we depend on: what is random is not what differs there.
settings.register_profile("few", derandomize=True, max_examples=10)
# Thousands: pytest --hypothesis-profile=many tests/properties. What fails is made smaller by the next run without it.
settings.register_profile("many", max_examples=4000, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@pytest.fixture(scope="session", autouse=True)
def entry_points_are_read_once() -> Iterator[None]:
    """Each run of Poetry looks for its plugins in all that is installed, which takes longer than all else it does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "entry_points", cache(metadata.entry_points))
        yield


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what was imported: it is not garbage before the tests end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first, so that no processor waits for another at the end.

    Coverage more than doubles their time, and what they cover is covered by the tests of each part.
    """
    items.sort(key=lambda item: "properties" not in item.path.parts)
    for item in items:
        if "properties" in item.path.parts:
            item.add_marker(pytest.mark.no_cover)

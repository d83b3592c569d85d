"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples in every run of CI, so that a change is not refused for what it did not do. Runs by hand
# go on looking for more.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

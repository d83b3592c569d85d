"""Build a lock package: a wheel whose dependencies are what ``poetry.lock`` pins.

The way through the code is one direction, and starts in :mod:`.build`:

    lockfile -> selection -> pins -> lock_project -> wheel
"""

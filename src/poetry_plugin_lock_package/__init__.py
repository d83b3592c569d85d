"""Build a lock package: a wheel whose dependencies are what ``poetry.lock`` pins.

The way through the code is one direction, and starts in :mod:`.plan`:

    lock -> selection -> pins -> lock project -> wheel
"""

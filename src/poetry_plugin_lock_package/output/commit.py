"""The point from which on a run can only succeed."""

from __future__ import annotations

import signal
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def uninterrupted_from() -> Iterator[Callable[[], None]]:
    """Give a function to call when all is in place: from then to the end of the block, Ctrl-C is ignored.

    Before that call, an interrupted run takes back what it did. After it, what is left to do is said quickly, and an
    exit code that tells of a failure would be wrong.
    """
    with ExitStack() as stack:

        def commit() -> None:
            # Only the main thread can do that, and only it is interrupted.
            with suppress(ValueError):
                handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
                stack.callback(signal.signal, signal.SIGINT, handler)

        yield commit

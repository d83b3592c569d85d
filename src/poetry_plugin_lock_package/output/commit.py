"""The point from which on a run can only succeed, and the signals that end a run before it."""

from __future__ import annotations

import signal
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# By default, these end a process without a chance to remove anything. Windows does not have the second one.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def uninterrupted_from() -> Iterator[Callable[[], None]]:
    """Give a function to call when all is in place: from then to the end of the block, signals are ignored.

    Before that call, an interrupted run takes back what it did: SIGTERM and SIGHUP raise SystemExit, as Ctrl-C raises
    KeyboardInterrupt. After it, what is left to do is said quickly, and an exit code that tells of a failure would be
    wrong.
    """
    with ExitStack() as stack:

        def handle(number: int, handler: Callable[[int, object], NoReturn] | signal.Handlers) -> None:
            # Only the main thread can do that, and only it is interrupted.
            with suppress(ValueError):
                stack.callback(signal.signal, number, signal.signal(number, handler))

        def commit() -> None:
            for number in (signal.SIGINT, *_ENDING):
                handle(number, signal.SIG_IGN)

        for number in _ENDING:
            # `nohup` ignores SIGHUP, and a program that runs this one may have handlers of its own.
            if signal.getsignal(number) is signal.SIG_DFL:
                handle(number, _exit)
        yield commit


def _exit(number: int, _frame: object) -> NoReturn:
    # The exit code that shells give a process which a signal has ended.
    raise SystemExit(128 + number)

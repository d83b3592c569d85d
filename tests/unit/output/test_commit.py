"""The point from which on a run can only succeed."""

from __future__ import annotations

import signal
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from poetry_plugin_lock_package.output.commit import uninterrupted_from
from tests.kit import posix_only

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Ctrl-C raises: whoever started the tests in the background may have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interrupted_before() -> None:
    """Before the call, Ctrl-C interrupts as always."""
    with pytest.raises(KeyboardInterrupt), uninterrupted_from():
        signal.raise_signal(signal.SIGINT)


def test_not_interrupted_after() -> None:
    """After the call, Ctrl-C is ignored, to the end of the block and no longer."""
    handler = signal.getsignal(signal.SIGINT)

    with uninterrupted_from() as commit:
        commit()
        commit()
        signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is handler
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@posix_only("Windows has no such signals between processes")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_ended(name: str) -> None:
    """SIGTERM and SIGHUP raise as well, with the exit code of a shell; after the call they are ignored."""
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as stop, uninterrupted_from():
            signal.raise_signal(number)
        with uninterrupted_from() as commit:
            commit()
            signal.raise_signal(number)
        assert stop.value.code == 128 + number
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)


@posix_only("Windows has no such signals between processes")
def test_other_handlers() -> None:
    """A signal that is ignored, as `nohup` does, or handled by others stays so."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with uninterrupted_from():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_thread() -> None:
    """In another thread nothing is interrupted, and nothing can be set."""
    done = []

    def run() -> None:
        with uninterrupted_from() as commit:
            commit()
            done.append(True)

    thread = Thread(target=run)
    thread.start()
    thread.join()

    assert done == [True]

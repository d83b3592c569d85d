"""Errors that a user can act on: each message says where, what is wrong, and what to do next, on one line.

The command prints the message and exits with 1. Any exception that is not a :class:`LockPackageError` is a bug and may
show its traceback. A class of its own has data that a caller reads, or a beginning that many messages share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.text import one_line, redacted

if TYPE_CHECKING:
    from collections.abc import Iterable


class LockPackageError(Exception):
    """The base of all errors. The message is on one line and has no user names and passwords of URLs."""

    options: tuple[str, ...]
    """The names of the options that it is about: their values may come from settings."""

    def __init__(self, text: str, *, options: Iterable[str] = ()) -> None:
        super().__init__(redacted(one_line(text)))
        self.options = tuple(options)


class LockError(LockPackageError):
    """``poetry.lock`` is missing, out of date, damaged, or in a format that cannot be read."""


class WheelError(LockPackageError):
    """The project's own wheel cannot be built, or a wheel that was given cannot be used."""


class OutputError(LockPackageError):
    """A file or folder cannot be written or read."""


class OptionError(LockPackageError):
    """The value of an option or of an environment variable is not valid."""

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(f"{option} {problem}", options=[option.removeprefix("--")])


class ProvidedError(LockPackageError):
    """A file that ``--provided`` names, or a line of it, cannot be read."""

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        place = f"line {line} of {file}" if line is not None else file
        super().__init__(f"--provided: {place} {problem}", options=["provided"])


class PinError(LockPackageError):
    """Some locked packages cannot be written as requirements."""

    problems: tuple[tuple[str, str], ...]
    """All of them, with the reasons."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        reasons = "; ".join(f"{package} {problem}" for package, problem in self.problems)
        names = " ".join(f"--ignore {package}" for package, _ in self.problems)
        super().__init__(
            f"No requirement can express some packages in poetry.lock: {reasons}. Leave them out with {names}"
        )


class VerificationError(LockPackageError):
    """The result differs from the plan. This is a bug, here or in poetry-core, and nothing is kept."""

    differences: tuple[str, ...]

    def __init__(self, *differences: str) -> None:
        self.differences = differences
        super().__init__(
            f"Internal error, nothing was written: {'; '.join(differences)}. Please report this with poetry.lock"
        )


def unreadable(problem: str) -> LockError:
    """The error for a lock that cannot be read."""
    return LockError(f"poetry.lock cannot be read: {problem}. Run `poetry lock` to create it again")


def unreadable_entry(name: str, problem: str) -> LockError:
    """The error for the entry of the package ``name`` that cannot be read."""
    return unreadable(f"the entry of {one_line(name)!r} has an error: {problem}")


def inconsistent(problem: str) -> LockError:
    """The error for a lock whose packages do not fit together."""
    return LockError(f"poetry.lock is inconsistent: {problem}. Run `poetry lock` to make it anew")

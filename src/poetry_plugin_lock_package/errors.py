"""The errors that a user can do something about. Each message says where, what is wrong, and what to do next.

The command prints the message on one line and exits with 1. Any exception that is not a
:class:`LockPackageError` is a bug and may show its traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.text import one_line, redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class LockPackageError(Exception):
    """The base of all errors. The message is on one line and has no user names and passwords of URLs.

    ``options`` are the names of the options that it is about: the values may come from settings of these names.
    """

    options: tuple[str, ...] = ()

    def __init__(self, text: str) -> None:
        super().__init__(redacted(one_line(text)))


class LockError(LockPackageError):
    """``poetry.lock`` is missing, out of date, damaged, or in a format that cannot be read."""


class ProjectFileError(LockPackageError):
    """Poetry cannot load the project, because pyproject.toml is missing, or it or poetry.toml is damaged."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"The project cannot be loaded from pyproject.toml: {problem}. Correct that, then run again")


class NoProjectError(LockPackageError):
    """There is no pyproject.toml."""

    def __init__(self) -> None:
        super().__init__(
            "Poetry could not find a pyproject.toml file in this folder or its parents. Run this in a Poetry project,"
            " or name its folder with --project"
        )


class StrictError(LockPackageError):
    """There are warnings, which ``--strict`` makes errors."""

    options = ("strict",)

    def __init__(self, count: int) -> None:
        warnings = "the warning above is an error" if count == 1 else f"the {count} warnings above are errors"
        super().__init__(f"Nothing was written, because with --strict {warnings}")


class ProjectError(LockPackageError):
    """The project's metadata does not allow a lock package. ``key`` is that of PEP 621, in whichever table it is."""

    def __init__(self, key: str, problem: str) -> None:
        self.key = key
        super().__init__(f"The project's {key} in pyproject.toml {problem}")


class OptionError(LockPackageError):
    """The value of an option or of an environment variable is not valid."""

    def __init__(self, option: str, problem: str) -> None:
        self.option = option
        self.options = (option.removeprefix("--"),)
        super().__init__(f"{option} {problem}")


class OptionsError(LockPackageError):
    """``options`` that do not go together, or not without another one."""

    def __init__(self, options: Iterable[str], message: str) -> None:
        self.options = tuple(options)
        super().__init__(message)


class SettingError(LockPackageError):
    """A setting in pyproject.toml, at the dotted ``key``, is unknown or has a value that is not valid."""

    def __init__(self, key: str, problem: str) -> None:
        self.key = key
        super().__init__(f"{key} in pyproject.toml {problem}")


class GroupError(LockPackageError):
    """The project has no such dependency groups. The message is that of ``poetry install``.

    ``groups`` has each of them with the options that ask for it.
    """

    def __init__(self, groups: Mapping[str, tuple[str, ...]]) -> None:
        self.groups = dict(groups)
        self.options = tuple(dict.fromkeys(option for options in groups.values() for option in options))
        names = (f"{name} (via {', '.join(f'--{option}' for option in options)})" for name, options in groups.items())
        super().__init__(f"Group(s) not found: {', '.join(names)}")


class ExtraError(LockPackageError):
    """The project has no such extra. The message is that of ``poetry install``."""

    def __init__(self, extras: Iterable[str]) -> None:
        self.extras = tuple(sorted(extras))
        super().__init__(f"Extra [{', '.join(self.extras)}] is not specified.")


class PatternError(LockPackageError):
    """An ``--ignore`` pattern is not a regular expression."""

    options = ("ignore",)

    def __init__(self, pattern: str, problem: str, proposal: str | None = None) -> None:
        self.pattern = pattern
        advice = f". Write {proposal!r} instead" if proposal else ""
        super().__init__(f"--ignore {pattern!r} is not a valid regular expression: {problem}{advice}")


class ProvidedError(LockPackageError):
    """A file that ``--provided`` names, or a ``line`` of it, cannot be read; ``file`` is without its folder."""

    options = ("provided",)

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        self.file = file
        self.line = line
        place = f"line {line} of {file}" if line is not None else file
        super().__init__(f"--provided: {place} {problem}")


class PinError(LockPackageError):
    """Some locked packages cannot be written as requirements. The message names all of them."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        reasons = "; ".join(f"{package} {problem}" for package, problem in self.problems)
        names = " ".join(f"--ignore {package}" for package, _ in self.problems)
        super().__init__(
            f"No requirement can express some packages in poetry.lock: {reasons}. Leave them out with {names}"
        )


class HashError(LockPackageError):
    """Some pins have no hash, which a constraints file needs. The message names all of them."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        named: dict[str, list[str]] = {}
        for package, problem in self.problems:
            named.setdefault(problem, []).append(package)
        found = "; ".join(f"{', '.join(packages)} ({problem})" for problem, packages in named.items())
        ignore = " ".join(f"--ignore {package}" for package, _ in self.problems)
        super().__init__(f"--constraints needs a hash for every package: {found}. Leave packages out with {ignore}")


class AlternativesError(LockPackageError):
    """Extras need several versions of a package in one environment. Constraints can hold only one of them."""

    def __init__(self, alternatives: Iterable[tuple[str, Iterable[str]]]) -> None:
        self.alternatives = tuple((package, tuple(versions)) for package, versions in alternatives)
        packages = "; ".join(f"{package} at {' and '.join(versions)}" for package, versions in self.alternatives)
        super().__init__(
            f"--constraints can hold only one version of a package, and extras of the project need several:"
            f" {packages}. Choose extras with --extras, and build a lock package for each choice"
        )


class WheelError(LockPackageError):
    """The project's own wheel cannot be built, or a wheel that was given cannot be used."""


class OutputError(LockPackageError):
    """A file or folder cannot be written."""


class VerificationError(LockPackageError):
    """The result differs from the plan. This is a bug, here or in poetry-core, and nothing is kept."""

    def __init__(self, *differences: str) -> None:
        self.differences = differences
        super().__init__(
            f"Internal error, nothing was written: {'; '.join(differences)}. Please report this with poetry.lock"
        )

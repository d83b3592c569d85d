"""The options of ``poetry lock-package`` and the rules between them: the command, settings and documentation use them.

To add an option, add a row to ``OPTIONS``, where it should appear in ``--help``. Its value is read in
:mod:`poetry_plugin_lock_package.cli.request`. To forbid a combination, add a row to ``RULES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import LockPackageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from poetry_plugin_lock_package.cli.request import Value, Values


class Kind(Enum):
    """What the value of an option is, in the words of an error about a setting."""

    FLAG = "true or false"
    TEXT = "a text"
    LIST = "a text or a list of texts"


class Mode(Enum):
    """What a run does."""

    WRITE = "write the lock project"
    BUILD = "build wheels, and write no lock project"
    DIFF = "compare a wheel with what would be built, and write nothing"


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """An option of the command line."""

    name: str
    help: str
    """A sentence, without markup."""
    kind: Kind = Kind.FLAG
    value_name: str = ""
    shortcut: str | None = None

    @property
    def is_setting(self) -> bool:
        """Whether ``[tool.poetry-lock-package]`` may have it."""
        return self.name in SETTINGS

    @property
    def implies_build(self) -> bool:
        """Whether it implies ``--build`` on the command line. As a setting, it is for the runs that build."""
        return self.name in (*_BUILD_OPTIONS, *OWN_WHEEL_OPTIONS)


OPTIONS = (
    OptionSpec("build", "Build the lock package, a wheel, and write no lock project."),
    OptionSpec(
        "ignore",
        "Leave out packages that match this regular expression, and what only they need.",
        Kind.LIST,
        "PATTERN",
    ),
    OptionSpec("no-root", "Do not pin the project itself."),
    OptionSpec("with", "Pin these dependency groups as well.", Kind.LIST, "GROUPS"),
    OptionSpec("without", "Do not pin these dependency groups.", Kind.LIST, "GROUPS"),
    OptionSpec("only", "Pin only these dependency groups.", Kind.LIST, "GROUPS"),
    OptionSpec("all-groups", "Pin all dependency groups."),
    OptionSpec("extras", "Always pin what these extras of the project need.", Kind.LIST, "EXTRAS", "E"),
    OptionSpec("all-extras", "Always pin what all extras of the project need."),
    OptionSpec(
        "provided",
        "Leave out packages that this file lists, and what only they need. Relative to the working directory.",
        Kind.LIST,
        "FILE",
    ),
    OptionSpec(
        "output", "Build into this folder (default: dist), which is relative to the project.", Kind.TEXT, "FOLDER", "o"
    ),
    OptionSpec("name", "Name of the lock package (default: PROJECT-lock).", Kind.TEXT, "NAME"),
    OptionSpec("set-version", "Version of the lock package (default: that of the project).", Kind.TEXT, "VERSION"),
    OptionSpec("post", "Add .postN to the version.", Kind.TEXT, "N"),
    OptionSpec("strict", "Treat warnings as errors."),
    OptionSpec("dry-run", "Show what would be pinned, and write nothing."),
    OptionSpec(
        "diff",
        "Show what would change from this wheel, and write nothing. Relative to the working directory.",
        Kind.TEXT,
        "WHEEL",
    ),
    OptionSpec("format", "Write the result as text or as json.", Kind.TEXT, "FORMAT"),
    OptionSpec("project-wheel", "Build the project's own wheel, with the pins as its dependencies."),
    OptionSpec("as-extra", "Build the project's own wheel, with the pins as this extra of it.", Kind.TEXT, "EXTRA"),
    OptionSpec("from-wheel", "Put the pins into this wheel of the project. It is not built then.", Kind.LIST, "WHEEL"),
    OptionSpec(
        "all-wheels",
        "Build the lock package, and the wheels of the project and of its path dependencies beside it.",
    ),
    OptionSpec(
        "wheelhouse",
        "Build, and download all files that are needed, into this folder. Relative to the project.",
        Kind.TEXT,
        "FOLDER",
    ),
    OptionSpec(
        "target",
        "Choose the files of --wheelhouse for this Python and platform, such as cp312-win_amd64.",
        Kind.LIST,
        "TARGET",
    ),
    OptionSpec("constraints", "Build, and write a constraints file with all hashes beside the wheel."),
    OptionSpec("sbom", "Build, and write a software bill of materials (CycloneDX) beside the wheel."),
)

GROUP_OPTIONS = ("with", "without", "only")
# The options by which the pins go into the project's own wheel.
OWN_WHEEL_OPTIONS = ("project-wheel", "as-extra")
_BUILD_OPTIONS = ("output", "constraints", "sbom", "all-wheels", "wheelhouse", "from-wheel")
# Options that say where something is written, or that nothing is.
WRITING_OPTIONS = (*_BUILD_OPTIONS, "dry-run")
# Options that answer one question: one on the command line discards the settings of all of them.
CHOICES = {
    "groups": (*GROUP_OPTIONS, "all-groups"),
    "extras": ("extras", "all-extras"),
    "shape": ("no-root", *OWN_WHEEL_OPTIONS),
}
SETTINGS = {
    *(name for names in CHOICES.values() for name in names),
    *("ignore", "provided", "output", "name", "set-version", "strict"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """An invalid combination of options."""

    options: tuple[str, ...]
    """Those that the error is about: their values may come from settings."""
    is_broken: Callable[[Values], bool]
    message: str
    """Why it is invalid, and what to do. ``{used}`` stands for those of the options after the first that are in use."""


def check_rules(values: Values) -> None:
    """Raise LockPackageError for an empty value, or for the first rule that ``values`` break."""
    for name, value in (*values.settings.items(), *values.given.items()):
        if _has_empty(value):
            # Probably a variable of a pipeline that is not set: refuse to guess.
            raise LockPackageError(f"--{name} is empty. Give a value, or leave the option out", options=[name])
    for rule in RULES:
        if rule.is_broken(values):
            used = " ".join(f"--{name}" for name in rule.options[1:] if values[name])
            raise LockPackageError(rule.message.format(used=used), options=rule.options)


def _has_empty(value: Value) -> bool:
    texts = [value] if isinstance(value, str) else value
    return isinstance(texts, list) and not all(map(str.strip, texts))


RULES = (
    Rule(
        ("diff", "build", *WRITING_OPTIONS),
        lambda values: values["diff"] and any(map(values.is_given, ("build", *WRITING_OPTIONS))),
        "--diff writes nothing, so it cannot be used with {used}",
    ),
    Rule(
        ("format",),
        lambda values: values["format"] not in (None, "text", "json"),
        "--format has to be text or json",
    ),
    Rule(
        ("target",),
        lambda values: values["target"] and not values["wheelhouse"],
        "--target is only for --wheelhouse. Add that",
    ),
    Rule(
        ("wheelhouse", "output", "constraints"),
        lambda values: values["wheelhouse"] and (values.is_given("output") or values["constraints"]),
        "--wheelhouse has all files and their hashes in one folder, so it cannot be used with {used}",
    ),
    Rule(
        OWN_WHEEL_OPTIONS,
        lambda values: all(values.of(OWN_WHEEL_OPTIONS)),
        "--as-extra cannot be used with --project-wheel. Choose one of them",
    ),
    Rule(
        CHOICES["shape"],
        lambda values: values["no-root"] and any(values.of(OWN_WHEEL_OPTIONS)),
        "--no-root cannot be used with {used}, which builds the wheel of the project. Choose one of them",
    ),
    Rule(
        ("from-wheel", *OWN_WHEEL_OPTIONS),
        lambda values: values["from-wheel"] and not (any(values.of(OWN_WHEEL_OPTIONS)) and values.mode is Mode.BUILD),
        "--from-wheel needs to know how the pins go into the wheel. Add --project-wheel or --as-extra",
    ),
    Rule(
        CHOICES["extras"],
        lambda values: all(values.of(CHOICES["extras"])),
        "You cannot specify explicit `--extras` while using `--all-extras`.",
    ),
    Rule(
        CHOICES["groups"],
        lambda values: values["all-groups"] and any(values.of(GROUP_OPTIONS)),
        "You cannot specify explicit `--with`, `--without` or `--only` while using `--all-groups`.",
    ),
)

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


class Section(Enum):
    """What an option is about: the sections of the command reference, in their order."""

    BUILD = "What is built"
    PACKAGES = "Which packages are pinned"
    OWN_WHEEL = "The project's own wheel"
    IDENTITY = "Name and version"
    CONSTRAINTS = "Constraints and SBOM"


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
    """One line, which may have cleo's markup."""
    section: Section
    kind: Kind = Kind.FLAG
    value_name: str = ""
    shortcut: str | None = None
    is_setting: bool = False
    """Whether ``[tool.poetry-lock-package]`` may have it."""
    implies_build: bool = False
    """Whether it implies ``--build`` on the command line. As a setting, it is for the runs that build."""


OPTIONS = (
    OptionSpec("build", "Build the lock package as a wheel, instead of writing the lock project.", Section.BUILD),
    OptionSpec(
        "ignore",
        "Leave out packages that match this regular expression, and what only they need.",
        Section.PACKAGES,
        Kind.LIST,
        "PATTERN",
        is_setting=True,
    ),
    OptionSpec("no-root", "Do not pin the project itself.", Section.PACKAGES, is_setting=True),
    OptionSpec(
        "with",
        "Dependency groups to pin besides main.",
        Section.PACKAGES,
        Kind.LIST,
        "GROUPS",
        is_setting=True,
    ),
    OptionSpec("without", "Dependency groups to leave out.", Section.PACKAGES, Kind.LIST, "GROUPS", is_setting=True),
    OptionSpec("only", "The only dependency groups to pin.", Section.PACKAGES, Kind.LIST, "GROUPS", is_setting=True),
    OptionSpec("all-groups", "Pin the packages of all dependency groups.", Section.PACKAGES, is_setting=True),
    OptionSpec(
        "extras",
        "Extras of the project whose packages are always pinned.",
        Section.PACKAGES,
        Kind.LIST,
        "EXTRAS",
        "E",
        is_setting=True,
    ),
    OptionSpec("all-extras", "Always pin the packages of all extras.", Section.PACKAGES, is_setting=True),
    OptionSpec(
        "provided",
        "Leave out the packages that this file lists, and what only they need.",
        Section.PACKAGES,
        Kind.LIST,
        "FILE",
        is_setting=True,
    ),
    OptionSpec(
        "output",
        "Build the wheel into this folder, instead of <comment>dist</>.",
        Section.BUILD,
        Kind.TEXT,
        "FOLDER",
        "o",
        is_setting=True,
        implies_build=True,
    ),
    OptionSpec(
        "name",
        "Name of the lock package, instead of that of the project with `-lock`.",
        Section.IDENTITY,
        Kind.TEXT,
        "NAME",
        is_setting=True,
    ),
    OptionSpec(
        "set-version",
        "Version of the lock package, instead of that of the project.",
        Section.IDENTITY,
        Kind.TEXT,
        "VERSION",
        is_setting=True,
    ),
    OptionSpec(
        "post",
        "Make it this post-release of its version, to lock the same release again.",
        Section.IDENTITY,
        Kind.TEXT,
        "NUMBER",
    ),
    OptionSpec("strict", "Treat warnings as errors, before anything is written.", Section.BUILD, is_setting=True),
    OptionSpec("dry-run", "Show the pinned <comment>pyproject.toml</>; write nothing.", Section.BUILD),
    OptionSpec(
        "diff",
        "Show what would change from this wheel to the one built now, and write nothing.",
        Section.BUILD,
        Kind.TEXT,
        "WHEEL",
    ),
    OptionSpec("format", "With <c1>--diff</c1>: text, or json for scripts.", Section.BUILD, Kind.TEXT, "FORMAT"),
    OptionSpec(
        "include-root",
        "Build the project's own wheel, with the pins in place of its dependencies.",
        Section.OWN_WHEEL,
        is_setting=True,
        implies_build=True,
    ),
    OptionSpec(
        "as-extra",
        "Build the project's own wheel, with the pins as this extra of it.",
        Section.OWN_WHEEL,
        Kind.TEXT,
        "EXTRA",
        is_setting=True,
        implies_build=True,
    ),
    OptionSpec(
        "from-wheel",
        "Put the pins into this wheel of the project, instead of building one.",
        Section.OWN_WHEEL,
        Kind.LIST,
        "WHEEL",
        implies_build=True,
    ),
    OptionSpec(
        "path-wheels",
        "Build, with the wheels of the project and of its path dependencies beside it.",
        Section.BUILD,
        implies_build=True,
    ),
    OptionSpec(
        "constraints",
        "Build, and write a constraints file with all hashes beside the wheel.",
        Section.CONSTRAINTS,
        implies_build=True,
    ),
    OptionSpec(
        "sbom",
        "Build, and write an SBOM of all pins beside the wheel (CycloneDX).",
        Section.CONSTRAINTS,
        implies_build=True,
    ),
)

GROUP_OPTIONS = ("with", "without", "only")
# The options by which the pins go into the project's own wheel.
OWN_WHEEL_OPTIONS = ("include-root", "as-extra")
# Options that say where something is written, or that nothing is.
WRITING_OPTIONS = ("output", "constraints", "sbom", "path-wheels", "from-wheel", "dry-run")
# Options that answer one question: one on the command line discards the settings of all of them.
CHOICES = {
    "groups": (*GROUP_OPTIONS, "all-groups"),
    "extras": ("extras", "all-extras"),
    "shape": ("no-root", *OWN_WHEEL_OPTIONS),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """An invalid combination of options."""

    options: tuple[str, ...]
    """Those that the error is about: their values may come from settings."""
    is_broken: Callable[[Values], bool]
    message: str
    """Why it is invalid, and what to do. ``{used}`` stands for those of ``named`` that are in use."""
    named: tuple[str, ...] = ()


def check_rules(values: Values) -> None:
    """Raise LockPackageError for the first rule that ``values`` break."""
    for rule in RULES:
        if rule.is_broken(values):
            used = " ".join(f"--{name}" for name in rule.named if values[name])
            raise LockPackageError(rule.message.format(used=used), options=rule.options)


def _has_empty(value: Value) -> bool:
    texts = [value] if isinstance(value, str) else value
    return isinstance(texts, list) and not all(map(str.strip, texts))


RULES = (
    *(
        Rule(
            (spec.name,),
            # Probably a variable of a pipeline that is not set: refuse to guess.
            lambda values, name=spec.name: _has_empty(values.given.get(name)),  # type: ignore[misc]
            f"--{spec.name} is empty. Give a value, or leave the option out",
        )
        for spec in OPTIONS
        if spec.kind is not Kind.FLAG
    ),
    Rule(
        ("diff", *WRITING_OPTIONS),
        lambda values: values["diff"] and any(map(values.is_given, WRITING_OPTIONS)),
        "--diff writes nothing, so it cannot be used with {used}",
        named=WRITING_OPTIONS,
    ),
    Rule(
        ("format",),
        lambda values: values["format"] and not values["diff"],
        "--format is only for --diff. Add that",
    ),
    Rule(
        ("format",),
        lambda values: values["format"] not in (None, "text", "json"),
        "--format has to be text or json",
    ),
    Rule(
        OWN_WHEEL_OPTIONS,
        lambda values: all(values.of(OWN_WHEEL_OPTIONS)),
        "--as-extra cannot be used with --include-root. Choose one of them",
    ),
    Rule(
        ("no-root", *OWN_WHEEL_OPTIONS),
        lambda values: values["no-root"] and any(values.of(OWN_WHEEL_OPTIONS)),
        "--no-root cannot be used with {used}, which builds the wheel of the project. Choose one of them",
        named=OWN_WHEEL_OPTIONS,
    ),
    Rule(
        ("from-wheel", *OWN_WHEEL_OPTIONS),
        lambda values: values["from-wheel"] and not (any(values.of(OWN_WHEEL_OPTIONS)) and values.mode is Mode.BUILD),
        "--from-wheel needs to know how the pins go into the wheel. Add --include-root or --as-extra",
    ),
    Rule(
        ("extras", "all-extras"),
        lambda values: values["extras"] and values["all-extras"],
        "You cannot specify explicit `--extras` while using `--all-extras`.",
    ),
    Rule(
        ("all-groups", *GROUP_OPTIONS),
        lambda values: values["all-groups"] and any(values.of(GROUP_OPTIONS)),
        "You cannot specify explicit `--with`, `--without` or `--only` while using `--all-groups`.",
    ),
)

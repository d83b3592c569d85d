"""The options of ``poetry lock-package``, as data: the command, the settings and the command reference follow it.

To add an option, add a row to ``OPTIONS``, where it should appear in ``--help``. With ``is_setting`` it can stand in
``[tool.poetry-lock-package]`` as well. Its value is read in :mod:`poetry_plugin_lock_package.cli.request`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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


class Choice(Enum):
    """Options that answer one question: one given on the command line replaces the settings of all of them."""

    GROUPS = "groups"
    EXTRAS = "extras"
    SHAPE = "shape"


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """An option: ``--name``, or ``-shortcut``, with a value called ``value_name`` unless it is a flag.

    ``help`` is one line, and may have cleo's markup. An option that ``implies_build`` does so on the command line only:
    as a setting, it is for the runs that build.
    """

    name: str
    help: str
    section: Section
    kind: Kind = Kind.FLAG
    value_name: str = ""
    shortcut: str | None = None
    is_setting: bool = False
    choice: Choice | None = None
    implies_build: bool = False


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
    OptionSpec("no-root", "Do not pin the project itself.", Section.PACKAGES, is_setting=True, choice=Choice.SHAPE),
    OptionSpec(
        "with",
        "Dependency groups to pin besides main.",
        Section.PACKAGES,
        Kind.LIST,
        "GROUPS",
        is_setting=True,
        choice=Choice.GROUPS,
    ),
    OptionSpec(
        "without",
        "Dependency groups to leave out.",
        Section.PACKAGES,
        Kind.LIST,
        "GROUPS",
        is_setting=True,
        choice=Choice.GROUPS,
    ),
    OptionSpec(
        "only",
        "The only dependency groups to pin.",
        Section.PACKAGES,
        Kind.LIST,
        "GROUPS",
        is_setting=True,
        choice=Choice.GROUPS,
    ),
    OptionSpec(
        "all-groups",
        "Pin the packages of all dependency groups.",
        Section.PACKAGES,
        is_setting=True,
        choice=Choice.GROUPS,
    ),
    OptionSpec(
        "extras",
        "Extras of the project whose packages are always pinned.",
        Section.PACKAGES,
        Kind.LIST,
        "EXTRAS",
        shortcut="E",
        is_setting=True,
        choice=Choice.EXTRAS,
    ),
    OptionSpec(
        "all-extras", "Always pin the packages of all extras.", Section.PACKAGES, is_setting=True, choice=Choice.EXTRAS
    ),
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
        shortcut="o",
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
        choice=Choice.SHAPE,
        implies_build=True,
    ),
    OptionSpec(
        "as-extra",
        "Build the project's own wheel, with the pins as this extra of it.",
        Section.OWN_WHEEL,
        Kind.TEXT,
        "EXTRA",
        is_setting=True,
        choice=Choice.SHAPE,
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

# The options by which the pins go into the project's own wheel.
OWN_WHEEL_OPTIONS = ("include-root", "as-extra")
# What says where something is written, or that nothing is.
WRITING_OPTIONS = ("output", "constraints", "sbom", "path-wheels", "from-wheel", "dry-run")
GROUP_OPTIONS = ("with", "without", "only")


def names_of(choice: Choice) -> frozenset[str]:
    """The names of the options that answer ``choice``."""
    return frozenset(spec.name for spec in OPTIONS if spec.choice is choice)

"""The project that the command runs in, and the metadata that its lock package takes from it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version
from poetry.core.constraints.version import VersionUnion, parse_constraint
from poetry.core.version.helpers import format_python_constraint

from poetry_plugin_lock_package.errors import LockPackageError, OptionError
from poetry_plugin_lock_package.poetry_api import read_pyproject, translate_errors, unreadable_project
from poetry_plugin_lock_package.text import one_line, public_url, without_user_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionRangeConstraint
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.poetry import Poetry

    ReleaseKey: TypeAlias = tuple[NormalizedName, Version]

# poetry-core accepts less in [project], where the lock package has its metadata, than in [tool.poetry].
_EMAIL = re.compile(r"[^@.\s]+(?:\.[^@.\s]+)*@[^@\s][^@.\s]*\.[^@\s]+")
_URL = re.compile(r"\w+:/?/?[^\s]+")

_BEFORE_PYTHON_4 = parse_constraint("<4")
# What Windows takes for a device, with any extension:
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file#naming-conventions
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[1-9])(\..*)?", re.IGNORECASE)
# https://packaging.python.org/en/latest/specifications/name-normalization/#name-format
_NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE | re.ASCII)
# Some installers, such as uv, keep the parts of a version in 64 bits.
_MOST_DIGITS = 18
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Release:
    """A name and a version: of a project, its lock package, or a locked package."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def key(self) -> ReleaseKey:
        """The same for every spelling of the name and the version."""
        return canonicalize_name(self.name), Version(self.version)


def release_key_of(file_name: str) -> ReleaseKey | None:
    """The release of a wheel or sdist by its ``file_name``, or None for other files."""
    for parse in (parse_wheel_filename, parse_sdist_filename):
        with suppress(InvalidWheelFilename, InvalidSdistFilename):
            name, version, *_ = parse(file_name)
            return name, version
    return None


def identify(
    project: Release, name: str | None, version: str | None, post: str | None, *, own_wheel: bool = False
) -> Release:
    """Return the release of the lock package of ``project``; ``name``, ``version`` and ``post`` are options or None.

    With ``own_wheel``, return that of the project's own wheel, which by default is the release of the project.
    Raises OptionError if an option is not a valid name or version (PEP 508, PEP 440).
    """
    chosen = version or project.version
    if name is None:
        # In the style of the name.
        suffix = "_lock" if "_" in project.name else "-lock"
        name = project.name if own_wheel else project.name + suffix
    elif not is_name(name):
        raise OptionError(
            "--name", f"{name!r} is not a valid package name: use letters and digits, with . _ - between them"
        )
    elif _DEVICE.fullmatch(name):
        raise OptionError("--name", f"{name!r} is the name of a device on Windows, where no file can have it")
    elif canonicalize_name(name) == canonicalize_name(project.name) and not own_wheel:
        raise OptionError("--name", f"{name!r} is the name of the project itself. Choose another one")
    return Release(name, chosen if post is None else _post_release(chosen, post))


def is_name(text: str) -> bool:
    """Whether ``text`` is a valid name of a distribution (PEP 508)."""
    return bool(_NAME.fullmatch(text))


def checked_version(text: str) -> str:
    """Return ``text`` as PEP 440 normalises it; raise OptionError if it is not a version."""
    try:
        return str(Version(text))
    except ValueError:  # InvalidVersion, or a number with more digits than Python reads
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
        raise OptionError("--set-version", f"{shown!r} is not a version by PEP 440, such as 1.0 or 1.0.post1") from None


def _post_release(version: str, number: str) -> str:
    if not re.fullmatch("[0-9]+", number):
        raise OptionError("--post", f"takes a number, such as a build number, not {number!r}")
    number = number.lstrip("0") or "0"
    if len(number) > _MOST_DIGITS:
        raise OptionError("--post", f"takes a number of at most {_MOST_DIGITS} digits, which all installers can read")
    parsed = Version(version)
    if parsed.is_postrelease or parsed.is_devrelease:
        raise OptionError("--post", f"cannot be added to {version}. Give the whole version with --set-version")
    public, plus, local = version.partition("+")
    return f"{public}.post{number}{plus}{local}"


@dataclass(frozen=True, slots=True)
class Person:
    """An author or maintainer (PEP 621)."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """The metadata of a project, as far as its lock package needs it. Every text is on one line."""

    folder: Path
    name: str
    version: str
    is_package: bool
    """False in Poetry's non-package mode."""
    description: str
    extras: tuple[NormalizedName, ...]
    requires_python: str | None
    authors: tuple[Person, ...] = ()
    maintainers: tuple[Person, ...] = ()
    keywords: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    urls: tuple[tuple[str, str], ...] = ()
    license_expression: str | None = None
    """An SPDX expression (PEP 639)."""
    license_text: str | None = None
    """The older free text."""
    direct_references: tuple[tuple[NormalizedName, str], ...] = ()
    """The URLs by which the project's own metadata requires packages."""
    paths: tuple[NormalizedName, ...] = ()
    """The packages that it requires from a path."""
    wider_python: str | None = None
    """The range of the project's own wheel, if the lock is only for a part of the Python versions below 4 in it."""
    has_version: bool = True
    """False if Poetry knows no version of the project: it is 0 then."""

    @property
    def release(self) -> Release:
        """Its name and version."""
        return Release(self.name, self.version)


def read_project(poetry: Poetry, version: str | None = None) -> Project:
    """Read the metadata of ``poetry``, from whichever table it is in.

    ``version`` is used for a project that has no version that Poetry knows. In non-package mode, a project without a
    name gets that of its folder. Raises LockPackageError if a name is not valid, or no Python is allowed.
    """
    package = poetry.package
    folder = poetry.pyproject_path.parent
    known = package.version.to_string()
    has_version = known != "0" or _declares(poetry, "version")
    expression = getattr(package, "license_expression", None)  # poetry-core >= 2.2
    return Project(
        folder=folder,
        name=_checked_name(poetry, folder),
        version=version if version is not None and not has_version else known,
        has_version=has_version or version is not None,
        is_package=poetry.is_package_mode,
        description=_text(package.description),
        extras=_checked_extras(package),
        requires_python=requires_python(package),
        authors=tuple(_people(package.authors)),
        maintainers=tuple(_people(package.maintainers)),
        keywords=tuple(map(_text, package.keywords)),
        classifiers=tuple(_classifiers(package, expression)),
        urls=tuple(_urls(package)),
        license_expression=expression,
        license_text=_license_text(package),
        direct_references=tuple(
            (dependency.name, public_url(dependency.base_pep_508_name.partition(" @ ")[2]))
            for dependency in package.requires
            if dependency.is_vcs() or dependency.is_url()
        ),
        paths=tuple(dict.fromkeys(d.name for d in package.requires if d.is_file() or d.is_directory())),
        wider_python=_wider_python(package),
    )


def _checked_name(poetry: Poetry, folder: Path) -> str:
    declared = poetry.is_package_mode or _declares(poetry, "name")
    name = poetry.package.pretty_name if declared else folder.resolve().name
    if not is_name(name):
        missing = "" if declared else "is missing, and the name of its folder cannot be used instead: "
        raise _error("name", f"{missing}{name!r} is not a valid package name. Give the project another name")
    return name


def _checked_extras(package: ProjectPackage) -> tuple[NormalizedName, ...]:
    for extra in package.extras:
        if not is_name(extra):
            raise _error("extras", f"include {extra!r}, which is not a valid name. Rename it")
    return tuple(sorted(package.extras))


def _error(key: str, problem: str) -> LockPackageError:
    return LockPackageError(f"The project's {key} in pyproject.toml {problem}")


def _declares(poetry: Poetry, key: str) -> bool:
    """Whether pyproject.toml has ``key``: in the loaded project, Poetry has filled in defaults."""
    return bool(read_pyproject(poetry).get("project", {}).get(key) or poetry.local_config.get(key))


def _text(text: str) -> str:
    """Make ``text`` fit for metadata: on one line, and without a user name or a password in any URL."""
    return without_user_info(one_line(text))


def _license_text(package: ProjectPackage) -> str | None:
    text = package.license.id if package.license else ""
    # More than one line is a whole licence file, which is not for the metadata.
    return _text(text) if len(text.splitlines()) == 1 else None


def _people(entries: Iterable[str]) -> Iterator[Person]:
    for entry in map(_text, entries):
        match = re.fullmatch(r"(?P<name>[^<>]+?)\s*<+(?P<email>[^<>]+)>+", entry)
        if match and _EMAIL.fullmatch(match["email"]):
            yield Person(match["name"], match["email"])
        elif name := re.sub("[<>]", "", entry):  # poetry-core cannot write a name with these
            yield Person(name)


def _urls(package: ProjectPackage) -> Iterator[tuple[str, str]]:
    for label, url in package.urls.items():
        if one_line(label) and one_line(url) == url and _URL.fullmatch(url):
            yield _text(label), public_url(url)


def _classifiers(package: ProjectPackage, expression: str | None) -> Iterator[str]:
    with translate_errors(unreadable_project):
        # Poetry does not check the items of the list.
        classifiers = [_text(classifier) for classifier in package.all_classifiers]
    for classifier in classifiers:
        # PEP 639 forbids licence classifiers beside a licence expression.
        if not (expression and classifier.startswith("License ::")):
            yield classifier


def requires_python(package: ProjectPackage) -> str | None:
    """Return the project's Python range as a PEP 440 specifier set, or None if every Python is allowed.

    The markers of a lock are simplified relative to this range, so they are right only together with it.
    Raises LockPackageError if no Python is allowed.
    """
    if package.python_versions == "*":
        return None
    declared = package.requires_python
    if package.python_constraint.is_empty():
        raise _error("requires-python", f"{package.python_versions!r} allows no Python version. Correct it")
    if package.python_versions == declared:
        with suppress(InvalidSpecifier):
            SpecifierSet(declared)
            return one_line(declared)
    constraint = package.python_constraint
    if isinstance(constraint, VersionUnion):
        return ",".join(_union(constraint.ranges))
    return format_python_constraint(constraint)


def _wider_python(package: ProjectPackage) -> str | None:
    """Return the range in [project], if it has Python versions that the lock is not for; 4 and later do not exist."""
    declared = package.requires_python
    if declared == "*" or package.python_constraint.allows_all(parse_constraint(declared).intersect(_BEFORE_PYTHON_4)):
        return None
    return declared


def _union(ranges: Sequence[VersionRangeConstraint]) -> Iterator[str]:
    """Yield the specifiers of a union of ``ranges``: its outer bounds, and the gaps between them as exclusions.

    PEP 440 has no "or". It cannot exclude a gap that begins or ends within a minor version, except a single
    version. Such a gap is allowed.
    """
    if ranges[0].min is not None:
        yield f"{'>=' if ranges[0].include_min else '>'}{ranges[0].min}"
    for below, above in pairwise(ranges):
        start, end = below.max, above.min
        if start is None or end is None:  # pragma: no cover - ranges of a union are sorted and apart
            continue
        if start == end:
            yield f"!={start}"
        elif not below.include_max and not start.patch and not end.patch:
            yield from (f"!={major}.*" for major in range(start.major + bool(start.minor), end.major))
            first = (start.minor or 0) if start.major == end.major else 0
            for minor in range(first, end.minor or 0):
                yield f"!={end.major}.{minor}.*"
    if ranges[-1].max is not None:
        yield f"{'<=' if ranges[-1].include_max else '<'}{ranges[-1].max}"

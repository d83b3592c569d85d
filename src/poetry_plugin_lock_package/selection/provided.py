"""``--provided``: the packages that a platform has already, from a file that lists them.

The file is what pip reads and writes: a requirements or constraints file, or the output of ``pip freeze`` or
``pip list --format=freeze`` (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
"""

from __future__ import annotations

import codecs
import os
import re
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from poetry.core.version.markers import AnyMarker, parse_marker
from requirements.requirement import Requirement as RequirementLine

from poetry_plugin_lock_package.errors import ProvidedError
from poetry_plugin_lock_package.identity import is_name
from poetry_plugin_lock_package.markers.pip import is_read_otherwise
from poetry_plugin_lock_package.poetry_api.reading import translate_errors
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

STANDARD_INPUT = "standard input"

# As pip's own `COMMENT_RE` and `break_args_options`: an option of a requirement (--hash=...) follows a space.
_COMMENT = re.compile(r"(^|\s+)#.*$")
_OPTIONS = re.compile(r"\s-.*")
_INCLUDE = re.compile(r"(?:-[rc]\s*|--(?:requirement|constraint)(?:\s*=\s*|\s+))(?P<path>\S.*)")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class ProvidedPackage:
    """The platform has ``name`` where ``marker`` holds; at ``version``, or (None) nothing says at which one."""

    name: NormalizedName
    version: str | None
    marker: BaseMarker


@dataclass(frozen=True, slots=True)
class ProvidedFile:
    """A list of what a platform has.

    ``name`` is that of the file, without its folder. ``digest`` is its SHA-256 with lines ended as on Unix, because git
    may end them otherwise. ``unnamed`` are the numbers of lines that install something without saying its name.
    ``includes`` are the files that it names with ``-r`` or ``-c``, each with the number of the line.
    """

    name: str
    digest: str
    packages: tuple[ProvidedPackage, ...]
    unnamed: tuple[int, ...] = ()
    includes: tuple[tuple[int, str], ...] = ()


def read_provided(path: Path) -> tuple[ProvidedFile, ...]:
    """The list at ``path``, and those that it includes, each once; the latter are relative to the file that names them.

    Raises ProvidedError, with file and line, for what cannot be read.
    """
    return _followed(_read(path, path.name), path.parent, {_real(path)})


def parse_standard_input(content: bytes) -> tuple[ProvidedFile, ...]:
    """As ``read_provided``, for a list that is ``content``; what it includes is relative to the working directory."""
    return _followed(parse_provided(content, STANDARD_INPUT), Path(), set())


def parse_provided(content: bytes, name: str) -> ProvidedFile:
    """The list that is ``content``, of a file called ``name``.

    Raises ProvidedError if it is neither UTF-8 nor UTF-16 with a byte order mark, as PowerShell writes it, or for a
    line that pip would not understand.
    """
    packages: list[ProvidedPackage] = []
    unnamed: list[int] = []
    includes: list[tuple[int, str]] = []
    for number, line in _logical_lines(_decoded(content, name)):
        if include := _INCLUDE.fullmatch(line):
            includes.append((number, include["path"].strip("'\"")))
        elif line.startswith("-") and not line.startswith(("-e", "--editable")):
            continue
        else:
            with translate_errors(partial(_not_a_requirement, name, number)):
                package = _parse_line(line)
            if package is None:
                unnamed.append(number)
            elif is_read_otherwise(package.marker):
                raise ProvidedError(name, number, "has a marker that pip and Poetry read differently. Change it")
            else:
                packages.append(package)
    digest = sha256(content.replace(b"\r\n", b"\n")).hexdigest()
    return ProvidedFile(name, digest, tuple(packages), tuple(unnamed), tuple(includes))


def _not_a_requirement(name: str, number: int, _problem: str) -> ProvidedError:
    # The parsers' own words are left out: they quote the line, which may have a folder or a password in it.
    return ProvidedError(name, number, "is not a requirement. Write the file with `pip freeze`")


def _followed(file: ProvidedFile, folder: Path, seen: set[str]) -> tuple[ProvidedFile, ...]:
    """``file``, which lies in ``folder``, and all that it includes, but for what has been ``seen``."""
    files = [file]
    for number, text in file.includes:
        if "://" in text:
            raise ProvidedError(file.name, number, "includes a URL. Download that, and include the file")
        path = folder / text
        included = _read(path, path.name, included_by=(file.name, number))
        if _real(path) not in seen:
            seen.add(_real(path))
            files += _followed(included, path.parent, seen)
    return tuple(files)


def _real(path: Path) -> str:
    # Not by `resolve`, which fails on links in a circle.
    return os.path.realpath(path)


def _read(path: Path, name: str, included_by: tuple[str, int] | None = None) -> ProvidedFile:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        if included_by is None:
            raise ProvidedError(name, None, f"cannot be read: {message_of(error)}") from None
        raise ProvidedError(*included_by, f"includes {name}, which cannot be read: {message_of(error)}") from None
    return parse_provided(content, name)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ProvidedError(name, line, "is not UTF-8. Save the file in that encoding") from None


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of ``text`` that say something, joined at a backslash, each with the number where it begins."""
    parts: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        parts.append(line.removesuffix("\\"))
        # As pip's `join_lines`: a backslash does not continue a line that is a comment.
        if line.endswith("\\") and not _COMMENT.match(line) and number < len(lines):
            continue
        if joined := _COMMENT.sub("", "".join(parts)).strip():
            yield number - len(parts) + 1, joined
        parts.clear()


def _parse_line(line: str) -> ProvidedPackage | None:
    """The package of ``line``, or None if it installs something without a name; raises if it is neither."""
    text = _OPTIONS.sub("", line)
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        name = _name_of_address(line)
        return ProvidedPackage(canonicalize_name(name), None, AnyMarker()) if name else None
    marker = parse_marker(str(requirement.marker)) if requirement.marker else AnyMarker()
    return ProvidedPackage(canonicalize_name(requirement.name), _exact_version(requirement), marker)


def _name_of_address(line: str) -> str | None:
    """The name of what ``line`` installs from a URL, a path or a repository, or None if it does not say it."""
    if line.startswith((".", "/")) and "#egg=" not in line:
        name = None
    else:
        parsed = RequirementLine.parse(line)
        if parsed.specifier:  # which `packaging` has refused already: the library is laxer
            raise InvalidRequirement(line)
        # For a path without `#egg`, the library guesses that the folder has the name of the package.
        name = parsed.name if "#egg=" in line or not parsed.local_file else None
    if name is None:
        try:
            name = parse_wheel_filename(line.partition("#")[0].rpartition("/")[2])[0]
        except InvalidWheelFilename:
            return None
    return name if is_name(name) else None


def _exact_version(requirement: Requirement) -> str | None:
    """The version that ``requirement`` is locked to, or None if it leaves a choice or is no version by PEP 440."""
    exact = [s.version for s in requirement.specifier if s.operator in ("==", "===")]
    try:
        return str(Version(exact[0])) if len(exact) == 1 else None
    except InvalidVersion:  # 1.*, or any text behind ===
        return None

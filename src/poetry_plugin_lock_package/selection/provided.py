"""``--provided``: the packages that a platform has already, from a file that lists them.

The file is what pip reads and writes: a requirements or constraints file, or the output of ``pip freeze`` or
``pip list --format=freeze`` (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
"""

from __future__ import annotations

import codecs
import os
import re
import shlex
import sys
from dataclasses import dataclass
from functools import partial
from optparse import OptionParser
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from poetry.core.version.markers import AnyMarker, parse_marker

from poetry_plugin_lock_package.errors import ProvidedError
from poetry_plugin_lock_package.markers.pip import is_read_otherwise
from poetry_plugin_lock_package.poetry_api import digest_of, translate_errors
from poetry_plugin_lock_package.project import is_name
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

STANDARD_INPUT = "standard input"

# As pip's own `COMMENT_RE`, in linear time.
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
# What pip installs from a URL or a path: it has no name in front.
_ADDRESS = re.compile(r"\.|[\w+.-]*(?:[:/\\]|\.whl(?:\[|$))")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class ProvidedPackage:
    """A package that the platform has."""

    name: NormalizedName
    version: str | None
    """None if the list leaves it open."""
    marker: BaseMarker
    """Where the platform has the package."""


@dataclass(frozen=True, slots=True)
class ProvidedFile:
    """A list of what a platform has."""

    name: str
    """Its path, as it was given."""
    digest: str
    """Its SHA-256 with Unix line endings, because git may change them."""
    packages: tuple[ProvidedPackage, ...]
    unnamed: tuple[int, ...] = ()
    """The numbers of lines that install something without its name."""
    includes: tuple[tuple[int, str], ...] = ()
    """The files that it names with ``-r`` or ``-c``, each with the number of the line."""


class _LineParser(OptionParser):
    """The options of a line: pip uses the same parser, with these options (``pip._internal.req.req_file``)."""

    def __init__(self) -> None:
        super().__init__(add_help_option=False)
        for names in ("-r --requirement", "-c --constraint", "-e --editable"):
            self.add_option(*names.split(), action="append")
        for names in (
            *("-i --index-url --pypi-url", "--extra-index-url", "-f --find-links", "--trusted-host", "--use-feature"),
            *("--no-binary", "--only-binary", "--all-releases", "--only-final", "--hash", "--global-option"),
            "-C --config-settings --config-setting",
        ):
            self.add_option(*names.split())
        for name in ("--no-index", "--prefer-binary", "--pre", "--require-hashes", "--no-require-hashes"):
            self.add_option(name, action="store_true")

    def error(self, msg: str) -> NoReturn:
        raise ValueError(msg)


_OPTIONS = _LineParser()


def read_provided(path: Path, folder: Path) -> tuple[ProvidedFile, ...]:
    """The list at ``path`` in ``folder``, and those that it includes, each once, relative to the file that names them.

    Raises ProvidedError, with file and line, for what cannot be read.
    """
    return _with_included(_read(path, folder), path, folder)


def read_standard_input() -> tuple[ProvidedFile, ...]:
    """As ``read_provided``, for standard input; what it includes is relative to the working directory."""
    if sys.stdin is None:
        raise ProvidedError(STANDARD_INPUT, None, "is closed. Pipe a list into the command")
    return _with_included(parse_provided(sys.stdin.buffer.read(), STANDARD_INPUT), Path(STANDARD_INPUT), Path())


def parse_provided(content: bytes, name: str) -> ProvidedFile:
    """The list that is ``content``, of a file called ``name``.

    Raises ProvidedError if it is neither UTF-8 nor UTF-16 with a byte order mark, as PowerShell writes it, or for a
    line that pip would not understand.
    """
    packages: list[ProvidedPackage] = []
    unnamed: list[int] = []
    includes: list[tuple[int, str]] = []
    for number, line in _logical_lines(_decoded(content, name)):
        with translate_errors(partial(_not_understood, name, number)):
            requirement, editable, include = _parse_options(line)
            if not (requirement or editable):
                includes += [(number, path) for path in include]
            elif package := _parse_line(requirement) if requirement else _parse_address(editable):
                if is_read_otherwise(package.marker):
                    raise ProvidedError(name, number, "has a marker that pip and Poetry read differently. Change it")
                packages.append(package)
            else:
                unnamed.append(number)
    return ProvidedFile(name, digest_of(content), tuple(packages), tuple(unnamed), tuple(includes))


def _not_understood(name: str, number: int, _problem: str) -> ProvidedError:
    # The parsers' own words are left out: they quote the line, which may have a folder or a password in it.
    problem = "is neither a requirement nor an option that pip reads in a file. Write the file with `pip freeze`"
    return ProvidedError(name, number, problem)


def _with_included(first: ProvidedFile, path: Path, folder: Path) -> tuple[ProvidedFile, ...]:
    """``first``, which is at ``path`` in ``folder``, and all files that it includes, each once."""
    # Not by `resolve`, which fails on links in a circle.
    files = {os.path.realpath(folder / path): first}
    todo = _includes(first, path)
    while todo:
        target, included_by = todo.pop()
        real = os.path.realpath(folder / target)
        if real not in files:
            files[real] = _read(target, folder, included_by)
            todo += _includes(files[real], target)
    return tuple(files.values())


def _includes(file: ProvidedFile, path: Path) -> list[tuple[Path, tuple[str, int]]]:
    """The paths that ``file``, which is at ``path``, includes, last one first, each with where it is named."""
    for number, text in file.includes:
        if "://" in text:
            raise ProvidedError(file.name, number, "includes a URL. Download that, and include the file")
    # As pip: without the `..` of a long chain of files, which would make a path too long.
    return [(Path(os.path.normpath(path.parent / text)), (file.name, n)) for n, text in reversed(file.includes)]


def _read(path: Path, folder: Path, included_by: tuple[str, int] | None = None) -> ProvidedFile:
    try:
        content = (folder / path).read_bytes()
    except (OSError, ValueError) as error:
        if included_by is None:
            raise ProvidedError(str(path), None, f"cannot be read: {message_of(error)}") from None
        raise ProvidedError(*included_by, f"includes {path}, which cannot be read: {message_of(error)}") from None
    return parse_provided(content, str(path))


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ProvidedError(name, line, "is not UTF-8. Save the file in that encoding") from None


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The non-empty lines of ``text``, joined at a backslash, each with the number of its first line."""
    parts: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        parts.append(line.removesuffix("\\"))
        # As pip's `join_lines`: a backslash does not continue a line that is a comment.
        if line.endswith("\\") and not line.lstrip().startswith("#") and number < len(lines):
            continue
        if joined := _COMMENT.sub("", "".join(parts)).strip():
            yield number - len(parts) + 1, joined
        parts.clear()


def _parse_options(line: str) -> tuple[str, str, list[str]]:
    """The requirement, the editable requirement and the file to include in ``line``; raises if it has other words.

    pip reads only the first of several files or editable requirements on a line.
    """
    requirement, *rest = re.split(r"(?:^|\s)(?=-)", line, maxsplit=1)
    options, words = _OPTIONS.parse_args(shlex.split("".join(rest)))
    if words:
        raise ValueError(line)
    includes = options.requirement or options.constraint or []
    return requirement.rstrip(), (options.editable or [""])[0], includes[:1]


def _parse_line(line: str) -> ProvidedPackage | None:
    """The package of ``line``, or None if it installs something without a name; raises if it is neither."""
    if _ADDRESS.match(line):
        return _parse_address(line)
    requirement = Requirement(line)
    marker = parse_marker(str(requirement.marker)) if requirement.marker else AnyMarker()
    return ProvidedPackage(canonicalize_name(requirement.name), _exact_version(requirement), marker)


def _parse_address(line: str) -> ProvidedPackage | None:
    """The package of ``line``, which is a URL or a path, or None if it has no name."""
    address, _, marker = line.partition("; ")
    url, _, fragment = address.strip().partition("#")
    name = dict(parse_qsl(fragment, strict_parsing=True)).get("egg") if fragment else None
    if name is None:
        try:
            name = parse_wheel_filename(re.split(r"[/\\]", url.partition("[")[0])[-1])[0]
        except InvalidWheelFilename:
            return None
    name = name.partition("[")[0]
    where = parse_marker(marker) if marker else AnyMarker()
    return ProvidedPackage(canonicalize_name(name), None, where) if is_name(name) else None


def _exact_version(requirement: Requirement) -> str | None:
    """The version that ``requirement`` is locked to, or None if it leaves a choice or is no version by PEP 440."""
    exact = [s.version for s in requirement.specifier if s.operator in ("==", "===")]
    try:
        return str(Version(exact[0])) if len(exact) == 1 else None
    except InvalidVersion:  # 1.*, or any text behind ===
        return None

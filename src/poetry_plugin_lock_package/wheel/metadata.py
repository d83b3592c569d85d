"""Changing the dependencies or the name in the METADATA of a wheel, and nothing else in it.

METADATA is a header of fields, which may be folded over several lines, and a text after it
(https://packaging.python.org/en/latest/specifications/core-metadata/). Each tool formats it in its own way.
Parsing and writing it would change other fields, so this module edits the lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Literal, TypeAlias

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.text import without_user_info

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.project import Release

# A line of the header for Python's email parser, with which all tools read METADATA.
_HEADER_LINE = re.compile(rb"[!-9;-~]*:|[ \t]")
_FIRST_LINE = re.compile(rb"([^:]*:[ \t]*)[^\r\n]*")
_FIRST_NAME = re.compile(rb"([^:]*:\s*)([A-Za-z0-9._-]+)")


Mode: TypeAlias = Literal["replace", "add"]


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Requirements (PEP 508) and extras for METADATA.

    ``mode`` says whether they replace the present ones or are added to them.
    """

    requires: tuple[str, ...]
    extras: tuple[NormalizedName, ...]
    mode: Mode = "replace"

    def __str__(self) -> str:
        """The fields, each on its line."""
        fields = (*(f"Provides-Extra: {e}" for e in self.extras), *(f"Requires-Dist: {r}" for r in self.requires))
        return "".join(f"{field}\n" for field in fields)


def with_dependencies(metadata: bytes, dependencies: Dependencies) -> bytes:
    """``metadata`` with ``dependencies`` in place of, or after, the present ones; else at the end of the header."""
    fields, text = split_fields(metadata)
    first = b"".join(metadata.splitlines(keepends=True)[:1])
    line_end = first[len(first.rstrip(b"\r\n")) :] or b"\n"
    if fields and not fields[-1].endswith((b"\r", b"\n")):
        fields[-1] += line_end
    places = [place for place, field in enumerate(fields) if field_name(field) in (b"requires-dist", b"provides-extra")]
    added = str(dependencies).encode().replace(b"\n", line_end)
    if dependencies.mode == "add":
        place = places[-1] + 1 if places else len(fields)
        return b"".join([*fields[:place], added, *fields[place:], text])
    place = places[0] if places else len(fields)
    kept = (field for other, field in enumerate(fields) if other > place and other not in places)
    return b"".join([*fields[:place], added, *kept, text])


def with_release(metadata: bytes, old: NormalizedName, release: Release) -> bytes:
    """``metadata`` of the project ``old`` with a new name and version, also in its requirements of itself."""
    fields, text = split_fields(metadata)
    name, version = release.name.encode(), release.version.encode()

    def changed(field: bytes) -> bytes:
        key = field_name(field)
        if key in (b"name", b"version"):
            return _FIRST_LINE.sub(lambda match: match[1] + (name if key == b"name" else version), field, count=1)
        if key == b"requires-dist":
            required = _FIRST_NAME.match(field)
            if required and canonicalize_name(required[2].decode()) == old:
                return required[1] + name + field[required.end() :]
        return field

    return b"".join([*map(changed, fields), text])


def with_requirements(metadata: bytes, changed: Callable[[str], str]) -> bytes:
    """``metadata`` with each requirement as ``changed`` returns it; a field that it does not change keeps its bytes."""
    fields, text = split_fields(metadata)

    def rewritten(field: bytes) -> bytes:
        name, _, value = field.partition(b":")
        if field_name(field) != b"requires-dist":
            return field
        old = " ".join(value.decode(errors="surrogateescape").split())
        new = changed(old)
        line_end = field[len(field.rstrip(b"\r\n")) :]
        return field if new == old else name + b": " + new.encode(errors="surrogateescape") + line_end

    return b"".join([*map(rewritten, fields), text])


def without_secrets(metadata: bytes) -> bytes:
    """``metadata`` without the user info of the URLs in its fields and its text; all other bytes stay."""
    text = metadata.decode(errors="surrogateescape")
    return without_user_info(text).encode(errors="surrogateescape")


def changed_fields(old: bytes, new: bytes) -> tuple[str, ...]:
    """The names of the fields that differ between ``old`` and ``new``, which have the same fields in the same order."""
    (fields, text), (others, other_text) = split_fields(old), split_fields(new)
    names = [field.partition(b":")[0].decode() for field, other in zip(fields, others, strict=True) if field != other]
    return tuple(dict.fromkeys([*names, *(["Description"] if text != other_text else [])]))


def split_fields(metadata: bytes) -> tuple[list[bytes], bytes]:
    """The fields of the header, each with its folded lines, and everything after the header."""
    fields: list[list[bytes]] = []
    lines = metadata.splitlines(keepends=True)
    header = [*takewhile(_HEADER_LINE.match, lines)]
    for line in header:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1].append(line)
        else:
            fields.append([line])
    return [*map(b"".join, fields)], b"".join(lines[len(header) :])


def field_name(field: bytes) -> bytes:
    """The name of ``field``, in lower case."""
    return field.partition(b":")[0].lower()

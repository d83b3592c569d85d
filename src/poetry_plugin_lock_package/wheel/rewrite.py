"""Rewriting a wheel with other dependencies or another name and version, and nothing else changed."""

from __future__ import annotations

import csv
import io
import re
from itertools import zip_longest
from typing import TYPE_CHECKING
from zipfile import ZipFile

from installer.utils import copyfileobj_with_hashing
from packaging.metadata import parse_email
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.wheel.archive import copy_archive
from poetry_plugin_lock_package.wheel.metadata import with_dependencies, with_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Any
    from zipfile import ZipInfo

    from poetry_plugin_lock_package.project import Release
    from poetry_plugin_lock_package.wheel.metadata import Dependencies
    from poetry_plugin_lock_package.wheel.project_wheel import ProjectWheel

# The name in front of `.dist-info` and `.data`; the two may spell it differently.
_NAMED = re.compile(r"^[^/]+(?=\.(?:dist-info|data)/)")


def rewrite_wheel(wheel: ProjectWheel, dependencies: Dependencies, release: Release | None, folder: Path) -> Path:
    """Write ``wheel`` with ``dependencies`` into ``folder``, and return the path of the new file.

    With ``release`` it gets that name and version everywhere: in METADATA, in the names of the file and of the
    folders ``….dist-info`` and ``….data``, and in RECORD.
    """
    metadata, name, stem = wheel.metadata, wheel.path.name, None
    if release:
        old, _, tags = name.split("-", 2)
        # https://packaging.python.org/en/latest/specifications/binary-distribution-format/#escaping-and-unicode
        stem = f"{canonicalize_name(release.name).replace('-', '_')}-{release.version}"
        metadata, name = with_release(metadata, canonicalize_name(old), release), f"{stem}-{tags}"

    def renamed(path: str) -> str:
        return _NAMED.sub(stem, path) if stem else path

    return _write(wheel, with_dependencies(metadata, dependencies), renamed, folder / name)


def replace_metadata(wheel: ProjectWheel, metadata: bytes, folder: Path) -> Path:
    """Write ``wheel`` with other ``metadata`` for the same name and version into ``folder``; return its path."""
    return _write(wheel, metadata, str, folder / wheel.path.name)


def _write(wheel: ProjectWheel, metadata: bytes, renamed: Callable[[str], str], target: Path) -> Path:
    changed = {f"{wheel.info}/METADATA": metadata}
    record = f"{wheel.info}/RECORD"
    with ZipFile(wheel.path) as archive:
        changed[record] = _record(archive.read(record).decode(), renamed, changed).encode()
    copy_archive(wheel.path, target, renamed, changed)
    return target


def find_changes(
    wheel: ProjectWheel, made: ProjectWheel, release: Release | None, *, keep_dependencies: bool
) -> Iterator[str]:
    """Name what differs between ``wheel`` and the rewritten ``made`` although it should not.

    With ``keep_dependencies``, ``made`` has to begin with the dependencies of ``wheel``. Other dependencies are not
    compared.
    """
    with ZipFile(wheel.path) as before, ZipFile(made.path) as after:
        members = zip_longest(_members(before.infolist()), _members(after.infolist()))
        yield from (f"{(old or new)[0]} is not as it was" for old, new in members if old != new)
        if before.comment != after.comment:
            yield "the comment of the archive is not as it was"
    name = canonicalize_name(wheel.path.name.partition("-")[0])
    expected = _fields(with_release(wheel.metadata, name, release) if release else wheel.metadata)
    found = _fields(made.metadata)
    for key in sorted(expected.keys() | found.keys()):
        old, new = expected.get(key), found.get(key)
        if key in ("requires_dist", "provides_extra"):
            old = (old or []) if keep_dependencies else []
            new = (new or [])[: len(old)]
        if old != new:
            yield f"{key} in METADATA is not as it was"
    if release and not made.is_of(release):
        yield f"it is not of {release.name} {release.version}"


def _record(record: str, renamed: Callable[[str], str], changed: Mapping[str, bytes]) -> str:
    """RECORD with the new names and the hashes of the ``changed`` files; other rows stay letter for letter.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file
    """
    made = io.StringIO(newline="")
    for line in io.StringIO(record, newline=""):
        row = path, hashed, size = next(csv.reader([line]))
        if path in changed:
            algorithm = hashed.partition("=")[0]
            digest, length = copyfileobj_with_hashing(io.BytesIO(changed[path]), io.BytesIO(), algorithm)
            hashed, size = f"{algorithm}={digest}", str(length)
        new = [renamed(path), hashed, size]
        if new == row:
            made.write(line)
        else:
            csv.writer(made, lineterminator=line[len(line.rstrip("\r\n")) :]).writerow(new)
    return made.getvalue()


def _members(members: list[ZipInfo]) -> Iterator[tuple[object, ...]]:
    """The facts about each member that must not change; its name without the name of the wheel."""
    for member in members:
        name = _NAMED.sub("", member.filename)
        content = (member.CRC, member.file_size) if name not in (".dist-info/METADATA", ".dist-info/RECORD") else ()
        yield name, member.compress_type, member.date_time, member.external_attr, member.comment, *content


def _fields(metadata: bytes) -> dict[str, Any]:
    known, unknown = parse_email(metadata)
    return {**known, **unknown}

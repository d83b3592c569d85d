"""What makes a wheel that was given unsafe or impossible to read, found before it is used.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from email import message_from_bytes
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.wheel.metadata import field_name, split_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zipfile import ZipInfo

# All files of a wheel together, unpacked: more is a mistake or an attack. The largest wheels of public indexes, those
# with libraries for GPUs, have about half of it.
MOST_BYTES = 4 << 30
# One file of `.dist-info`, which is read into memory: the RECORD of 100,000 files has about 10 MiB.
MOST_BYTES_OF_DIST_INFO = 64 << 20

_SUPPORTED_MAJOR = 1
# The strength that the standard asks for.
_SHA_256_SIZE = 32
_COLUMNS_OF_RECORD = 3


def member_problems(members: Iterable[ZipInfo]) -> Iterator[str]:
    """What is wrong with the names and the sizes of ``members``; nothing of them has to be unpacked for this."""
    total = 0
    for member in members:
        if _leaves_folder(member):
            yield f"{member.orig_filename!r} would be unpacked outside the wheel's folder"
        folder, _, _ = member.filename.partition("/")
        if folder.endswith(".dist-info") and member.file_size > MOST_BYTES_OF_DIST_INFO:
            yield f"{member.filename!r} has more than {MOST_BYTES_OF_DIST_INFO >> 20} MiB"
        total += member.file_size
    if total > MOST_BYTES:
        yield f"its files have more than {MOST_BYTES >> 30} GiB when unpacked"


def _leaves_folder(member: ZipInfo) -> bool:
    """Whether ``member`` has a path that some system unpacks outside the folder, or that no wheel may have."""
    # On Windows, zipfile has already replaced backslashes in the other attribute.
    name = member.orig_filename
    is_special = "\\" in name or "\0" in name or name.startswith("/") or re.match("[A-Za-z]:", name)
    return bool(is_special) or ".." in name.split("/")


def wheel_version_problems(wheel: bytes) -> Iterator[str]:
    """What is wrong with the format that the file WHEEL names: installers must refuse a newer major version."""
    version = str(message_from_bytes(wheel).get("Wheel-Version", "1.0")).strip()
    major, _, _ = version.partition(".")
    if not major.isdecimal() or int(major) > _SUPPORTED_MAJOR:
        yield f"it has the Wheel-Version {version!r}, and only 1.x is supported"


def record_problems(record: str) -> Iterator[str]:
    """Rows of RECORD that are not one line, and hashes in it that are weaker than SHA-256, or unknown.

    Readers disagree about a file name with a line end in it: some look for the line ends first, some for the quotes.
    """
    rows = [next(csv.reader([line])) for line in io.StringIO(record, newline="")]
    if any(len(row) != _COLUMNS_OF_RECORD for row in rows):
        yield "its RECORD has a line that is not a path, a hash and a size"
        return
    for algorithm in sorted({hashed.partition("=")[0] for _, hashed, _ in rows if hashed}):
        is_known = algorithm in hashlib.algorithms_guaranteed
        # The size of a SHAKE digest is not fixed: hashlib says 0.
        if not is_known or hashlib.new(algorithm, usedforsecurity=False).digest_size < _SHA_256_SIZE:
            yield f"its RECORD has hashes by {algorithm!r}, which is not as strong as SHA-256"


def metadata_problems(metadata: bytes) -> Iterator[str]:
    """What keeps the lines of METADATA from being changed one by one.

    Python's email parser skips some lines that are not fields, such as a leading ``From `` line.
    """
    fields, _ = split_fields(metadata)
    if [field_name(field) for field in fields] != [key.lower().encode() for key in message_from_bytes(metadata)]:
        yield "METADATA has a line among its fields that is not a field"
    for field in fields:
        if field_name(field) in (b"name", b"version") and len(field.splitlines()) > 1:
            yield f"{field_name(field).decode().title()} in METADATA goes on over several lines"

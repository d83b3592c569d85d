"""Copying a zip archive with some members renamed or replaced, and everything else unchanged."""

from __future__ import annotations

import copy
import struct
from itertools import pairwise
from typing import TYPE_CHECKING
from zipfile import ZipFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import BinaryIO
    from zipfile import ZipInfo

# The local file header up to the name: PKWARE's APPNOTE, 4.3.7.
_HEADER = struct.Struct("<6sH18sHH")
_UTF_8 = 0x800
_BLOCK = 1 << 20


def copy_archive(source: Path, target: Path, renamed: Callable[[str], str], replaced: Mapping[str, bytes]) -> None:
    """Copy the archive ``source`` to ``target``, and pass the name of each member through ``renamed``.

    ``replaced`` has new contents by the present names of members. All other members are copied without unpacking,
    so their compressed bytes do not change. Every member keeps its place, time, attributes and comment.
    """
    with ZipFile(source) as archive, ZipFile(target, "w") as made, source.open("rb") as file:
        made.comment = archive.comment
        members = archive.infolist()
        starts = sorted([*(member.header_offset for member in members), archive.start_dir])
        ends = dict(pairwise(starts))
        for member in members:
            new = copy.copy(member)
            new.filename = renamed(member.filename)
            if member.filename in replaced:
                made.writestr(new, replaced[member.filename])
                # zipfile sets them if a member has none.
                new.external_attr = member.external_attr
            else:
                file.seek(member.header_offset)
                _add(made, new, file, ends[member.header_offset] - member.header_offset)


def _add(made: ZipFile, member: ZipInfo, file: BinaryIO, size: int) -> None:
    """Append the next ``size`` bytes of ``file``, one whole member, to ``made`` as ``member``.

    zipfile has no function for this. It writes its directory from the attributes that are set here.
    """
    name = member.filename.encode()
    # zipfile sets the same flag in the directory, the other place that has the name.
    member.flag_bits |= 0 if name.isascii() else _UTF_8
    member.header_offset = made.start_dir
    start, _, middle, old_length, extra_length = _HEADER.unpack(file.read(_HEADER.size))
    file.seek(old_length, 1)
    size -= _HEADER.size + old_length
    out = made.fp
    assert out is not None  # noqa: S101 - it is open
    out.write(_HEADER.pack(start, member.flag_bits, middle, len(name), extra_length) + name)
    while size > 0:
        block = file.read(min(size, _BLOCK))
        out.write(block)
        size -= len(block)
    made.start_dir = out.tell()
    made.filelist.append(member)
    made.NameToInfo[member.filename] = member

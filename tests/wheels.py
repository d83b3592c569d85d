"""Wheels in every form that the formats allow, written member by member."""

import base64
import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

INFO = "example_package-0.1.0.dist-info"
WHEEL = "example_package-0.1.0-py3-none-any.whl"
METADATA = b"Metadata-Version: 2.1\nName: example-package\nVersion: 0.1.0\n"


@dataclass(frozen=True)
class Member:
    """A file in a wheel, and how it is stored; a name that ends in a slash is a folder."""

    name: str
    content: bytes = b""
    compression: int = ZIP_DEFLATED
    level: int | None = None
    date: tuple[int, int, int, int, int, int] = (2016, 1, 1, 0, 0, 0)
    attributes: int = 0o644 << 16
    comment: bytes = b""
    extra: bytes = b""


def write_wheel(  # noqa: PLR0913 - a wheel has that many liberties
    path: Path,
    members: Iterable[Member] = (),
    metadata: bytes = METADATA,
    *,
    info: str = INFO,
    record_end: str = "\n",
    comment: bytes = b"",
    streamed: bool = False,
    reordered: bool = False,
) -> Path:
    """Write a wheel of ``members`` and the metadata that it needs; their order, and all else, as it is given.

    ``record_end`` ends the lines of RECORD. A ``streamed`` archive has the sizes of its members behind them,
    because it went where one cannot go back. The directory of a ``reordered`` one begins with the last member.
    """
    given = tuple(members)
    wheel = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    present = {member.name for member in given}
    described = [Member(f"{info}/METADATA", metadata), Member(f"{info}/WHEEL", wheel)]
    everything = [*given, *(member for member in described if member.name not in present)]
    if f"{info}/RECORD" not in present:
        everything.append(Member(f"{info}/RECORD", record_of(everything, info, record_end)))
    with path.open("wb") as file, ZipFile(_Stream(file) if streamed else file, "w") as archive:
        archive.comment = comment
        for member in everything:
            _write(archive, member)
        if reordered:
            archive.filelist.reverse()
    return path


def _write(archive: ZipFile, member: Member) -> None:
    written = ZipInfo(member.name, member.date)
    written.extra, written.comment = member.extra, member.comment
    archive.writestr(written, member.content, member.compression, member.level)
    written.external_attr = member.attributes


class _Stream(io.RawIOBase):
    """A file in which one cannot go back."""

    def __init__(self, file: io.BufferedWriter) -> None:
        self.file = file

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self.file.write(data)


def record_of(members: Sequence[Member], info: str = INFO, line_end: str = "\n") -> bytes:
    """The RECORD of ``members``; the row of RECORD itself is the first, where no tool puts it."""
    made = io.StringIO(newline="")
    rows = csv.writer(made, lineterminator=line_end)
    rows.writerow([f"{info}/RECORD", "", ""])
    for member in members:
        if not member.name.endswith("/"):
            digest = base64.urlsafe_b64encode(hashlib.sha384(member.content).digest()).decode().rstrip("=")
            rows.writerow([member.name, f"sha384={digest}", len(member.content)])
    return made.getvalue().encode()

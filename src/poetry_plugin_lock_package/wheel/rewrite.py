"""Wheels with other dependencies, or another name and version: reading, editing METADATA, writing, checking."""

from __future__ import annotations

import csv
import io
import re
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass, replace
from email import message_from_bytes
from hashlib import sha256
from itertools import takewhile
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile, ZipInfo

from installer.sources import WheelFile
from packaging.metadata import RawMetadata, parse_email
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from poetry_plugin_lock_package.errors import OutputError, VerificationError, WheelError
from poetry_plugin_lock_package.project import Release, release_key_of
from poetry_plugin_lock_package.pyproject import ALL_FIELDS
from poetry_plugin_lock_package.text import message_of, one_line, without_user_info
from poetry_plugin_lock_package.wheel.requirements import find_differences, needs_extra, read_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from poetry_plugin_lock_package.pyproject import PinnedMetadata

# A line of the header for Python's email parser, with which all tools read METADATA.
_HEADER_LINE = re.compile(rb"[!-9;-~]*:|[ \t]")
_VALUE = re.compile(rb"\A([^:]*:[ \t]*).*?([\r\n]*)\Z", re.DOTALL)
_FIRST_NAME = re.compile(rb"([^:]*:\s*)([A-Za-z0-9._-]+)")
# The name in front of `.dist-info` and `.data`; the two may spell it differently.
_NAMED = re.compile(r"^[^/]+(?=\.(?:dist-info|data)/)")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A valid wheel, and the METADATA that a copy of it gets."""

    path: Path
    info: str
    """The name of its ``.dist-info`` folder."""
    metadata: bytes
    """METADATA without secrets."""
    cleaned: tuple[str, ...] = ()
    """The fields of METADATA from which secrets were removed."""
    given: str = ""
    """Its path as the user gave it, or "" for one that was built."""

    @property
    def name(self) -> str:
        """What errors call it."""
        return self.given or self.path.name

    @property
    def fields(self) -> RawMetadata:
        """The fields of METADATA that packaging knows."""
        return parse_email(self.metadata)[0]

    @property
    def release(self) -> Release:
        """Its name and version in METADATA."""
        return Release(self.fields.get("name", ""), self.fields.get("version", ""))

    def is_of(self, project: Release) -> bool:
        """Whether the file name and METADATA both have the name and version of ``project``."""
        return release_key_of(self.path.name) == self.release.key == project.key


# ---- reading


def read_wheel(path: Path, given: str = "") -> Wheel:
    """Read the wheel at ``path``, which was ``given`` or built, and check all files in it against its RECORD.

    Raises WheelError if it is not a wheel, damaged, unsafe to unpack, of an unknown format, or signed.
    """
    name = given or path.name
    try:
        with ZipFile(path) as archive:
            return replace(_read(path, archive, name), given=given)
    except WheelError:
        raise
    except OSError as error:
        raise WheelError(f"{name} cannot be read: {message_of(error)}. Check the path of the wheel") from error
    except Exception as error:  # a damaged file makes the parsers raise errors of any kind
        raise _unusable(name, _explain(error, path)) from error


def _read(path: Path, archive: ZipFile, name: str) -> Wheel:
    source = WheelFile(archive)
    info = source.dist_info_dir
    metadata = read_metadata(path)
    for problem in _problems(archive, info, metadata):
        raise _unusable(name, problem)
    source.validate_record()
    # https://packaging.python.org/en/latest/specifications/binary-distribution-format/#signed-wheel-files
    if signed := [file for file in ("RECORD.jws", "RECORD.p7s") if f"{info}/{file}" in archive.namelist()]:
        raise WheelError(
            f"{name} is signed ({', '.join(signed)}), and the signature does not cover other dependencies."
            " Give the wheel as it was before it was signed"
        )
    clean = without_secrets(metadata)
    wheel = Wheel(path, info, clean, _changed_fields(metadata, clean))
    parse_wheel_filename(path.name)
    Version(wheel.fields.get("version", ""))
    return wheel


def _problems(archive: ZipFile, info: str, metadata: bytes) -> Iterator[str]:
    """What is wrong with a wheel although its files are those of its RECORD."""
    outside = (member.orig_filename for member in archive.infolist() if _leaves_folder(member))
    yield from (f"{name!r} would be unpacked outside the wheel's folder" for name in outside)
    version = str(message_from_bytes(archive.read(f"{info}/WHEEL")).get("Wheel-Version", "1.0")).strip()
    # Installers must refuse a newer major version.
    if version.partition(".")[0] not in ("0", "1"):
        yield f"it has the Wheel-Version {version!r}, and only 1.x is supported"
    # Python's email parser skips some lines that are not fields, such as a leading `From ` line.
    names = [_name_of(field) for field in split_fields(metadata)[0]]
    if names != [key.lower().encode() for key in message_from_bytes(metadata)]:
        yield "METADATA has a line among its fields that is not a field"


def _leaves_folder(member: ZipInfo) -> bool:
    """Whether ``member`` has a path that some system unpacks outside the folder, or that no wheel may have."""
    # On Windows, zipfile has already replaced backslashes in the other attribute.
    name = member.orig_filename
    is_special = "\\" in name or "\0" in name or name.startswith("/") or re.match("[A-Za-z]:", name)
    return bool(is_special) or ".." in name.split("/")


def _unusable(name: str, problem: str) -> WheelError:
    return WheelError(f"{name} is not a valid wheel: {problem}. Build it again, or give another one")


def _explain(error: Exception, path: Path) -> str:
    """The message of ``error`` about the wheel at ``path``, without its folder."""
    if isinstance(error, BadZipFile):
        return f"it is not a zip file, or damaged ({message_of(error)})"
    issues = getattr(error, "issues", None)
    text = "; ".join(issues) if issues else message_of(error)
    return text.replace(f"In {path}, ", "").replace(str(path), path.name)


# ---- editing METADATA


def without_secrets(metadata: bytes) -> bytes:
    """``metadata`` without the user info of URLs."""
    return without_user_info(metadata.decode(errors="surrogateescape")).encode(errors="surrogateescape")


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


def with_requirements(wheel: Wheel, changed: Callable[[str], str]) -> Wheel:
    """``wheel`` with each requirement as ``changed`` returns it; every other byte of METADATA stays."""

    def edit(name: bytes, field: bytes) -> bytes:
        old = " ".join(field.partition(b":")[2].decode(errors="surrogateescape").split())
        if name != b"requires-dist" or (new := changed(old)) == old:
            return field
        return _with_value(field, new.encode(errors="surrogateescape"))

    required = [changed(one_line(text)) for text in wheel.fields.get("requires_dist", [])]
    return replace(wheel, metadata=_checked(wheel.metadata, _map_fields(wheel.metadata, edit), requires_dist=required))


def with_pins(wheel: Wheel, pinned: PinnedMetadata) -> Wheel:
    """``wheel`` with METADATA as ``pin_metadata`` makes it."""
    return replace(wheel, metadata=pin_metadata(wheel.metadata, pinned, wheel.name))


def pin_metadata(metadata: bytes, pinned: PinnedMetadata, name: str) -> bytes:
    """``metadata`` (or PKG-INFO) of the wheel ``name`` with what ``pinned`` says; every other byte stays.

    Raises WheelError if it has one of the extras already that the pins are to be.
    """
    before, expected = metadata, {}
    if pinned.release:
        metadata = _renamed(metadata, pinned.release)
        expected = {"name": pinned.release.name, "version": pinned.release.version}
    required, extras = _kept(parse_email(metadata)[0], pinned)
    offered = {*map(canonicalize_name, extras)}
    if pinned.is_extra and (taken := offered.intersection(pinned.extras)):
        raise WheelError(f"{name} has the extra {', '.join(sorted(taken))} already: choose another name")
    changed = _with_dependencies(metadata, pinned.lines(offered), pinned)
    expected_lists = {
        "requires_dist": [*required, *(pin.requires_dist for pin in pinned.pins)],
        "provides_extra": [*extras, *(extra for extra in pinned.extras if extra not in offered)],
    }
    return _checked(before, changed, **expected_lists, **expected)


def _kept(fields: RawMetadata, pinned: PinnedMetadata) -> tuple[list[str], list[str]]:
    """The requirements and the extras of a wheel with ``fields`` that stay beside the pins."""
    required = [line for line in fields.get("requires_dist", []) if _keeps(pinned, line)]
    return required, fields.get("provides_extra", []) if _keeps(pinned, None) else []


def _keeps(pinned: PinnedMetadata, line: str | None) -> bool:
    """Whether the requirement ``line``, or (None) an extra, stays beside the pins."""
    if pinned.kept in (ALL_FIELDS, frozenset()):
        # A wheel that was given may have lines that cannot be read.
        return bool(pinned.kept)
    is_of_extra = line is None or needs_extra(one_line(line))
    return ("optional-dependencies" if is_of_extra else "dependencies") in pinned.kept


def _with_dependencies(metadata: bytes, added: str, pinned: PinnedMetadata) -> bytes:
    """``metadata`` with the fields ``added`` in place of, or after, those of that kind; else after all fields."""
    fields, text = split_fields(metadata)
    first = b"".join(metadata.splitlines(keepends=True)[:1])
    line_end = first[len(first.rstrip(b"\r\n")) :] or b"\n"
    if fields and not fields[-1].endswith((b"\r", b"\n")):
        fields[-1] += line_end
    lines: dict[int, str | None] = {
        place: None if name == b"provides-extra" else field.partition(b":")[2].decode(errors="surrogateescape")
        for place, field in enumerate(fields)
        if (name := _name_of(field)) in (b"requires-dist", b"provides-extra")
    }
    kept = [place for place, line in lines.items() if _keeps(pinned, line)]
    place = kept[-1] + 1 if kept else next(iter(lines), len(fields))
    left = [b"" if number in lines and number not in kept else field for number, field in enumerate(fields)]
    return b"".join([*left[:place], added.encode().replace(b"\n", line_end), *left[place:], text])


def _renamed(metadata: bytes, release: Release) -> bytes:
    """``metadata`` with the name and version of ``release``, also where it requires itself."""
    new = {b"name": release.name.encode(), b"version": release.version.encode()}
    project = canonicalize_name(parse_email(metadata)[0].get("name", ""))

    def edit(name: bytes, field: bytes) -> bytes:
        if name in new:
            return _with_value(field, new[name])
        required = _FIRST_NAME.match(field)
        if name == b"requires-dist" and required and canonicalize_name(required[2].decode()) == project:
            return required[1] + new[b"name"] + field[required.end() :]
        return field

    return _map_fields(metadata, edit)


def _checked(old: bytes, new: bytes, **expected: str | list[str]) -> bytes:
    """METADATA ``new``; raises VerificationError unless it differs from ``old`` by the fields ``expected`` alone."""
    before, after = _fields(old, **expected), _fields(new)
    keys = sorted(before.keys() | after.keys())
    if changed := [f"{key} in METADATA is not as planned" for key in keys if before.get(key) != after.get(key)]:
        raise VerificationError(*changed)
    return new


def _fields(metadata: bytes, **others: object) -> dict[str, Any]:
    """All fields of ``metadata``, some replaced by ``others``; each requirement and extra on one line."""
    known, unknown = parse_email(metadata)
    fields: dict[str, Any] = {**known, **unknown, **others}
    return {**fields, **{key: [*map(one_line, fields.get(key, ()))] for key in ("requires_dist", "provides_extra")}}


def _map_fields(metadata: bytes, edit: Callable[[bytes, bytes], bytes]) -> bytes:
    fields, text = split_fields(metadata)
    return b"".join([*(edit(_name_of(field), field) for field in fields), text])


def _changed_fields(old: bytes, new: bytes) -> tuple[str, ...]:
    """The names of the fields that differ between ``old`` and ``new``, which have the same fields in the same order."""
    (fields, text), (others, other_text) = split_fields(old), split_fields(new)
    names = [field.partition(b":")[0].decode() for field, other in zip(fields, others, strict=True) if field != other]
    return tuple(dict.fromkeys([*names, *(["Description"] if text != other_text else [])]))


def _with_value(field: bytes, value: bytes) -> bytes:
    return _VALUE.sub(lambda found: found[1] + value + found[2], field)


def _name_of(field: bytes) -> bytes:
    return field.partition(b":")[0].lower()


# ---- writing


def write_wheel(wheel: Wheel, folder: Path, release: Release | None = None) -> Wheel:
    """Write ``wheel``, its METADATA included, into ``folder``, and read it back; the same input gives the same bytes.

    With ``release`` it gets that name and version in the names of the file and of the folders ``….dist-info`` and
    ``….data``. Raises VerificationError if what is read back is not as planned.
    """
    name, stem = wheel.path.name, ""
    if release:
        # https://packaging.python.org/en/latest/specifications/binary-distribution-format/#escaping-and-unicode
        stem = f"{canonicalize_name(release.name).replace('-', '_')}-{release.version}"
        name = f"{stem}-{name.split('-', 2)[2]}"
    _copy(wheel, folder / name, stem)
    try:
        written = read_wheel(folder / name)
    except WheelError as error:
        raise VerificationError(str(error)) from error
    changes = ["METADATA is not as planned"] if written.metadata != wheel.metadata else []
    before, after = _contents(wheel), _contents(written)
    changes += [
        f"{member} is not as it was"
        for member in before.keys() | after.keys()
        if before.get(member) != after.get(member)
    ]
    if changes:
        raise VerificationError(*sorted(changes))
    return replace(written, cleaned=wheel.cleaned)


def _copy(wheel: Wheel, target: Path, stem: str) -> None:
    """Write ``wheel`` to ``target``; the folders that have its name get ``stem`` instead, if there is one."""
    record = io.StringIO(newline="")
    rows = csv.writer(record, lineterminator="\n")
    own_record = f"{wheel.info}/RECORD"
    with ZipFile(wheel.path) as archive, ZipFile(target, "w") as new:
        members = {member.filename: member for member in archive.infolist()}
        # RECORD is last, when it has a row for each other file.
        for name in sorted(members, key=lambda name: name == own_record):
            member = members[name]
            copy = ZipInfo(_NAMED.sub(stem, name) if stem else name, member.date_time)
            copy.compress_type, copy.create_system = member.compress_type, member.create_system
            if name == own_record:
                rows.writerow([copy.filename, "", ""])
                content = record.getvalue().encode()
            else:
                content = wheel.metadata if name == f"{wheel.info}/METADATA" else archive.read(member)
                if not member.is_dir():
                    digest = urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
                    rows.writerow([copy.filename, f"sha256={digest}", len(content)])
            new.writestr(copy, content)
            # zipfile sets them if a member has none.
            copy.external_attr = member.external_attr


def _contents(wheel: Wheel) -> dict[str, int]:
    """The checksum of each member that must not change, by its name without that of the wheel."""
    with ZipFile(wheel.path) as archive:
        contents = {_NAMED.sub("", member.filename): member.CRC for member in archive.infolist()}
    return {**contents, ".dist-info/METADATA": 0, ".dist-info/RECORD": 0}


# ---- the project's own wheels with the pins


def lock_wheels(wheels: Sequence[Wheel], pinned: PinnedMetadata, folder: Path, output: Path) -> tuple[Wheel, ...]:
    """Write each of ``wheels`` with the pins into ``folder``, to be moved to ``output`` later.

    Raises WheelError if a wheel cannot get them, OutputError if it would replace a wheel with other dependencies, and
    VerificationError if a new wheel, read back, is not as planned.
    """
    if twice := twice_in(wheel.path.name for wheel in wheels):
        raise WheelError(f"There are several wheels of the name {', '.join(twice)}. Give only one of them")
    locked = [lock_wheel(wheel, pinned, folder) for wheel in wheels]
    if others := [wheel.path.name for wheel in locked if _is_other(wheel, output / wheel.path.name)]:
        raise OutputError(
            f"{', '.join(others)} is in the output folder already, with other dependencies. Choose another folder with"
            " --output, or another name or version with --name or --set-version"
        )
    return tuple(locked)


def lock_wheel(wheel: Wheel, pinned: PinnedMetadata, folder: Path) -> Wheel:
    """Write ``wheel`` with the pins into ``folder``; raises as ``lock_wheels``."""
    locked = write_wheel(with_pins(wheel, pinned), folder, pinned.release)
    check_pins(locked, wheel, pinned)
    return locked


def twice_in(names: Iterable[str]) -> list[str]:
    """Those of ``names`` that are there more than once."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def check_pins(locked: Wheel, wheel: Wheel, pinned: PinnedMetadata) -> None:
    """Raise VerificationError unless ``locked`` requires what ``pinned`` says, after what stays of ``wheel``."""
    required, extras = _kept(wheel.fields, pinned)
    # Of the extras that stay, those with pins count as well.
    others = {*map(canonicalize_name, extras)}.difference(pinned.extras)
    added = RawMetadata(
        requires_dist=locked.fields.get("requires_dist", [])[len(required) :],
        provides_extra=sorted({*map(canonicalize_name, locked.fields.get("provides_extra", []))} - others),
    )
    if differences := sorted(find_differences(added, pinned.pins, pinned.extras, pinned.python)):
        raise VerificationError(*differences)


def _is_other(wheel: Wheel, target: Path) -> bool:
    """Whether ``target`` exists and is not a wheel with the dependencies of ``wheel``."""
    try:
        there = read_wheel(target)
    except WheelError:
        return target.exists()
    return _dependencies(there) != _dependencies(wheel)


def _dependencies(wheel: Wheel) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(wheel.fields.get("requires_dist", [])), frozenset(wheel.fields.get("provides_extra", []))

"""Random valid wheels are rewritten: what should change does, and the content of all other files is the same."""

import email
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st
from installer.sources import WheelFile
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.pyproject import ALL_FIELDS, PinnedMetadata
from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel.rewrite import lock_wheels, read_wheel
from tests.wheels import INFO, WHEEL, Member, write_wheel

X = canonicalize_name("x")
_DATA = INFO.replace("dist-info", "data")
_NAMES = (
    "example_package/__init__.py",
    "example_package/b\u00fccher.py",
    "example_package/a, b.txt",
    "example_package/_core.so",
    "example_package/vendored-1.dist-info/METADATA",
    f"vendored/{INFO}/METADATA",
    "example_package.libs/",
    f"{_DATA}/scripts/run",
    f"{INFO}/",
    f"{INFO}/entry_points.txt",
    f"{INFO}/licenses/LICENCE",
    f"{INFO}/RECORD.txt",
)
# A UNIX time as zip tools keep it, whose other times stand in front of a member only; and one of nobody.
_EXTRA_FIELDS = (b"", b"UT\x05\x00\x03\x00\x00\x00\x60", b"\x99\x99\x04\x00abcd")
_HEADERS = (
    "Requires-Dist: old (>=1)",
    'Requires-Dist: old >=1 ; extra == "y"',
    "requires-dist:\n old\n\t; os_name == 'nt'",
    "Requires-Dist: Example.Package[y]",
    "Provides-Extra: y",
    "PROVIDES-EXTRA:Y_2",
    "Summary: caf\u00e9",
    "License: one\n        two\n       |\n\t",
    "X-Unknown: Requires-Dist: no",
    "X-Unknown: again",
    "Description-Content-Type: text/markdown; charset=UTF-8",
    "Empty:",
)
_TEXTS = ("", "\n", "\ntext", "\n# Caf\u00e9\n\nRequires-Dist: no\n\n", "no field\n\nName: no\n")

members = st.builds(
    Member,
    name=st.sampled_from(_NAMES),
    content=st.binary(max_size=40) | st.binary(max_size=4).map(lambda part: part * 500),
    compression=st.sampled_from([ZIP_STORED, ZIP_DEFLATED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA]),
    level=st.sampled_from([None, 1, 9]),
    date=st.tuples(
        st.integers(1980, 2107), st.integers(1, 12), st.integers(1, 28), st.integers(0, 23), st.integers(0, 59)
    ).map(lambda time: (*time, 58)),
    attributes=st.sampled_from([0, 0o644 << 16, 0o100755 << 16, 0x10]),
    comment=st.sampled_from([b"", b"a comment"]),
    extra=st.sampled_from(_EXTRA_FIELDS),
).map(lambda member: Member(member.name) if member.name.endswith("/") else member)


@dataclass(frozen=True)
class Given:
    """A wheel to be made: what `write_wheel` takes."""

    members: tuple[Member, ...]
    keywords: dict[str, Any]

    def write(self, folder: Path) -> Path:
        folder.mkdir()
        return write_wheel(folder / WHEEL, self.members, **self.keywords)


@st.composite
def wheels(draw: Callable[..., Any]) -> Given:
    """A valid wheel of example-package 0.1.0, as unusual as the formats allow."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    fields = ["Name: Example.Package", "Version: 0.1.0", *draw(st.lists(st.sampled_from(_HEADERS), max_size=8))]
    header = "\n".join(draw(st.permutations(fields)))
    text = draw(st.sampled_from(_TEXTS))
    metadata = f"Metadata-Version: 2.1\n{header}{draw(st.sampled_from(['', chr(10)])) if not text else chr(10)}{text}"
    content = metadata.replace("\n", end).encode()
    described = replace(draw(members), name=f"{INFO}/METADATA", content=content)
    return Given(
        tuple(draw(st.permutations([described, *draw(st.lists(members, max_size=8, unique_by=lambda m: m.name))]))),
        {
            "record_end": draw(st.sampled_from(["\n", "\r\n"])),
            "comment": draw(st.sampled_from([b"", b"a comment"])),
            "streamed": draw(st.booleans()),
            "reordered": draw(st.booleans()),
        },
    )


pinned_metadata = st.builds(
    PinnedMetadata,
    st.sampled_from(
        [
            (),
            (Pin("a==1", parse_marker("")),),
            (Pin("a==1", parse_marker('os_name == "nt"')), Pin("b @ https://example.org/b.whl", parse_marker(""), X)),
        ]
    ),
    st.just((X,)),
    st.just(parse_constraint(">=3.9")),
    # With what files and folders are called by them.
    st.sampled_from([None, Release("Example.Package", "0.1.0.post7"), Release("New-name", "2!1.0+a.1")]),
    st.sampled_from([frozenset(), ALL_FIELDS]),
)
_STEMS = {"": "example_package-0.1.0", "0.1.0.post7": "example_package-0.1.0.post7", "2!1.0+a.1": "new_name-2!1.0+a.1"}


def rewritten(path: Path, pinned: PinnedMetadata, folder: Path) -> Path:
    """The wheel at ``path`` with the pins, read back by the code under test, and valid for those who install it."""
    folder.mkdir()
    (new,) = lock_wheels([read_wheel(path)], pinned, folder, folder / "none")
    with WheelFile.open(new.path) as source:
        source.validate_record(validate_contents=True)
    return new.path


def members_of(path: Path, info: str) -> tuple[dict[str, tuple[object, ...]], bytes]:
    """All members but METADATA and RECORD, and METADATA."""
    with ZipFile(path) as archive:
        facts: dict[str, tuple[object, ...]] = {
            member.filename: (
                *(archive.read(member), member.compress_type, member.date_time),
                *(member.external_attr, member.create_system),
            )
            for member in archive.infolist()
            if member.filename not in (f"{info}/METADATA", f"{info}/RECORD")
        }
        return facts, archive.read(f"{info}/METADATA")


def fields_and_text(metadata: bytes) -> tuple[list[tuple[str, str]], str]:
    """What Python's email parser finds in ``metadata``."""
    message = email.message_from_string(metadata.decode())
    return [(key.lower(), value) for key, value in message.items()], str(message.get_payload())


@settings(max_examples=150, deadline=None)
@given(wheels(), pinned_metadata)
def test_nothing_else_changes(given: Given, pinned: PinnedMetadata) -> None:
    """Names, dependencies and RECORD change; the content, time and rights of every other file are as they were."""
    release = pinned.release
    with TemporaryDirectory() as folder:
        before = given.write(Path(folder, "before"))
        after = rewritten(before, pinned, Path(folder, "after"))
        assert rewritten(before, pinned, Path(folder, "again")).read_bytes() == after.read_bytes()
        stem = _STEMS[release.version if release else ""]
        assert after.name == f"{stem}-py3-none-any.whl"

        def renamed(name: str) -> str:
            return f"{stem}.{name.split('.', 3)[3]}" if name.startswith("example_package-0.1.0.") else name

        (old, old_metadata), (new, new_metadata) = members_of(before, INFO), members_of(after, f"{stem}.dist-info")
        assert new == {renamed(name): facts for name, facts in old.items()}

        (old_fields, old_text), (new_fields, new_text) = map(fields_and_text, (old_metadata, new_metadata))
        assert new_text == old_text
        names = {"name": release.name, "version": release.version} if release else {}
        kinds = ("requires-dist", "provides-extra")
        assert [field for field in new_fields if field[0] not in kinds] == [
            (key, names.get(key, value)) for key, value in old_fields if key not in kinds
        ]
        for kind, added in zip(kinds, ([pin.requires_dist for pin in pinned.pins], pinned.extras), strict=True):
            own = [value for key, value in old_fields if key == kind] if pinned.kept else []
            if release:
                own = [value.replace("Example.Package", release.name) for value in own]
            assert [value for key, value in new_fields if key == kind] == [*own, *added]

"""Random valid wheels are rewritten: what should change does, and all else is the same, bit by bit."""

from __future__ import annotations

import email
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st
from installer.sources import WheelFile
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.wheel.metadata import Dependencies
from poetry_plugin_lock_package.wheel.project_wheel import read_project_wheel
from poetry_plugin_lock_package.wheel.rewrite import find_changes, rewrite_wheel
from tests.wheels import INFO, WHEEL, Member, stored_bytes, write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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


dependencies = st.builds(
    Dependencies,
    st.sampled_from([(), ("a==1",), ("a==1 ; os_name == 'nt'", 'b @ https://example.org/b.whl ; extra == "x"')]),
    st.sampled_from([(), (canonicalize_name("x"),)]),
    st.sampled_from(["replace", "add"]),
)
# With what files and folders are called by them.
_IDENTITIES: dict[Release | None, str] = {
    None: "example_package-0.1.0",
    Release("Example.Package", "0.1.0.post7"): "example_package-0.1.0.post7",
    Release("New-name", "2!1.0+a.1"): "new_name-2!1.0+a.1",
}
identities = st.sampled_from([*_IDENTITIES])


def rewritten(path: Path, dependencies: Dependencies, identity: Release | None, folder: Path) -> Path:
    """The wheel at ``path`` rewritten, read back by the code under test, and valid for those who install it."""
    folder.mkdir()
    wheel = read_project_wheel(path)
    made = rewrite_wheel(wheel, dependencies, identity, folder)
    changes = find_changes(wheel, read_project_wheel(made), identity, keep_dependencies=dependencies.mode == "add")
    assert list(changes) == []
    with WheelFile.open(made) as source:
        source.validate_record(validate_contents=True)
    return made


def described(path: Path, info: str) -> tuple[dict[str, tuple[object, ...]], dict[str, bytes], bytes]:
    """All that an archive says of its members, those that may change, and its comment."""
    with ZipFile(path) as archive:
        facts: dict[str, tuple[object, ...]] = {
            member.filename: (
                *(member.compress_type, member.date_time, member.external_attr, member.create_system),
                *(member.comment, member.extra, member.internal_attr),
            )
            for member in archive.infolist()
        }
        return facts, {name: archive.read(f"{info}/{name}") for name in ("METADATA", "RECORD")}, archive.comment


def fields_and_text(metadata: bytes) -> tuple[list[tuple[str, str]], str]:
    """What Python's email parser finds in ``metadata``."""
    message = email.message_from_string(metadata.decode())
    return [(key.lower(), value) for key, value in message.items()], str(message.get_payload())


@settings(max_examples=150, deadline=None)
@given(wheels(), dependencies, identities)
def test_nothing_else_changes(given: Given, wanted: Dependencies, identity: Release | None) -> None:
    """Names, dependencies and RECORD change; every other byte, time, right and comment is as it was, in its order."""
    with TemporaryDirectory() as folder:
        before = given.write(Path(folder, "before"))
        after = rewritten(before, wanted, identity, Path(folder, "after"))
        stem = _IDENTITIES[identity]
        assert after.name == f"{stem}-py3-none-any.whl"

        def renamed(name: str) -> str:
            return f"{stem}.{name.split('.', 3)[3]}" if name.startswith("example_package-0.1.0.") else name

        old_facts, old, old_comment = described(before, INFO)
        new_facts, new, new_comment = described(after, f"{stem}.dist-info")
        assert [*new_facts.items()] == [(renamed(name), facts) for name, facts in old_facts.items()]
        assert new_comment == old_comment
        old_bytes, new_bytes = stored_bytes(before), stored_bytes(after)
        for name in old_bytes:
            assert name in (f"{INFO}/METADATA", f"{INFO}/RECORD") or new_bytes[renamed(name)] == old_bytes[name]

        rows = zip(*(record["RECORD"].splitlines(keepends=True) for record in (old, new)), strict=True)
        for row, new_row in rows:
            path, hashed, facts = row.partition(b",sha384=")
            if not path.startswith(f"{INFO}/METADATA".encode()):
                assert new_row.endswith(hashed + facts)
                assert identity or new_row == row

        (old_fields, old_text), (new_fields, new_text) = map(fields_and_text, (old["METADATA"], new["METADATA"]))
        assert new_text == old_text
        names = {"name": identity.name, "version": identity.version} if identity else {}
        kinds = ("requires-dist", "provides-extra")
        assert [field for field in new_fields if field[0] not in kinds] == [
            (key, names.get(key, value)) for key, value in old_fields if key not in kinds
        ]
        for kind, added in zip(kinds, (wanted.requires, wanted.extras), strict=True):
            own = [value for key, value in old_fields if key == kind] if wanted.mode == "add" else []
            if identity:
                own = [value.replace("Example.Package", identity.name) for value in own]
            assert [value for key, value in new_fields if key == kind] == [*own, *added]


@settings(max_examples=50, deadline=None)
@given(wheels(), dependencies, identities.filter(bool))
def test_there_and_back(given: Given, wanted: Dependencies, identity: Release | None) -> None:
    """Twice the same gives the same bytes; and called as before, all is where it was before."""
    with TemporaryDirectory() as folder:
        wheel = given.write(Path(folder, "wheel"))
        wanted = Dependencies(wanted.requires, wanted.extras)
        once = rewritten(wheel, wanted, None, Path(folder, "once"))
        again = rewritten(wheel, wanted, None, Path(folder, "again"))
        assert again.read_bytes() == once.read_bytes()
        assert rewritten(once, wanted, None, Path(folder, "more")).read_bytes() == once.read_bytes()

        there = rewritten(once, wanted, identity, Path(folder, "there"))
        back = rewritten(there, wanted, Release("Example.Package", "0.1.0"), Path(folder, "back"))
        assert back.name == once.name
        changed = {f"{INFO}/RECORD", f"{INFO}/METADATA"}
        ours, theirs = stored_bytes(once), stored_bytes(back)
        assert {n: b for n, b in ours.items() if n not in changed} == {
            n: b for n, b in theirs.items() if n not in changed
        }

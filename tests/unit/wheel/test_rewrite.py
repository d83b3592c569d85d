"""Wheels made of other wheels: what is refused, what changes, and that nothing else does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.wheel.metadata import Dependencies
from poetry_plugin_lock_package.wheel.project_wheel import read_project_wheel
from poetry_plugin_lock_package.wheel.rewrite import find_changes, rewrite_wheel
from tests.wheels import INFO, METADATA, WHEEL, Member, record_of, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = Release("Example.Package", "0.1")
NEW = Release("New.name", "2.0+a.1")
PINS = Dependencies(("a==1",), (canonicalize_name("x"),))
CODE = Member("example_package.py", b"print('x')\n")


def _members(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ---- what is refused


@pytest.mark.parametrize(
    ("name", "member", "problem"),
    [
        ("example_package.whl", None, "wheel filename"),
        ("example_package-0.1.0-py3-none.whl", None, "wheel filename"),
        ("another-0.1.0-py3-none-any.whl", None, "doesn't match wheel filename"),
        (WHEEL, Member("other-1.dist-info/METADATA"), "exactly one .dist-info"),
        (WHEEL, Member(f"{INFO}/RECORD", b"nonsense\n"), "RECORD"),
        (WHEEL, Member(f"{INFO}/RECORD", record_of([CODE])), "METADATA is not mentioned in RECORD"),
        (WHEEL, Member(f"{INFO}/METADATA", b"Name: example-package\n"), "Invalid version: ''"),
    ],
)
def test_refused(tmp_path: Path, name: str, member: Member | None, problem: str) -> None:
    """What is not a valid wheel is refused, in one line that says why and names no folder."""
    path = write_wheel(tmp_path / name, [CODE, member] if member else [CODE])

    with pytest.raises(WheelError) as error:
        read_project_wheel(path)

    text = str(error.value)
    assert text.startswith(f"{name} is not a valid wheel: ")
    assert problem in text
    assert str(tmp_path) not in text
    assert "\n" not in text


def test_damaged(tmp_path: Path) -> None:
    """One changed bit in a stored file, the end of the file missing, or no file: no wheel."""
    path = write_wheel(tmp_path / WHEEL, [replace(CODE, compression=ZIP_STORED)])
    whole = path.read_bytes()
    for damaged in (whole.replace(b"print", b"Print", 1), whole[:-1], b""):
        path.write_bytes(damaged)
        with pytest.raises(WheelError, match=f"{WHEEL} is not a valid wheel: "):
            read_project_wheel(path)
    path.unlink()
    with pytest.raises(WheelError, match=f"{WHEEL} cannot be read: No such file or directory"):
        read_project_wheel(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name(tmp_path: Path) -> None:
    """Of two files of the same name, nobody knows which one is installed."""
    path = write_wheel(tmp_path / WHEEL, [CODE, CODE])

    with pytest.raises(WheelError, match=r"example_package\.py is not mentioned in RECORD"):
        read_project_wheel(path)


@pytest.mark.parametrize("signature", ["RECORD.jws", "RECORD.p7s"])
def test_signed(tmp_path: Path, signature: str) -> None:
    """A signature is for one RECORD: such a wheel is refused. A file of that name elsewhere is none."""
    path = write_wheel(tmp_path / WHEEL, [Member(f"pkg/{signature}", b"x")])
    assert read_project_wheel(path)

    others = [Member(f"{INFO}/METADATA", METADATA), Member(f"{INFO}/WHEEL", b"")]
    record = Member(f"{INFO}/RECORD", record_of(others))
    write_wheel(path, [*others, record, Member(f"{INFO}/{signature}", b"x")])
    with pytest.raises(WheelError, match=rf"is signed \({signature}\), and the signature does not cover other"):
        read_project_wheel(path)


@pytest.mark.parametrize(
    ("name", "metadata", "is_of"),
    [
        (WHEEL, METADATA, True),
        ("Example_Package-0.1.0-1_x-py2.py3-none-any.whl", METADATA.replace(b"0.1.0", b"0.1"), True),
        ("example_package-0.2-py3-none-any.whl", METADATA, False),
        (WHEEL, METADATA.replace(b"0.1.0", b"0.1.0+local"), False),
        (WHEEL, METADATA.replace(b"example", b"other"), False),
        (WHEEL, b"Version: 0.1.0\n", False),
    ],
)
def test_project_of_a_wheel(tmp_path: Path, name: str, metadata: bytes, *, is_of: bool) -> None:
    """A wheel is one of the project if both its file name and its METADATA say so, in any spelling."""
    assert read_project_wheel(write_wheel(tmp_path / name, [CODE], metadata)).is_of(PROJECT) == is_of


# ---- what changes


@pytest.mark.parametrize("stem", ["example_package-0.1.0", "Example.Package-0.1"])
def test_renamed(tmp_path: Path, stem: str) -> None:
    """A new name and version are everywhere where they belong, however they were spelt, and nowhere else."""
    wheel = write_wheel(
        tmp_path / "example_package-0.1.0-3build-py2.py3-none-any.whl",
        [
            CODE,
            Member(f"{stem}.data/scripts/run", b"#!python\n", attributes=0o755 << 16),
            Member("vendored/example_package-0.1.0.dist-info/METADATA", b"another"),
            Member(f"{INFO}/licenses/"),
            Member(f"{INFO}/licenses/a,b.txt", b"licence"),
        ],
        METADATA + b"Requires-Dist: example.package[x]\n\nexample-package 0.1.0\n",
    )
    (tmp_path / "made").mkdir()

    made = rewrite_wheel(read_project_wheel(wheel), PINS, NEW, tmp_path / "made")

    assert made.name == "new_name-2.0+a.1-3build-py2.py3-none-any.whl"
    found = _members(made)
    record = found.pop("new_name-2.0+a.1.dist-info/RECORD").decode()
    assert list(found) == [
        "example_package.py",
        "new_name-2.0+a.1.data/scripts/run",
        "vendored/example_package-0.1.0.dist-info/METADATA",
        "new_name-2.0+a.1.dist-info/licenses/",
        "new_name-2.0+a.1.dist-info/licenses/a,b.txt",
        "new_name-2.0+a.1.dist-info/METADATA",
        "new_name-2.0+a.1.dist-info/WHEEL",
    ]
    assert found["new_name-2.0+a.1.dist-info/METADATA"].decode() == (
        "Metadata-Version: 2.1\nName: New.name\nVersion: 2.0+a.1\nProvides-Extra: x\nRequires-Dist: a==1\n\n"
        "example-package 0.1.0\n"
    )
    assert [line.rpartition(",sha")[0] for line in record.splitlines()] == [
        "",
        "example_package.py",
        "new_name-2.0+a.1.data/scripts/run",
        "vendored/example_package-0.1.0.dist-info/METADATA",
        '"new_name-2.0+a.1.dist-info/licenses/a,b.txt"',
        "new_name-2.0+a.1.dist-info/METADATA",
        "new_name-2.0+a.1.dist-info/WHEEL",
    ]
    assert record.splitlines()[0] == "new_name-2.0+a.1.dist-info/RECORD,,"
    assert read_project_wheel(made).is_of(NEW)
    assert not list(find_changes(read_project_wheel(wheel), read_project_wheel(made), NEW, keep_dependencies=False))


def test_record(tmp_path: Path) -> None:
    """RECORD changes in the row of METADATA only, whatever quotes and line ends are in it."""
    members = [CODE, Member("a,comma.txt"), Member(f"{INFO}/METADATA", METADATA), Member(f"{INFO}/WHEEL", b"w")]
    rows = record_of(members, line_end="\r\n").replace(b"example_package.py", b'"example_package.py"')
    record = rows.removesuffix(b"\r\n")
    wheel = write_wheel(tmp_path / WHEEL, [*members, Member(f"{INFO}/RECORD", record)])
    (tmp_path / "made").mkdir()

    made = rewrite_wheel(read_project_wheel(wheel), PINS, None, tmp_path / "made")

    changed = _members(made)[f"{INFO}/RECORD"]
    before, after = record.split(b"\r\n"), changed.split(b"\r\n")
    differ = [number for number, row in enumerate(before) if row != after[number]]
    assert [before[number].partition(b",sha384=")[0] for number in differ] == [f"{INFO}/METADATA".encode()]
    assert after[differ[0]].startswith(f"{INFO}/METADATA,sha384=".encode())
    assert len(after) == len(before)
    assert read_project_wheel(made)


def test_name_in_an_old_encoding(tmp_path: Path) -> None:
    """A file name in the encoding of the first zip tools is the same for installers afterwards."""
    members = [Member("b\u00fccher.py", b"x = 1\n"), Member(f"{INFO}/METADATA", METADATA), Member(f"{INFO}/WHEEL")]
    record = Member(f"{INFO}/RECORD", record_of(members))
    wheel = write_wheel(tmp_path / WHEEL, [replace(members[0], name="b?cher.py"), *members[1:], record])
    wheel.write_bytes(wheel.read_bytes().replace(b"b?cher.py", b"b\x81cher.py"))
    (tmp_path / "made").mkdir()

    made = rewrite_wheel(read_project_wheel(wheel), PINS, None, tmp_path / "made")

    assert _members(made)["b\u00fccher.py"] == b"x = 1\n"
    assert read_project_wheel(made)


# ---- what is read back


@pytest.mark.parametrize(
    ("members", "metadata", "change"),
    [
        ([replace(CODE, content=b"2")], METADATA, "example_package.py is not as it was"),
        ([replace(CODE, name="other.py")], METADATA, "example_package.py is not as it was"),
        ([replace(CODE, compression=ZIP_STORED)], METADATA, "example_package.py is not as it was"),
        ([replace(CODE, attributes=0o755 << 16)], METADATA, "example_package.py is not as it was"),
        ([replace(CODE, date=(2020, 1, 1, 0, 0, 0))], METADATA, "example_package.py is not as it was"),
        ([CODE, Member("more.py")], METADATA, ".dist-info/METADATA is not as it was"),
        ([], METADATA, "example_package.py is not as it was"),
        ([CODE], METADATA + b"Summary: x\n", "summary in METADATA is not as it was"),
        ([CODE], METADATA + b"X-Unknown: x\n", "x-unknown in METADATA is not as it was"),
        ([CODE], METADATA.replace(b"0.1.0", b"0.2"), "version in METADATA is not as it was"),
    ],
)
def test_changes_are_found(tmp_path: Path, members: list[Member], metadata: bytes, change: str) -> None:
    """Whatever is not as it was and has nothing to do with dependencies is found."""
    wheel = read_project_wheel(write_wheel(tmp_path / WHEEL, [CODE]))
    (tmp_path / "made").mkdir()
    made = read_project_wheel(write_wheel(tmp_path / "made" / WHEEL, members, metadata + b"Requires-Dist: a==1\n"))

    assert change in list(find_changes(wheel, made, None, keep_dependencies=True))


def test_changes_of_the_whole_are_found(tmp_path: Path) -> None:
    """A comment of the archive, own requirements that had to stay, and a name that it did not get are found."""
    own = METADATA + b"Requires-Dist: a>=1\nProvides-Extra: x\n"
    wheel = read_project_wheel(write_wheel(tmp_path / WHEEL, [CODE], own))
    (tmp_path / "made").mkdir()
    made = read_project_wheel(write_wheel(tmp_path / "made" / WHEEL, [CODE], comment=b"new"))

    comment = "the comment of the archive is not as it was"
    lost = ["provides_extra in METADATA is not as it was", "requires_dist in METADATA is not as it was"]
    assert list(find_changes(wheel, made, None, keep_dependencies=True)) == [comment, *lost]
    assert list(find_changes(wheel, made, None, keep_dependencies=False)) == [comment]
    assert list(find_changes(wheel, made, NEW, keep_dependencies=False)) == [
        comment,
        "name in METADATA is not as it was",
        "version in METADATA is not as it was",
        "it is not of New.name 2.0+a.1",
    ]

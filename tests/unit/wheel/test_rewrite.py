"""Wheels with other dependencies: what is refused, what changes, that nothing else does, and what is read back."""

from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.errors import VerificationError, WheelError
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.pyproject import Mode, PinnedMetadata
from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel import rewrite
from poetry_plugin_lock_package.wheel.rewrite import (
    Wheel,
    check_pins,
    read_wheel,
    with_pins,
    write_wheel,
)
from tests.wheels import INFO, METADATA, WHEEL, Member, record_of
from tests.wheels import write_wheel as make_wheel

X = canonicalize_name("x")
PROJECT = Release("Example.Package", "0.1")
NEW = Release("New.name", "2.0+a.1")
CODE = Member("example_package.py", b"print('x')\n")
PINS = (
    Pin("a==1", parse_marker("")),
    Pin("b==2", parse_marker('sys_platform == "win32" or python_version < "3.11"'), X),
)
FIELDS = (
    b"Provides-Extra: x\nRequires-Dist: a==1\n"
    b'Requires-Dist: b==2 ; (sys_platform == "win32" or python_version < "3.11") and extra == "x"\n'
)


def _pinned(mode: Mode = "replace", release: Release | None = None) -> PinnedMetadata:
    return PinnedMetadata(PINS, (X,), parse_constraint(">=3.9"), mode, release)


def _problem(path: Path) -> str:
    """What is wrong with the wheel at ``path``, after its name."""
    with pytest.raises(WheelError) as error:
        read_wheel(path)
    text = str(error.value)
    assert str(path.parent) not in text
    assert "\n" not in text
    assert text.startswith(f"{path.name} ")
    return text.removeprefix(f"{path.name} ")


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
        (WHEEL, Member(f"{INFO}/METADATA", b"From x\n" + METADATA), "METADATA has a line among its fields that is not"),
        (WHEEL, Member(f"{INFO}/METADATA", METADATA + b": x\nLicense: x\n"), "METADATA has a line among its fields"),
        (WHEEL, Member(f"{INFO}/WHEEL", b"Wheel-Version: 2.0\n"), "it has the Wheel-Version '2.0', and only 1.x is"),
        (WHEEL, Member(f"{INFO}/WHEEL", b"Wheel-Version: 10\n"), "it has the Wheel-Version '10', and only 1.x is"),
    ],
)
def test_refused(tmp_path: Path, name: str, member: Member | None, problem: str) -> None:
    """What is not a valid wheel is refused, in one line that says why and names no folder."""
    found = _problem(make_wheel(tmp_path / name, [CODE, member] if member else [CODE]))

    assert found.startswith("is not a valid wheel: ")
    assert problem in found


@pytest.mark.parametrize(
    "name",
    ["../a.py", "a/../../b.py", "a/..", "/etc/passwd", "C:/a.py", "c:a.py", "a\\b.py", "\\\\h\\s\\a.py"],
)
def test_outside_the_folder(tmp_path: Path, name: str) -> None:
    """A path that any system unpacks outside the folder is refused."""
    assert _problem(make_wheel(tmp_path / WHEEL, [Member(name)])) == (
        f"is not a valid wheel: {name!r} would be unpacked outside the wheel's folder. Build it again, or give another"
        " one"
    )


@pytest.mark.parametrize("name", ["a/b..c/d.py", "...", "a/.b", "a b.py", "b\u00fccher.py", "ab:c.py", "ab/"])
def test_inside_the_folder(tmp_path: Path, name: str) -> None:
    """Other names are as good as any."""
    assert read_wheel(make_wheel(tmp_path / WHEEL, [Member(name)]))


def test_damaged(tmp_path: Path) -> None:
    """One changed bit in a stored file, the end of the file missing, another file, a folder, or no file: no wheel."""
    path = make_wheel(tmp_path / WHEEL, [replace(CODE, compression=ZIP_STORED)])
    whole = path.read_bytes()
    for damaged in (whole.replace(b"print", b"Print", 1), whole[:-1], b""):
        path.write_bytes(damaged)
        assert _problem(path).startswith("is not a valid wheel: ")
    path.write_bytes(b"<html>")
    assert _problem(path).startswith("is not a valid wheel: it is not a zip file, or damaged (")
    path.unlink()
    assert _problem(path) == "cannot be read: No such file or directory. Check the path of the wheel"
    path.mkdir()
    # Windows has another reason for it.
    assert _problem(path).startswith("cannot be read: ")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name(tmp_path: Path) -> None:
    """Of two files of the same name, nobody knows which one is installed."""
    assert "example_package.py is not mentioned in RECORD" in _problem(make_wheel(tmp_path / WHEEL, [CODE, CODE]))


@pytest.mark.parametrize("signature", ["RECORD.jws", "RECORD.p7s"])
def test_signed(tmp_path: Path, signature: str) -> None:
    """A signature is for one RECORD: such a wheel is refused. A file of that name elsewhere is none."""
    assert read_wheel(make_wheel(tmp_path / WHEEL, [Member(f"pkg/{signature}", b"x")]))

    others = [Member(f"{INFO}/METADATA", METADATA), Member(f"{INFO}/WHEEL", b"")]
    record = Member(f"{INFO}/RECORD", record_of(others))
    wheel = make_wheel(tmp_path / WHEEL, [*others, record, Member(f"{INFO}/{signature}", b"x")])
    assert f"is signed ({signature}), and the signature does not cover other" in _problem(wheel)


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
    assert read_wheel(make_wheel(tmp_path / name, [CODE], metadata)).is_of(PROJECT) == is_of


# ---- what changes in METADATA


@pytest.mark.parametrize(
    ("before", "replaced", "added"),
    [
        pytest.param(b"Name: n\n", b"Name: n\n%s", b"Name: n\n%s", id="none"),
        pytest.param(b"Name: n", b"Name: n\n%s", b"Name: n\n%s", id="none, and no line end"),
        pytest.param(
            b"Name: n\nRequires-Dist: c\nA: b\nProvides-Extra: y\nZ: z\n\nRequires-Dist: text",
            b"Name: n\n%sA: b\nZ: z\n\nRequires-Dist: text",
            b"Name: n\nRequires-Dist: c\nA: b\nProvides-Extra: y\n%sZ: z\n\nRequires-Dist: text",
            id="in several places, and in the text",
        ),
        pytest.param(
            b"Name: n\nREQUIRES-DIST: c\n ; os_name == 'nt'\n\t\nprovides-extra:y\nSummary: s\n more\n\n",
            b"Name: n\n%sSummary: s\n more\n\n",
            b"Name: n\nREQUIRES-DIST: c\n ; os_name == 'nt'\n\t\nprovides-extra:y\n%sSummary: s\n more\n\n",
            id="on several lines, in any case",
        ),
        pytest.param(
            b"Name: n\n\n\xff\xfe\x0b\x85",
            b"Name: n\n%s\n\xff\xfe\x0b\x85",
            b"Name: n\n%s\n\xff\xfe\x0b\x85",
            id="no text",
        ),
    ],
)
def test_dependencies(tmp_path: Path, before: bytes, replaced: bytes, added: bytes) -> None:
    """Dependencies take the place of those that were there, or join them; every other byte stays."""
    for end in (b"\n", b"\r\n"):
        # Without any line, there is no line end to follow.
        if before.count(b"\n") or end == b"\n":
            wheel = Wheel(tmp_path / WHEEL, INFO, before.replace(b"\n", end))
            fields = FIELDS.replace(b"\n", end)
            assert with_pins(wheel, _pinned()).metadata == replaced.replace(b"\n", end) % fields
            assert with_pins(wheel, _pinned("add")).metadata == added.replace(b"\n", end) % fields


def test_release(tmp_path: Path) -> None:
    """Name and version change, and what the project requires of itself, however it is written; nothing else does."""
    before = (
        b"Name:Old.Name\r\nversion: 1.0\r\n\t\r\nSummary: Old.Name\r\nRequires-Dist: old-name[x]; extra=='all'\r\n"
        b"Requires-Dist:\r\n OLD_name>=1\r\nRequires-Dist: old-name-plugin\r\nRequires-Dist: ?\r\n\r\nName: Old\r\n"
    )
    wheel = Wheel(tmp_path / "old_name-1.0-py3-none-any.whl", INFO, before)

    after = with_pins(wheel, PinnedMetadata((), (), parse_constraint("*"), "add", Release("new_name", "2.0+a.1")))

    assert after.metadata == (
        b"Name:new_name\r\nversion: 2.0+a.1\r\nSummary: Old.Name\r\nRequires-Dist: new_name[x]; extra=='all'\r\n"
        b"Requires-Dist:\r\n new_name>=1\r\nRequires-Dist: old-name-plugin\r\nRequires-Dist: ?\r\n\r\nName: Old\r\n"
    )


def test_another_change_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If an edit changed another field than planned, nothing would be written."""
    monkeypatch.setattr(rewrite, "_with_dependencies", lambda metadata, *_: metadata + b"Summary: x\nX-Unknown: y\n")

    with pytest.raises(VerificationError) as error:
        with_pins(Wheel(tmp_path / WHEEL, INFO, METADATA), _pinned())

    names = ("provides_extra", "requires_dist", "summary", "x-unknown")
    assert error.value.differences == tuple(f"{name} in METADATA is not as planned" for name in names)


# ---- what is written


@pytest.mark.parametrize("stem", ["example_package-0.1.0", "Example.Package-0.1"])
def test_renamed(tmp_path: Path, stem: str) -> None:
    """A new name and version are everywhere where they belong, however they were spelt, and nowhere else."""
    path = make_wheel(
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
    (tmp_path / "new").mkdir()

    new = write_wheel(with_pins(read_wheel(path), _pinned(release=NEW)), tmp_path / "new", NEW)

    assert new.path.name == "new_name-2.0+a.1-3build-py2.py3-none-any.whl"
    assert new.is_of(NEW)
    info = "new_name-2.0+a.1.dist-info"
    with ZipFile(new.path) as archive:
        assert archive.namelist() == [
            "example_package.py",
            "new_name-2.0+a.1.data/scripts/run",
            "vendored/example_package-0.1.0.dist-info/METADATA",
            f"{info}/licenses/",
            f"{info}/licenses/a,b.txt",
            f"{info}/METADATA",
            f"{info}/WHEEL",
            f"{info}/RECORD",
        ]
        assert archive.read(f"{info}/METADATA") == (
            b"Metadata-Version: 2.1\nName: New.name\nVersion: 2.0+a.1\n" + FIELDS + b"\nexample-package 0.1.0\n"
        )
        assert [line.rpartition(",sha256")[0] for line in archive.read(f"{info}/RECORD").decode().splitlines()] == [
            "example_package.py",
            "new_name-2.0+a.1.data/scripts/run",
            "vendored/example_package-0.1.0.dist-info/METADATA",
            f'"{info}/licenses/a,b.txt"',
            f"{info}/METADATA",
            f"{info}/WHEEL",
            "",
        ]


def test_name_in_an_old_encoding(tmp_path: Path) -> None:
    """A file name in the encoding of the first zip tools is the same for installers afterwards."""
    members = [Member("b\u00fccher.py", b"x = 1\n"), Member(f"{INFO}/METADATA", METADATA), Member(f"{INFO}/WHEEL")]
    record = Member(f"{INFO}/RECORD", record_of(members))
    path = make_wheel(tmp_path / WHEEL, [replace(members[0], name="b?cher.py"), *members[1:], record])
    path.write_bytes(path.read_bytes().replace(b"b?cher.py", b"b\x81cher.py"))
    (tmp_path / "new").mkdir()

    new = write_wheel(read_wheel(path), tmp_path / "new")

    with ZipFile(new.path) as archive:
        assert archive.read("b\u00fccher.py") == b"x = 1\n"


@pytest.mark.parametrize(
    ("members", "metadata", "problem"),
    [
        ([replace(CODE, content=b"2")], METADATA, "example_package.py is not as it was"),
        ([replace(CODE, name="other.py")], METADATA, "other.py is not as it was"),
        ([CODE, Member("more.py")], METADATA, "more.py is not as it was"),
        ([], METADATA, "example_package.py is not as it was"),
        ([CODE], METADATA + b"Summary: x\n", "METADATA is not as planned"),
        ([CODE], METADATA + b"Home-page: https://me:secret@example.org\n", "METADATA is not as planned"),
        ([CODE], b"Name: x\n", f"{WHEEL} is not a valid wheel: "),
    ],
)
def test_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: list[Member], metadata: bytes, problem: str
) -> None:
    """If a file was written that is not as planned, that would be an error that says what is not."""
    wheel = read_wheel(make_wheel(tmp_path / WHEEL, [CODE]))
    (tmp_path / "new").mkdir()
    monkeypatch.setattr(rewrite, "_copy", lambda _, target, *__: make_wheel(target, members, metadata))

    with pytest.raises(VerificationError) as error:
        write_wheel(wheel, tmp_path / "new")

    assert any(found.startswith(problem) for found in error.value.differences)


# ---- the project's own wheels with the pins


@pytest.mark.parametrize(
    ("metadata", "mode", "difference"),
    [
        (METADATA + b"Requires-Dist: c\n" + FIELDS, "replace", "c was not planned"),
        (METADATA + FIELDS.replace(b"(", b"").replace(b")", b""), "replace", "b==2 has another marker"),
        (METADATA + FIELDS.replace(b"b==2", b"b==3"), "replace", "b==2 is missing"),
        (METADATA + FIELDS.replace(b"Provides", b"X-Provides"), "replace", "the extras differ by x"),
        (METADATA + FIELDS, "add", "a==1 is missing"),
    ],
)
def test_pins_are_read_back(tmp_path: Path, metadata: bytes, mode: Mode, difference: str) -> None:
    """A wheel that means anything else than the pins to pip is an error that names the pin."""
    wheel = Wheel(tmp_path / WHEEL, INFO, METADATA + b"Requires-Dist: own\n")

    with pytest.raises(VerificationError) as error:
        check_pins(replace(wheel, metadata=metadata), wheel, _pinned(mode))

    assert difference in error.value.differences

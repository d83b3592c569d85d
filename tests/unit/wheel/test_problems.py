"""Wheels that are unsafe, too large or of an unknown format."""

from __future__ import annotations

from zipfile import ZipInfo

import pytest

from poetry_plugin_lock_package.wheel.problems import (
    MOST_BYTES,
    MOST_BYTES_OF_DIST_INFO,
    member_problems,
    metadata_problems,
    record_problems,
    wheel_version_problems,
)
from tests.wheels import METADATA


def _member(name: str, size: int = 1) -> ZipInfo:
    member = ZipInfo(name)
    member.file_size = size
    return member


@pytest.mark.parametrize(
    "name",
    [
        *("../a.py", "a/../../b.py", "a/..", "/etc/passwd", "C:/a.py", "c:a.py"),
        *("a\\b.py", "..\\a.py", "\\\\host\\share\\a.py", "a.py\0.txt"),
    ],
)
def test_outside_the_folder(name: str) -> None:
    """A path that any system unpacks elsewhere is named."""
    assert list(member_problems([_member("a.py"), _member(name)])) == [
        f"{name!r} would be unpacked outside the wheel's folder"
    ]


@pytest.mark.parametrize("name", ["a.py", "a/b..c/d.py", "...", "a/.b", "a b.py", "b\u00fccher.py", "ab:c.py", "ab/"])
def test_inside_the_folder(name: str) -> None:
    """Other names are as good as any."""
    assert not list(member_problems([_member(name)]))


def test_too_large() -> None:
    """A wheel may have as much as the limit, and no more; so may what is read into memory."""
    half = MOST_BYTES // 2
    most = MOST_BYTES_OF_DIST_INFO

    assert not list(member_problems([_member("a", half), _member("b", half)]))
    assert list(member_problems([_member("a", half), _member("b", half + 1)])) == [
        "its files have more than 4 GiB when unpacked"
    ]
    assert not list(member_problems([_member("a-1.dist-info/RECORD", most), _member("a/RECORD", most + 1)]))
    assert list(member_problems([_member("a-1.dist-info/RECORD", most + 1)])) == [
        "'a-1.dist-info/RECORD' has more than 64 MiB"
    ]


@pytest.mark.parametrize(
    ("wheel", "version"),
    [
        (b"Wheel-Version: 1.0\n", None),
        (b"Generator: x\nwheel-version: 1.9\n", None),
        (b"", None),
        (b"Wheel-Version: 2.0\n", "2.0"),
        (b"Wheel-Version: 10\n", "10"),
        (b"Wheel-Version: new\n", "new"),
        (b"Wheel-Version:\n", ""),
    ],
)
def test_wheel_version(wheel: bytes, version: str | None) -> None:
    """A format of another major version is refused, a minor one is not."""
    expected = [] if version is None else [f"it has the Wheel-Version {version!r}, and only 1.x is supported"]

    assert list(wheel_version_problems(wheel)) == expected


def test_hashes() -> None:
    """Hashes weaker than SHA-256 are named, each once."""

    def record(*names: str) -> str:
        return "".join([*(f"{name}.py,{name}=x,1\n" for name in names), "RECORD,,\n"])

    assert not list(record_problems(record("sha256", "sha512", "blake2b", "sha3_256")))
    assert list(record_problems(record("sha1", "md5", "sha256", "sha224", "md5", "shake_128", "crc32"))) == [
        f"its RECORD has hashes by {name!r}, which is not as strong as SHA-256"
        for name in ("crc32", "md5", "sha1", "sha224", "shake_128")
    ]


NOT_A_FIELD = "METADATA has a line among its fields that is not a field"


@pytest.mark.parametrize(
    ("metadata", "problems"),
    [
        (METADATA, []),
        (METADATA + b"Requires-Dist:\n a==1\nLicense: a\n\tb\n\nFrom here on text\n", []),
        (METADATA.replace(b"\n", b"\r\n"), []),
        (b"\n" + METADATA, []),
        (b"From ada@example.org Mon Jan 1\n" + METADATA, [NOT_A_FIELD]),
        (METADATA + b"From ada@example.org\nLicense: x\n", [NOT_A_FIELD]),
        (METADATA + b": x\nLicense: x\n", [NOT_A_FIELD]),
        (b" x\n" + METADATA, [NOT_A_FIELD]),
        (METADATA.replace(b"example", b"\n example"), ["Name in METADATA goes on over several lines"]),
        (METADATA.replace(b"0.1.0\n", b"0.1.0\r\n\t\r\n"), ["Version in METADATA goes on over several lines"]),
    ],
)
def test_metadata(metadata: bytes, problems: list[str]) -> None:
    """METADATA in which fields cannot be told apart line by line is refused."""
    assert list(metadata_problems(metadata)) == problems

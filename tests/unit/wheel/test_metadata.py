"""METADATA with other dependencies: as few bytes change as can."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.wheel.metadata import Dependencies, with_dependencies, with_release

X = canonicalize_name("x")
PINS = Dependencies(("a==1", 'b==2 ; extra == "x"'), (X,))
JOINED = Dependencies(PINS.requires, PINS.extras, mode="add")
FIELDS = b'Provides-Extra: x\nRequires-Dist: a==1\nRequires-Dist: b==2 ; extra == "x"\n'


@pytest.mark.parametrize(
    ("before", "replaced", "joined"),
    [
        pytest.param(b"Name: n\n", b"Name: n\n%s", b"Name: n\n%s", id="none"),
        pytest.param(b"Name: n", b"Name: n\n%s", b"Name: n\n%s", id="none, and no line end"),
        pytest.param(b"", b"%s", b"%s", id="nothing at all"),
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
            b"Name: n\nno field\nRequires-Dist: c\n",
            b"Name: n\n%sno field\nRequires-Dist: c\n",
            b"Name: n\n%sno field\nRequires-Dist: c\n",
            id="behind a line that ends the header for every reader",
        ),
        pytest.param(
            b" odd\nRequires-Dist: c\nName: n\n\xff\xfe\x0b\x85",
            b" odd\n%sName: n\n\xff\xfe\x0b\x85",
            b" odd\nRequires-Dist: c\n%sName: n\n\xff\xfe\x0b\x85",
            id="a start that is no field, and text in no encoding",
        ),
    ],
)
def test_dependencies(before: bytes, replaced: bytes, joined: bytes) -> None:
    """Dependencies take the place of those that were there, or join them; no other byte is another."""
    for end in (b"\n", b"\r\n"):
        fields = FIELDS.replace(b"\n", end)
        # Without any line, there is no line end to follow.
        if before.count(b"\n") or end == b"\n":
            assert with_dependencies(before.replace(b"\n", end), PINS) == replaced.replace(b"\n", end) % fields
            assert with_dependencies(before.replace(b"\n", end), JOINED) == joined.replace(b"\n", end) % fields


def test_no_dependencies() -> None:
    """Without any, nothing is left of those that were there."""
    assert with_dependencies(b"Name: n\nRequires-Dist: c\nA: b\n", Dependencies((), ())) == b"Name: n\nA: b\n"


def test_identity() -> None:
    """Name and version change, and what the project requires of itself, however it is written; nothing else does."""
    before = (
        b"Name:Old.Name\r\nversion: 1.0\r\nSummary: Old.Name\r\nRequires-Dist: old-name[x]; extra=='all'\r\n"
        b"Requires-Dist:\r\n OLD_name>=1\r\nRequires-Dist: old-name-plugin\r\nRequires-Dist: ?\r\n\r\nName: Old\r\n"
    )

    after = with_release(before, canonicalize_name("old-name"), Release("new_name", "2.0+a.1"))

    assert after == (
        b"Name:new_name\r\nversion: 2.0+a.1\r\nSummary: Old.Name\r\nRequires-Dist: new_name[x]; extra=='all'\r\n"
        b"Requires-Dist:\r\n new_name>=1\r\nRequires-Dist: old-name-plugin\r\nRequires-Dist: ?\r\n\r\nName: Old\r\n"
    )

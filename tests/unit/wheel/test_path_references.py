"""References by path, and the requirements by version that replace them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import VerificationError, WheelError
from poetry_plugin_lock_package.wheel.path_references import (
    PinnedRelease,
    has_path,
    read_back,
    replace_paths,
    without_path,
)
from poetry_plugin_lock_package.wheel.project_wheel import read_project_wheel
from tests.kit import read_wheel
from tests.wheels import INFO, WHEEL, Member, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

CORE, FORKED = canonicalize_name("core-lib"), canonicalize_name("forked")
PINNED = (
    PinnedRelease(CORE, "1.2.0", "/repository/core"),
    PinnedRelease(FORKED, "1.0", "/repository/old"),
    PinnedRelease(FORKED, "2.0", "/repository/new"),
    PinnedRelease(FORKED, "3.0"),
)


@pytest.mark.parametrize(
    ("requirement", "replaced"),
    [
        ("core-lib @ file:///repository/core", "core-lib==1.2.0"),
        # Any spelling of the name means the same, and stays.
        ("Core_Lib@file:///repository/core", "Core_Lib==1.2.0"),
        # Extras and marker stay, letter for letter.
        ("core-lib [b,a] @ file:///repository/core", "core-lib [b,a]==1.2.0"),
        (
            "core-lib @ file:///repository/core ; python_version<'3.9' or extra == 'x'",
            "core-lib==1.2.0 ; python_version<'3.9' or extra == 'x'",
        ),
        # Not pinned: the name alone.
        ('other @ file:///repository/other ; extra == "x"', 'other ; extra == "x"'),
        ("other[a] @ file:///repository/other", "other[a]"),
        # One name at several versions: the path decides.
        ("forked @ file:///repository/old", "forked==1.0"),
        ("forked @ file:///repository/new/../new", "forked==2.0"),
        ("forked @ file:///elsewhere", "forked"),
        # Whatever else is a path of a machine.
        ("core-lib @ git+file:///repository/core@abc", "core-lib==1.2.0"),
        ("core-lib @ /repository/core", "core-lib==1.2.0"),
        ("core-lib @ C:/repository/core", "core-lib==1.2.0"),
        # What is no path.
        ("core-lib", "core-lib"),
        ("core-lib>=1 ; os_name == 'nt'", "core-lib>=1 ; os_name == 'nt'"),
        ("core-lib @ https://example.org/core.whl", "core-lib @ https://example.org/core.whl"),
        ("core-lib @ git+ssh://git@example.org/core", "core-lib @ git+ssh://git@example.org/core"),
        ("not a requirement", "not a requirement"),
    ],
)
def test_without_path(requirement: str, replaced: str) -> None:
    """A reference by path becomes the pinned version, or the bare name; everything else stays."""
    assert without_path(requirement, PINNED) == replaced
    assert has_path(requirement) == (requirement != replaced)
    assert not has_path(replaced)


def _wheel(folder: Path, *fields: str) -> Path:
    folder.mkdir()
    header = ["Metadata-Version: 2.1", "Name: example-package", "Version: 0.1.0", *fields]
    return write_wheel(folder / WHEEL, [Member("example.py", b"x = 1\n")], "\n".join([*header, ""]).encode())


def test_wheel(tmp_path: Path) -> None:
    """In a wheel, nothing but the references by path changes: not a byte of METADATA, and no other member."""
    fields = (
        "Provides-Extra: x",
        "requires-dist:   other>=1 ;  os_name=='nt'",
        "Summary: core-lib @ file:///repository/core",
        "Requires-Dist: core-lib @ file:///repository/core\n ; extra == 'x'",
        "Requires-Dist: caf\u00e9 no requirement",
        "",
        "Requires-Dist: core-lib @ file:///repository/core",
    )
    plain = read_project_wheel(_wheel(tmp_path / "plain", *fields))
    (tmp_path / "made").mkdir()

    made = replace_paths(plain, PINNED, tmp_path / "made")

    assert made.path == tmp_path / "made" / WHEEL
    old = b"Requires-Dist: core-lib @ file:///repository/core\n ; extra == 'x'\n"
    assert plain.metadata.count(old) == 1
    assert made.metadata == plain.metadata.replace(old, b"Requires-Dist: core-lib==1.2.0 ; extra == 'x'\n")
    with ZipFile(plain.path) as before, ZipFile(made.path) as after:
        assert before.namelist() == after.namelist()
        assert {name for name in before.namelist() if before.read(name) != after.read(name)} == {
            f"{INFO}/METADATA",
            f"{INFO}/RECORD",
        }


def test_line_ends(tmp_path: Path) -> None:
    """A file with other line ends keeps them."""
    metadata = b"Metadata-Version: 2.1\r\nName: example-package\r\nVersion: 0.1.0\r\n"
    requirement = b"Requires-Dist: core-lib @ file:///repository/core\r\n"
    plain = read_project_wheel(write_wheel(tmp_path / WHEEL, metadata=metadata + requirement))
    (tmp_path / "made").mkdir()

    made = replace_paths(plain, PINNED, tmp_path / "made")

    assert made.metadata == metadata + b"Requires-Dist: core-lib==1.2.0\r\n"
    assert read_wheel(made.path).requires == {"core-lib==1.2.0"}


def test_invalid_requirement(tmp_path: Path) -> None:
    """A path in what is no requirement cannot be replaced: an error, without that path."""
    plain = read_project_wheel(_wheel(tmp_path / "plain", "Requires-Dist: core lib @ file:///repository/core"))
    (tmp_path / "made").mkdir()

    with pytest.raises(WheelError) as caught:
        replace_paths(plain, PINNED, tmp_path / "made")

    assert str(caught.value) == f"{WHEEL} has a reference by path that is no valid requirement: core lib"
    assert not list((tmp_path / "made").iterdir())


def test_verification(tmp_path: Path) -> None:
    """What is written is read back: any other difference is an error."""
    plain = read_project_wheel(_wheel(tmp_path / "plain", "Provides-Extra: x", "Requires-Dist: a"))
    other = _wheel(tmp_path / "other", "Provides-Extra: y", "Requires-Dist: b", "Summary: s")

    with pytest.raises(VerificationError) as caught:
        read_back(other, plain, PINNED)

    assert caught.value.differences == (
        "summary in METADATA is not as it was",
        "requires_dist in METADATA is not as planned",
        "provides_extra in METADATA is not as it was",
    )

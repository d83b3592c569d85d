"""The locked wheel: read back before it appears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.errors import VerificationError
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel.locked_wheel import PinnedMetadata, lock_wheels, read_back
from poetry_plugin_lock_package.wheel.project_wheel import read_project_wheel
from tests.kit import read_wheel
from tests.wheels import METADATA, WHEEL, Member, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from poetry_plugin_lock_package.wheel.metadata import Mode

LOCKED = canonicalize_name("locked")
PYTHON = parse_constraint(">=3.9")
OWN = METADATA + b"Requires-Dist: a>=1\n"
PINS = (
    Pin("a==1", parse_marker(""), LOCKED),
    Pin("b==1", parse_marker('sys_platform == "win32" or python_version < "3.11"'), LOCKED),
)
ADDED = b"""\
Provides-Extra: locked
Requires-Dist: a==1 ; extra == "locked"
Requires-Dist: b==1 ; (sys_platform == "win32" or python_version < "3.11") and extra == "locked"
"""


def _pinned_metadata(*, mode: Mode = "add", release: Release | None = None) -> PinnedMetadata:
    return PinnedMetadata(PINS, (LOCKED,), PYTHON, mode, release)


def test_as_planned(tmp_path: Path) -> None:
    """What is as planned appears; a pin for one platform or another belongs to its extra on both."""
    wheel = read_project_wheel(write_wheel(tmp_path / WHEEL, metadata=OWN))

    (tmp_path / "made").mkdir()
    (path,) = lock_wheels([wheel], _pinned_metadata(), tmp_path / "made", tmp_path / "dist")

    (pin,) = (requirement for requirement in read_wheel(path).requirements if requirement.name == "b")
    assert pin.marker
    found = [
        (platform, python, extra)
        for platform in ("win32", "linux")
        for python in ("3.9", "3.12")
        for extra in ("locked", "")
        if pin.marker.evaluate({"sys_platform": platform, "python_version": python, "extra": extra})
    ]
    assert found == [("win32", "3.9", "locked"), ("win32", "3.12", "locked"), ("linux", "3.9", "locked")]


@pytest.mark.parametrize(
    ("metadata", "pinned_metadata", "difference"),
    [
        (OWN + ADDED, _pinned_metadata(), None),
        (METADATA + ADDED, _pinned_metadata(mode="replace"), None),
        (OWN + ADDED, _pinned_metadata(mode="replace"), "a>=1 was not planned"),
        (METADATA + ADDED, _pinned_metadata(), "requires_dist in METADATA is not as it was"),
        (OWN + ADDED.replace(b"(", b"").replace(b")", b""), _pinned_metadata(), "b==1 has another marker"),
        (OWN + ADDED.replace(b"b==1", b"b==2"), _pinned_metadata(), "b==1 is missing"),
        (OWN + ADDED.replace(b"Provides", b"X-Provides"), _pinned_metadata(), "the extras differ by locked"),
        (OWN + ADDED, _pinned_metadata(release=Release("other", "2")), "it is not of other 2"),
        (OWN.replace(b"Version: 0.1.0\n", b"") + ADDED, _pinned_metadata(), f"{WHEEL} is not a valid wheel: "),
    ],
)
def test_read_back(tmp_path: Path, metadata: bytes, pinned_metadata: PinnedMetadata, difference: str | None) -> None:
    """A wheel that is not as planned is an error that says what is not."""
    (tmp_path / "made").mkdir()
    wheel = read_project_wheel(write_wheel(tmp_path / WHEEL, [Member("a.py")], OWN))
    made = write_wheel(tmp_path / "made" / WHEEL, [Member("a.py")], metadata)
    if difference is None:
        assert read_back(made, wheel, pinned_metadata).path == made
        return

    with pytest.raises(VerificationError) as error:
        read_back(made, wheel, pinned_metadata)

    assert any(found.startswith(difference) for found in error.value.differences)

"""Pins: their text, and what no requirement can express."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from poetry.core.version.markers import EmptyMarker, MarkerUnion, parse_marker

from poetry_plugin_lock_package.errors import PinError
from poetry_plugin_lock_package.lock.model import LockedPackage, Source
from poetry_plugin_lock_package.selection.select import Pin, Selection, make_pins, pin, requirement

X = canonicalize_name("x")
ANY = parse_marker("")


def _package(name: str = "a", source: Source | None = None, marker: str = "") -> LockedPackage:
    return LockedPackage(canonicalize_name(name), "1.0", parse_marker(marker), source)


def _select(*packages: LockedPackage) -> Selection:
    return Selection(tuple(pin(package, package.marker) for package in packages))


@pytest.mark.parametrize(
    ("marker", "extra", "text", "requires_dist"),
    [
        ("", None, "a==1", "a==1"),
        ("", X, "a==1", 'a==1 ; extra == "x"'),
        ('os_name == "nt"', None, 'a==1 ; os_name == "nt"', 'a==1 ; os_name == "nt"'),
        ('os_name == "nt"', X, 'a==1 ; os_name == "nt"', 'a==1 ; os_name == "nt" and extra == "x"'),
        (
            'os_name == "nt" or os_name == "java"',
            X,
            'a==1 ; os_name == "nt" or os_name == "java"',
            'a==1 ; (os_name == "nt" or os_name == "java") and extra == "x"',
        ),
    ],
)
def test_text(marker: str, extra: str | None, text: str, requires_dist: str) -> None:
    """A pin names its extra only in the metadata of a wheel."""
    pin = Pin("a==1", parse_marker(marker), X if extra else None)

    assert (str(pin), pin.requires_dist) == (text, requires_dist)


def test_requirement() -> None:
    """A package is required by version, or by its reference if it has one."""
    assert requirement(_package()) == "a==1.0"
    assert requirement(_package(source=Source("directory"))) == "a==1.0"
    assert requirement(_package(source=Source("url", direct="https://x.org/a.zip"))) == "a @ https://x.org/a.zip"


def test_pins() -> None:
    """Each selected package becomes a pin with its marker."""
    pins = make_pins(_select(_package(), _package("b", marker='os_name == "nt"')), None)

    assert [str(pin) for pin in pins] == ["a==1.0", 'b==1.0 ; os_name == "nt"']


def test_problems() -> None:
    """All packages that cannot be required are named at once, with the true reason."""
    here = _package("here", Source("git", obstacle="comes from a git address on this machine"))
    odd = _package("odd", marker="sys_platform == 'a\"b'")

    with pytest.raises(PinError) as error:
        make_pins(_select(_package(), odd, here), None)

    assert error.value.problems == (
        ("here", "comes from a git address on this machine"),
        ("odd", "has a marker that PEP 508 cannot express"),
    )


def test_marker_that_nobody_can_read() -> None:
    """A marker is tried as a whole: each of its conditions may be valid where it is not."""
    broken = pin(_package(), MarkerUnion(parse_marker('os_name == "nt"'), EmptyMarker()))

    with pytest.raises(PinError, match="a has a marker that PEP 508 cannot express"):
        make_pins(Selection((broken,)), None)

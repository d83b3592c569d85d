"""The comparison of METADATA with the pins, on plain values."""

from __future__ import annotations

import pytest
from packaging.metadata import RawMetadata
from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel.verify import find_differences

X, Y = canonicalize_name("x"), canonicalize_name("y")
PYTHON = parse_constraint(">=3.9,<3.14")
ANY = parse_marker("")
WINDOWS = parse_marker('sys_platform == "win32"')
URL = "https://example.org/a;b-1.zip"


def _differences(requires: list[str], *pins: Pin, provides: tuple[str, ...] = ("x",)) -> list[str]:
    metadata = RawMetadata(requires_dist=requires, provides_extra=list(provides))
    return sorted(find_differences(metadata, pins, [X], PYTHON))


@pytest.mark.parametrize(
    ("requires", "pin"),
    [
        ("A_b (==1)", Pin("a-b==1", ANY)),
        ("a[Y,z]==1", Pin("a[z,y]==1", ANY)),
        ("a==1;sys_platform=='win32'", Pin("a==1", WINDOWS)),
        ('a==1 ; python_version >= "3.8"', Pin("a==1", ANY)),
        ('a==1 ; python_version > "3.9" or python_version < "3.10"', Pin("a==1", ANY)),
        ('a==1 ; (sys_platform == "win32") and extra == "x"', Pin("a==1", WINDOWS, X)),
        (f"a @ {URL}", Pin(f"a @ {URL}", ANY)),
        (f'a@ {URL} ; sys_platform == "win32"', Pin(f"a @ {URL}", WINDOWS)),
    ],
)
def test_same(requires: str, pin: Pin) -> None:
    """Spelling, and conditions that the project's range makes void, are no difference."""
    assert not _differences([requires], pin)


@pytest.mark.parametrize(
    ("requires", "pin", "differences"),
    [
        ("a==2", Pin("a==1", ANY), ["a==1 is missing", "a==2 was not planned"]),
        ("a[y]==1", Pin("a==1", ANY), ["a==1 is missing", "a[y]==1 was not planned"]),
        ("a==1", Pin("a==1", WINDOWS), ["a==1 has another marker"]),
        ('a==1 ; extra == "x"', Pin("a==1", ANY), ["a==1 has another marker"]),
        ("a==1", Pin("a==1", ANY, X), ["a==1 has another marker"]),
        ('a==1 ; extra != "x"', Pin("a==1", ANY), ["a==1 has another marker"]),
        ('a==1 ; python_version >= "3.10"', Pin("a==1", ANY), ["a==1 has another marker"]),
        (f"a @ {URL}b", Pin(f"a @ {URL}", ANY), [f"a @ {URL} is missing", f"a @ {URL}b was not planned"]),
    ],
)
def test_different(requires: str, pin: Pin, differences: list[str]) -> None:
    """Another version, source or extra is named, and so is a marker that holds elsewhere."""
    assert _differences([requires], pin) == differences


def test_pip_has_the_last_word() -> None:
    """A line means what pip takes it for, also where poetry-core reads the same text in another sense."""
    text = '"3.1" in python_version'
    as_poetry_reads = Pin("a==1", parse_marker(text))

    assert _differences([f"a==1 ; {text}"], as_poetry_reads) == ["a==1 has another marker"]
    assert not _differences([f"a==1 ; {text}"], Pin("a==1", parse_marker('python_version >= "3.10"')))


def test_alternatives() -> None:
    """Lines with one requirement hold where any of them does."""
    pins = (Pin("a==1", WINDOWS), Pin("a==1", parse_marker('sys_platform == "linux"')))

    assert not _differences(['a==1 ; sys_platform == "linux" or sys_platform == "win32"'], *pins)
    assert not _differences(['a==1 ; sys_platform == "linux"', 'a==1 ; sys_platform == "win32"'], *pins)
    assert _differences(['a==1 ; sys_platform == "linux"'], *pins) == ["a==1 has another marker"]


def test_extras() -> None:
    """The extras that are offered have to be the planned ones."""
    assert _differences([], provides=("y",)) == ["the extras differ by x, y"]


def test_unreadable() -> None:
    """A line that installers cannot read is not taken for a requirement."""
    with pytest.raises(InvalidRequirement):
        _differences(["a b==1"])

"""The comparison of METADATA with the pins, on plain values: what is read back, and what `--diff` shows."""

import pytest
from packaging.metadata import RawMetadata
from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.selection.select import Pin
from poetry_plugin_lock_package.wheel.requirements import Change, find_changes, find_differences

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
        ("a[y]==1", Pin("a==1", ANY), ["a==1 has other extras"]),
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


# ---- what `--diff` shows

A, B = canonicalize_name("a"), canonicalize_name("b")
COMMIT = "git+https://example.org/a.git@1111111111111111111111111111111111111111"


def _pin(line: str) -> Pin:
    requirement, _, marker = line.partition(" ; ")
    extra = X if marker.endswith('extra == "x"') else None
    return Pin(requirement, parse_marker("" if extra else marker), extra)


def _changes(old: list[str], new: list[str]) -> list[Change]:
    return list(find_changes(old, [_pin(line) for line in new], [None, X], parse_constraint(">=3.9,<3.13")))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], ["a==1"], [Change("added", A, new="1")]),
        (["a==1"], [], [Change("removed", A, old="1")]),
        (["a==1.9"], ["a==1.10"], [Change("updated", A, "1.9", "1.10")]),
        (["a==1.10"], ["a==1.9"], [Change("downgraded", A, "1.10", "1.9")]),
        (["a==1"], ["b==1"], [Change("removed", A, old="1"), Change("added", B, new="1")]),
        (["a==1"], [f"a @ {COMMIT}"], [Change("source", A, "1", COMMIT)]),
        (
            ["a==1"],
            ['a==1 ; sys_platform == "win32"'],
            [Change("marker", A, None, 'sys_platform == "win32"', "1")],
        ),
        (["a==1"], ['a==1 ; extra == "x"'], [Change("marker", A, None, 'extra == "x"', "1")]),
        (["a==1"], ["a[y]==1"], [Change("extras", A, None, "y", "1")]),
        (["a[y]==1", 'a[z]==1 ; extra == "x"'], ["a[y,z]==1"], [Change("extras", A, "y, z", "y, z", "1")]),
        (["a>=1"], ["a==1"], [Change("updated", A, ">=1", "1")]),
        (["a"], ["a==1"], [Change("updated", A, "any version", "1")]),
    ],
)
def test_change(old: list[str], new: list[str], expected: list[Change]) -> None:
    """Each kind of change is told, with what was there and what comes."""
    assert _changes(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["A==1", "b==2"], ["b==2", "a==1"]),
        (['a (==1) ; python_version < "3.11"'], ['a==1 ; python_full_version < "3.11.0"']),
        (['a==1 ; python_version < "3.11"', 'a==1 ; python_version >= "3.11"'], ["a==1"]),
        (['a==1 ; python_version < "3.9"'], []),
        (["a==1", 'a==1 ; extra == "x"'], ["a==1"]),
        (["a[y]==1", "a[z]==1"], ["a[y,z]==1"]),
    ],
)
def test_no_change(old: list[str], new: list[str]) -> None:
    """Other texts for the same environments are no change, nor is what holds nowhere in the project's range."""
    assert _changes(old, new) == []


def test_fork() -> None:
    """Of several versions, those that stay are left alone, and the others are paired in order."""
    old = ['a==1 ; python_version < "3.10"', 'a==2 ; python_version >= "3.10"']

    assert _changes(old, [old[0], 'a==3 ; python_version >= "3.10"']) == [Change("updated", A, "2", "3")]
    assert _changes(old, ["a==2"]) == [
        Change("marker", A, 'python_version >= "3.10"', None, "2"),
        Change("removed", A, old="1"),
    ]


def test_markers_of_one_version() -> None:
    """The markers of several lines for one version are told together."""
    old = ['a==1 ; sys_platform == "win32"', 'a==1 ; sys_platform == "darwin"']

    assert _changes(old, ["a==1"]) == [
        Change("marker", A, 'sys_platform == "darwin" or sys_platform == "win32"', None, "1")
    ]

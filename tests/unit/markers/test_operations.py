"""The marker operations that poetry-core lacks."""

import pytest
from packaging.utils import canonicalize_name
from poetry.core.version.markers import MarkerUnion, MultiMarker, parse_marker

from poetry_plugin_lock_package.markers.operations import (
    Alternatives,
    alternatives,
    with_alternative_extras,
    with_extras,
)


@pytest.mark.parametrize(
    ("marker", "extras", "decided"),
    [
        ('sys_platform == "win32" or extra == "x"', "", 'sys_platform == "win32"'),
        ('sys_platform == "win32" or extra == "x"', "x", ""),
        ('sys_platform == "win32" and extra == "x"', "x", 'sys_platform == "win32"'),
        ('sys_platform == "win32" and extra == "x"', "y", "<empty>"),
        ('extra == "x" and extra != "y"', "x", ""),
        ('extra == "x" and extra != "y"', "x y", "<empty>"),
        ('extra == "x" or extra == "y"', "y", ""),
        ('extra == "Fast_JSON"', "fast-json", ""),
        ('python_version < "3.9"', "x", 'python_version < "3.9"'),
    ],
)
def test_with_extras(marker: str, extras: str, decided: str) -> None:
    """Conditions on extras are decided; what depends on the environment stays."""
    installed = {canonicalize_name(extra) for extra in extras.split()}

    assert with_extras(parse_marker(marker), installed) == parse_marker(decided)


def test_alternatives() -> None:
    """Markers that have to stay apart do so when extras are decided, in the order and the words that they have."""
    apart = Alternatives(*map(parse_marker, ['os_name == "nt"', 'python_version < "3.10"', 'os_name != "nt"']))
    marker = MarkerUnion(
        MultiMarker(parse_marker('extra == "x"'), apart),
        MultiMarker(parse_marker('extra != "x"'), parse_marker('os_name == "nt"')),
    )

    assert alternatives(with_extras(marker, {canonicalize_name("x")})) == apart.markers
    assert alternatives(with_extras(marker, set())) == (parse_marker('os_name == "nt"'),)


@pytest.mark.parametrize(
    ("marker", "alternatives"),
    [
        ('extra == "x" and extra == "y"', 'extra == "x" or extra == "y"'),
        ('extra == "x" or extra == "y"', 'extra == "x" or extra == "y"'),
        ('os_name == "nt" and extra == "x" and extra == "y"', 'os_name == "nt" and (extra == "x" or extra == "y")'),
        ('os_name == "nt" or extra == "x" and extra == "y"', 'os_name == "nt" or extra == "x" or extra == "y"'),
        (
            'os_name == "nt" and extra == "x" or extra == "y"',
            'os_name == "nt" and (extra == "x" or extra == "y") or extra == "x" or extra == "y"',
        ),
        ('os_name == "nt" or extra == "x"', 'os_name == "nt" or extra == "x"'),
        ('os_name == "nt" and extra == "A_b"', 'os_name == "nt" and extra == "a-b"'),
        ('extra == "x" and extra != "y"', 'extra == "x"'),
        ('extra == "x" or extra != "y"', ""),
        ('os_name == "nt" and extra != "y"', 'os_name == "nt"'),
        ('os_name == "nt"', 'os_name == "nt"'),
    ],
)
def test_with_alternative_extras(marker: str, alternatives: str) -> None:
    """The extras of a locked package's dependency are alternatives, and those that it excludes are of no account."""
    found = with_alternative_extras(parse_marker(marker))

    for extras in ((), ("x",), ("y",), ("a-b",)):
        installed = set(map(canonicalize_name, extras))
        assert with_extras(found, installed) == with_extras(parse_marker(alternatives), installed)


def test_with_extras_is_a_marker() -> None:
    """The decided marker can be written down and read again (poetry-core would keep an `<empty>` in this one)."""
    marker = parse_marker(
        'platform_machine == "x86_64" and sys_platform != "win32"'
        ' or sys_platform == "win32" and python_version >= "3.11"'
        ' or os_name == "nt" and sys_platform != "win32" or extra == "x"'
    )

    decided = with_extras(marker, ())

    assert "<empty>" not in str(decided)
    assert parse_marker(str(decided)) == decided


def test_with_extras_leaves_others_alone() -> None:
    """A marker without extras comes back as the same object, however it is written."""
    marker = parse_marker('os_name == "nt" and (python_version < "3.9" or sys_platform == "linux")')

    assert with_extras(marker, ()) is marker

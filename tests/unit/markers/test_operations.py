"""The marker operations that poetry-core lacks, and markers as pip reads them."""

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import MarkerUnion, MultiMarker, parse_marker

from poetry_plugin_lock_package.markers.operations import (
    Alternatives,
    alternatives,
    with_alternative_extras,
    with_extras,
)
from poetry_plugin_lock_package.markers.pip import PipMarkers, is_read_otherwise
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE


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


PYTHON = parse_constraint(">=3.9,<3.14")


@pytest.mark.parametrize(
    "marker",
    [
        'python_version >= "3.9" and python_full_version != "3.9.7"',
        'python_version in "3.9 3.10"',
        'sys_platform == "win32" or platform_machine != "x86_64"',
        'sys_platform == "linux" or sys_platform == "darwin"',
        'platform_machine in "x86_64 AMD64"',
        '"tegra" not in platform_release',
        'platform_release >= "20.0" and platform_release < "21"',
        'platform_version == "10.0.19041"',
        'implementation_version == "3.11.7"',
        'implementation_name == "cpython" and extra == "2.0"',
    ],
)
def test_read_alike(marker: str) -> None:
    """What real locks have means the same to pip as to Poetry."""
    assert not is_read_otherwise(parse_marker(marker))


@pytest.mark.parametrize(
    "marker",
    [
        'implementation_version >= "3.11"',
        'implementation_version ~= "3.11.0"',
        'implementation_version === "3.11.7"',
        'implementation_version == "3.11"',
        'implementation_version == "3.11.*"',
        'implementation_version != "3.11.7.0"',
        'implementation_version == "3.13.0rc1"',
        'implementation_version == "3.011.7"',
        'platform_version >= "10"',
        'platform_version == "10.*"',
        'platform_machine < "z"',
        'platform_machine == "386"',
        'sys_platform > "linux"',
        # poetry-core leaves out spaces, and sees a list or an operator in punctuation.
        'sys_platform == "win32 "',
        'sys_platform == "win32 || linux"',
        'sys_platform == "win32,linux"',
        '" tegra" in platform_version',
        # It merges conditions, and then writes the operator as part of the text.
        'sys_platform >= "linux" or sys_platform == "win32"',
        'implementation_version == "3.11.7" or implementation_version == "3.11.8.0"',
        # A list of versions to poetry-core, a search in a text to pip.
        '"3.1" in python_version',
        'platform_release in "5 6"',
        # A version to poetry-core, and a text to pip.
        'platform_release >= "5.10.0-tegra"',
    ],
)
def test_read_otherwise(marker: str) -> None:
    """What pip compares as versions and Poetry as text, or the other way round, is found, also beside what is alike."""
    assert is_read_otherwise(parse_marker(marker))
    assert is_read_otherwise(parse_marker(f'os_name == "nt" and ({marker})'))


@pytest.mark.parametrize(
    "text",
    [
        'python_version < "3.11" and sys_platform == "win32" or os_name == "posix"',
        'os_name == "nt" and (python_version < "3.11" or (sys_platform == "win32" and platform_machine != "arm64"))',
        '"tegra" not in platform_release or sys_platform == "linux"',
    ],
)
def test_regions(text: str) -> None:
    """A marker has the same region whoever reads it, if they agree about each condition."""
    as_read = PipMarkers([Marker(text)], [parse_marker(text)], PYTHON)

    assert as_read.region(Marker(text), None) == as_read.environments.region(parse_marker(text))
    assert as_read.region(None, None) == EVERYWHERE


def test_extras() -> None:
    """To pip there is one extra at a time, in any spelling, or at none."""
    marker = Marker('extra == "A_b"')
    as_read = PipMarkers([marker], [], PYTHON)

    assert [as_read.region(marker, extra) for extra in (None, "a-b", "c")] == [NOWHERE, EVERYWHERE, NOWHERE]


@pytest.mark.parametrize(("operator", "region"), [("~=", NOWHERE), (">=", NOWHERE)])
def test_what_cannot_be_compared(operator: str, region: int) -> None:
    """A comparison with which pip fails holds nowhere."""
    marker = Marker(f'sys_platform {operator} "1.0"')

    assert PipMarkers([marker], [], PYTHON).region(marker, None) == region

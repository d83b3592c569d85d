"""Sets of environments: compared exactly, and written as short markers."""

from functools import reduce

import pytest
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import BaseMarker, parse_marker

from poetry_plugin_lock_package.errors import VerificationError
from poetry_plugin_lock_package.markers import regions as module
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE, Environments


def environments(*markers: str, python: str = ">=3.9,<3.13") -> Environments:
    return Environments(map(parse_marker, markers), parse_constraint(python))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('python_version < "3.11"', 'python_full_version < "3.11.0"'),
        ('python_version >= "3.9"', ""),
        ('python_version in "3.9, 3.10"', 'python_version < "3.11"'),
        ('sys_platform != "win32" and sys_platform != "linux"', 'sys_platform not in "linux win32"'),
        (
            '(os_name == "nt" and python_version < "3.10") or (os_name == "nt" and python_version >= "3.10")',
            'os_name == "nt"',
        ),
    ],
)
def test_one_set_has_one_region(first: str, second: str) -> None:
    """Texts that hold in the same environments of the project's range are the same region."""
    space = environments(first, second)

    assert space.region(parse_marker(first)) == space.region(parse_marker(second))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ('python_version < "3.11"', 'python_full_version < "3.11.1"'),
        ('sys_platform == "win32"', 'platform_system == "Windows"'),
        ('platform_release >= "10"', 'platform_release >= "11"'),
        ('"arm" in platform_version', '"arm" not in platform_version'),
    ],
)
def test_other_sets_have_other_regions(a: str, b: str) -> None:
    """Sets that some environment tells apart are different regions."""
    space = environments(a, b)

    assert space.region(parse_marker(a)) != space.region(parse_marker(b))


def test_extras_are_decided() -> None:
    """A region is that of one set of installed extras."""
    marker = parse_marker('(extra == "x" and sys_platform == "win32") or (extra == "y" and extra != "x")')
    space = Environments([marker], parse_constraint(">=3.9"))

    assert space.region(marker) == NOWHERE
    assert space.region(marker, frozenset({"y"})) == EVERYWHERE
    assert space.region(marker, frozenset({"x", "y"})) == space.region(parse_marker('sys_platform == "win32"'))


@pytest.mark.parametrize(
    ("marker", "short"),
    [
        ("", ""),
        ("<empty>", "<empty>"),
        ('python_version >= "3.9" and python_version < "3.11"', 'python_version < "3.11"'),
        ('python_version >= "3.10" and python_version < "4"', 'python_version >= "3.10"'),
        ('python_version == "3.9" or python_version == "3.12"', 'python_version < "3.10" or python_version >= "3.12"'),
        ('python_full_version >= "3.10.4" and python_version < "3.12"', None),
        ('(python_version < "3.10" and sys_platform == "linux") or sys_platform == "win32"', None),
        ('sys_platform != "linux" and sys_platform != "win32"', None),
        ('platform_release >= "10.0" and sys_platform == "darwin"', None),
        ('"tegra" not in platform_release or sys_platform == "win32"', None),
    ],
)
def test_marker(marker: str, short: str | None) -> None:
    """A region is written as a marker that is no longer than it has to be within the project's range."""
    space = environments(marker, 'python_version >= "3.11"')  # which cuts what the others leave whole
    region = space.region(parse_marker(marker))

    written = space.markers(region)

    assert [space.region(one) for one in written] == [region] * len(written)
    wanted = marker if short is None else short
    assert list(map(str, written)) == ([] if wanted == "<empty>" else [str(parse_marker(wanted))])


def test_many_alternatives() -> None:
    """What needs many alternatives is several markers: poetry-core would take forever to read one of them all."""
    parts = [f'sys_platform == "{n}" and platform_machine == "{n}" and os_name == "{n}"' for n in range(12)]
    space = environments(*parts)
    region = reduce(space.union, (space.region(parse_marker(part)) for part in parts))

    written = space.markers(region)

    assert len(written) == 12
    assert reduce(space.union, map(space.region, written)) == region


def test_platforms_with_their_machines() -> None:
    """What a lock often needs is one marker."""
    pairs = (("linux", "x86_64"), ("darwin", "arm64"), ("win32", "AMD64"))
    parts = [f'platform_machine == "{machine}" and sys_platform == "{system}"' for system, machine in pairs]
    space = environments(*parts)

    (written,) = space.markers(reduce(space.union, (space.region(parse_marker(part)) for part in parts)))

    assert {*str(written).split(" or ")} == {*parts}


def test_what_is_common_is_said_once() -> None:
    """An alternative that holds whatever a variable is does not mention that one, though others do."""
    marker = (
        'python_version < "3.10" and sys_platform == "linux" or python_version >= "3.10" and sys_platform == "darwin"'
        ' or platform_machine == "arm64"'
    )
    space = environments(marker)

    (written,) = space.markers(space.region(parse_marker(marker)))

    said, wanted = ([{*part.split(" and ")} for part in text.split(" or ")] for text in (str(written), marker))
    assert len(said) == len(wanted)
    assert all(part in said for part in wanted)


def test_alternatives_that_poetry_core_misreads() -> None:
    """What poetry-core 2.5.0 reads as its first alternative alone is written as two markers."""
    first = '"arm" not in platform_machine and platform_machine not in "x86_64 AMD64"'
    second = 'python_version >= "3.10" and "arm" not in platform_machine'
    space = environments(first, second)
    region = space.union(space.region(parse_marker(first)), space.region(parse_marker(second)))

    assert reduce(space.union, map(space.region, space.markers(region))) == region


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ('platform_release >= "11"', 'platform_release >= "12"', 'platform_release >= "11"'),
        ('sys_platform == "linux"', '"linux" in sys_platform', '"linux" in sys_platform'),
        ('platform_release < "11"', 'platform_release >= "12"', None),
        ('"arm" in platform_machine', '"64" in platform_machine', None),
        ('platform_machine == "arm64"', '"64" in platform_machine', '"64" in platform_machine'),
        ('platform_release != "5"', 'platform_release == "5"', ""),
    ],
)
def test_conditions_on_one_variable(first: str, second: str, joined: str | None) -> None:
    """Conditions that depend on each other are joined and intersected as poetry-core does it."""
    space = environments(first, second)
    one, other = parse_marker(first), parse_marker(second)
    both, either = (
        space.intersection(space.region(one), space.region(other)),
        space.union(space.region(one), space.region(other)),
    )

    assert both == space.region(one.intersect(other))
    assert either == space.region(one.union(other))
    for region in (both, either):
        assert reduce(space.union, map(space.region, space.markers(region)), NOWHERE) == region
    if joined is not None:
        assert list(map(str, space.markers(either))) == [str(parse_marker(joined))]


def test_version_and_text() -> None:
    """A variable may be compared as a version and searched as text; for what is no version, no comparison holds.

    Regions alone: poetry-core cannot join such conditions before 2.2.
    """
    texts = ('"tegra" in platform_release', 'platform_release >= "5"', '"two words" in platform_release')
    space = environments(*texts)
    one, other, _ = (space.region(parse_marker(text)) for text in texts)

    assert one not in (NOWHERE, EVERYWHERE, other)
    assert space.union(one, other) not in (one, other, EVERYWHERE)
    assert space.intersection(one, other) not in (one, other, NOWHERE)


@pytest.mark.parametrize("text", ['platform_release > "5.dev1"', 'platform_release <= "5.10.0-tegra"'])
def test_bounds_that_are_not_plain(text: str) -> None:
    """A comparison with a pre-release, or with what has a name behind it, holds somewhere and not everywhere."""
    space = environments(text)
    region = space.region(parse_marker(text))

    assert region not in (NOWHERE, EVERYWHERE)
    assert space.region(*space.markers(region)) == region


def test_words_that_contain_each_other() -> None:
    """What a value, or another word, says about a word is known: nothing that cannot be has a region of its own."""
    texts = {
        "arm": '"arm" in platform_machine',
        "arm64": '"arm64" in platform_machine',
        "64": '"64" in platform_machine',
        "named": 'platform_machine == "aarch64"',
    }
    space = environments(*texts.values())
    arm, arm64, any_64, named = (space.region(parse_marker(text)) for text in texts.values())

    assert space.intersection(arm, arm64) == arm64
    assert space.difference(arm64, any_64) == NOWHERE
    assert space.intersection(named, arm) == NOWHERE
    assert space.difference(named, any_64) == NOWHERE
    both = space.intersection(arm, any_64)
    assert both not in (arm64, NOWHERE)
    assert list(map(str, space.markers(space.union(any_64, named)))) == [texts["64"]]
    assert list(map(str, space.markers(space.union(arm, arm64)))) == [texts["arm"]]
    for region in (arm, arm64, any_64, named, both, space.difference(both, arm64), space.difference(EVERYWHERE, both)):
        assert reduce(space.union, map(space.region, space.markers(region))) == region


def test_example_of_words() -> None:
    """The variables of an environment have the words that its region asks for, and not those that it excludes."""
    texts = (
        '"arm" in platform_machine',
        '"64" not in platform_machine',
        'platform_machine != "arm"',
        'platform_release >= "5"',
        '"tegra" in platform_release',
    )
    space = environments(*texts)
    region = reduce(space.intersection, (space.region(parse_marker(text)) for text in texts))

    example = space.example(region)

    assert all(parse_marker(text).validate(example) for text in texts)


def test_many_words() -> None:
    """The cost of conditions that are no equalities is that of their number, not of their combinations."""
    texts = [f'"word-{n}" in platform_release' for n in range(100, 160)]
    space = environments(*texts)
    either = reduce(space.union, (space.region(parse_marker(text)) for text in texts))
    both = reduce(space.intersection, (space.region(parse_marker(text)) for text in texts))

    assert space.difference(both, either) == NOWHERE
    assert sum(len(axis.examples) for axis in space._axes) <= 2 * len(texts) + 1  # noqa: SLF001 - this is what it costs
    assert reduce(space.union, map(space.region, space.markers(either))) == either


@pytest.mark.parametrize(
    "python", ["==3.9.7", ">=3.9.2,<3.9.5", ">=3.9,!=3.10.*", ">=2.7,!=3.0.*", "<4.0", ">3.9.1,<3.9.2", "*"]
)
@pytest.mark.parametrize("marker", ['python_full_version >= "3.9.4"', 'python_version >= "0"'])
def test_any_range(python: str, marker: str) -> None:
    """Within any range of Python versions there is something to tell apart, or nothing at all."""
    parsed = parse_marker(marker)
    space = Environments([parsed], parse_constraint(python))
    region = space.region(parsed)

    assert reduce(space.union, map(space.region, space.markers(region)), NOWHERE) == region


def test_disagreement_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """If poetry-core reads the written marker in another sense (it has had such bugs), that is an error.

    No release at hand has one that can be met here, so one is put in its place.
    """

    def careless(_: str) -> BaseMarker:
        return parse_marker('python_version < "3.9"')

    space = environments('python_version < "3.11"')
    region = space.region(parse_marker('python_version < "3.11"'))
    monkeypatch.setattr(module, "parse_marker", careless)

    with pytest.raises(VerificationError, match="poetry-core reads the markers"):
        space.markers(region)

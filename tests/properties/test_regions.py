"""Sets of environments, against poetry-core's own reading of the markers that they were made of."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from packaging.markers import Marker
from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.version.markers import BaseMarker, parse_marker

from poetry_plugin_lock_package.markers.regions import EVERYWHERE, Environments, Region
from tests.properties.drawing import RANGES
from tests.properties.environments import ENVIRONMENTS, Environment

# Three markers are many draws for Hypothesis, and evaluating them everywhere takes its time.
_SETTINGS = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Comparisons of a version of Python and of values: these are understood in full.
_VALUES = (
    'python_version < "3.10"',
    'python_version >= "3.9"',
    'python_version <= "3.11"',
    'python_version > "3.8"',
    'python_version == "3.10"',
    'python_version != "3.12"',
    'python_version in "3.9 3.11"',
    'python_version not in "3.9, 3.10"',
    'python_full_version >= "3.9.5"',
    'python_full_version < "3.10.4"',
    'python_full_version == "3.9.7"',
    'python_full_version != "3.9.7"',
    'python_full_version <= "3.11.0"',
    'sys_platform == "win32"',
    'sys_platform != "darwin"',
    'sys_platform in "win32 darwin"',
    'sys_platform not in "linux, win32"',
    'platform_system == "Linux"',
    'platform_machine == "arm64"',
    'platform_machine in "x86_64 AMD64"',
    'implementation_name != "pypy"',
    'platform_python_implementation == "CPython"',
    'os_name == "nt"',
)
# Comparisons of other versions, and text that is searched for.
_OTHERS = (
    'platform_release >= "10"',
    'platform_release < "20"',
    '"tegra" in platform_version',
    '"tegra" not in platform_version',
    '"arm" not in platform_machine',
)


def markers(conditions: Sequence[str]) -> SearchStrategy[BaseMarker]:
    """Markers of some of ``conditions``, joined by `and` and `or`."""
    texts = st.recursive(
        st.sampled_from(conditions),
        lambda parts: st.builds("({}) {} ({})".format, parts, st.sampled_from(["and", "or"]), parts),
        max_leaves=4,
    )
    return texts.map(parse_marker)


ranges = st.sampled_from(RANGES)


def within(python: str) -> list[Environment]:
    """The sample environments that a project of that range supports."""
    allowed = parse_constraint(python)
    return [values for values in ENVIRONMENTS if allowed.allows(Version.parse(values["python_full_version"]))]


def sample(environments: Environments, region: Region, python: str) -> list[bool]:
    """In which of the sample environments ``region`` is, by the markers that are made of it."""
    made = environments.markers(region)
    return [any(marker.validate(values) for marker in made) for values in within(python)]


@_SETTINGS
@given(markers([*_VALUES, *_OTHERS]), markers([*_VALUES, *_OTHERS]), ranges)
def test_operations_are_those_of_sets(a: BaseMarker, b: BaseMarker, python: str) -> None:
    """An environment is in a union, an intersection or a difference as `or`, `and` and `not` say."""
    environments = Environments([a, b], parse_constraint(python))
    left, right = environments.region(a), environments.region(b)
    truth = [(a.validate(values), b.validate(values)) for values in within(python)]
    assert sample(environments, environments.union(left, right), python) == [x or y for x, y in truth]
    assert sample(environments, environments.intersection(left, right), python) == [x and y for x, y in truth]
    assert sample(environments, environments.difference(left, right), python) == [x and not y for x, y in truth]


@_SETTINGS
@given(markers([*_VALUES, *_OTHERS]), ranges)
def test_a_region_is_where_its_marker_holds(marker: BaseMarker, python: str) -> None:
    """A marker and those that are made of its region hold in the same environments, also as pip reads it."""
    environments = Environments([marker], parse_constraint(python))
    region = environments.region(marker)
    assert sample(environments, region, python) == [marker.validate(values) for values in within(python)]
    again = list(map(str, environments.markers(region)))
    # `packaging` compares releases in its own way.
    if not any("platform_release" in text for text in again):
        for values in within(python):
            holds = any(not text or Marker(text).evaluate(dict(values)) for text in again)
            assert holds == marker.validate(values), values


@_SETTINGS
@given(markers(_VALUES), markers(_VALUES), markers(_VALUES), ranges)
def test_equal_sets_are_equal_regions(a: BaseMarker, b: BaseMarker, c: BaseMarker, python: str) -> None:
    """However a set is come by, it is the same region: this is what fixed points end by."""
    environments = Environments([a, b, c], parse_constraint(python))
    union, intersection, difference = environments.union, environments.intersection, environments.difference
    x, y, z = map(environments.region, (a, b, c))
    assert intersection(x, union(y, z)) == union(intersection(x, y), intersection(x, z))
    assert difference(x, union(y, z)) == intersection(difference(x, y), difference(x, z))
    assert union(difference(x, y), intersection(x, y)) == x
    assert environments.region(a.union(b)) == union(x, y)
    assert environments.region(a.intersect(b)) == intersection(x, y)
    assert difference(EVERYWHERE, difference(EVERYWHERE, x)) == x

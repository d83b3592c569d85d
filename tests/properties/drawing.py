"""Random projects with an index: what Hypothesis draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from packaging.utils import canonicalize_name

from tests.properties.case import PATTERNS
from tests.properties.projects import HAS_INCLUDED_GROUPS, SECOND, Group, Need, Project, Release

_CONDITIONS = (
    'python_version < "3.10"',
    'python_version >= "3.11"',
    'python_full_version >= "3.9.5"',
    'python_full_version < "3.10.4"',
    'sys_platform == "win32"',
    'sys_platform == "linux"',
    'sys_platform != "darwin"',
    'platform_system == "Linux"',
    'platform_machine == "arm64"',
    'platform_machine in "x86_64 AMD64"',
    'implementation_name == "pypy"',
)
_INDEPENDENT = (
    'python_version >= "3.11"',
    'sys_platform == "win32"',
    'platform_system == "Linux"',
    'platform_machine == "arm64"',
    'implementation_name == "pypy"',
    'os_name == "nt"',
)
# Conditions that exclude each other; some leave a gap.
FORKS: tuple[tuple[str, str], ...] = (
    ('python_version < "3.10"', 'python_version >= "3.10"'),
    ('python_version < "3.9"', 'python_version >= "3.11"'),
    ('python_full_version < "3.9.5"', 'python_full_version >= "3.9.5"'),
    ('sys_platform == "win32"', 'sys_platform != "win32"'),
    ('sys_platform == "win32"', 'sys_platform == "darwin"'),
    ('implementation_name == "pypy"', 'implementation_name != "pypy"'),
)
NAMES = ("p-a", "p-b", "p-c", "p-d", "p-e")
_SPELLINGS = {name: (name, name, name.upper(), name.replace("-", "_")) for name in NAMES}
_VERSIONS = ("1.0", "2.0.post1", "3.0")
# The version in the second index: a lock can have one of each name and version.
_SECOND_VERSION = "4.0"
RANGES = (">=3.8", ">=3.9,<3.13", ">=3.8,!=3.9.7", ">=3.8,!=3.10.*,<3.14", ">=3.8.2,<3.12", ">=3.9.5,<3.11")
_RELEASE_RANGES = ("", "", "", ">=3.8", ">=3.9", ">=3.10", "<3.12", ">=3.8,!=3.9.*")
_ASKS: tuple[tuple[str, ...], ...] = ((), (), ("x",), ("y-1",), ("x", "Y_1"))
PROJECT_EXTRAS = ("a", "b-1")


# What is drawn often: making a strategy takes longer than drawing from it.
_COUNTS = st.sampled_from((1, 1, 2, 3))
_FEW = st.integers(0, 2)
_RARELY = st.integers(0, 3).map(lambda number: number == 3)
_PYTHONS = st.sampled_from(_RELEASE_RANGES)
_ASKED = st.sampled_from(_ASKS)
_KINDS = st.sampled_from(("plain", "plain", "twice", "fork", "extras"))
_FORKS = st.sampled_from(FORKS).flatmap(st.permutations)
_PLATFORM_FORKS = st.sampled_from([fork for fork in FORKS if "python" not in fork[0]]).flatmap(st.permutations)
# Two markers on six variables: poetry-core cannot make their union shorter.
_NESTED = st.permutations(_INDEPENDENT).map(
    lambda some: [f"({one} or {other}) and {third}" for one, other, third in (some[:3], some[3:])]
)

# What is asked for. Extras that a project does not have are left out.
chosen_groups = st.sampled_from(
    [
        ("main",),
        ("main",),
        ("dev", "main"),
        ("docs", "main"),
        ("dev", "docs", "main"),
        ("dev", "docs", "main"),
        ("docs",),
        ("dev",),
    ]
)
chosen_extras = st.sampled_from([(), (), ("a",), ("b-1",), ("a", "b-1")])
ignores = st.lists(st.sampled_from(sorted(PATTERNS)), min_size=1, max_size=2, unique=True).map(tuple)
# Which quarter of the environments is looked at: at least two on each Python, and each platform in turn.
quarters = st.integers(0, 3)


def examples(share: int) -> settings:
    """One of ``share`` of the examples of the profile: a project is large, and each is locked and built for real."""
    return settings(
        max_examples=max(1, settings().max_examples // share),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


@st.composite
def projects(draw: DrawFn, most_versions: int = 3) -> Project:
    """A project and an index, which Poetry can lock more often than not."""
    # Few conditions: their combinations are what poetry-core is slow at.
    conditions = draw(st.lists(st.sampled_from(_CONDITIONS), min_size=1, max_size=3, unique=True).map(tuple))
    names = NAMES[: draw(st.integers(3, len(NAMES)))]
    versions = {name: _VERSIONS[: min(draw(_COUNTS), most_versions)] for name in names}
    releases = tuple(
        draw(_releases(name, version, versions, conditions)) for name in names for version in versions[name]
    )
    needs = draw(_needs(versions, conditions, PROJECT_EXTRAS, st.integers(1, 3)))
    styles = _styles(needs)
    # In [project], no requirement can name an index.
    if most_versions == len(_VERSIONS) and "dynamic" in styles and draw(_RARELY):
        styles = ("dynamic", "classic")
        needs, release = draw(_with_second_source(needs, names))
        releases += (release,)
    offered = draw(st.sets(st.sampled_from(PROJECT_EXTRAS))) | {need.extra for need in needs if need.extra}
    project = Project(
        python=draw(st.sampled_from(RANGES)),
        needs=needs,
        groups=draw(_groups(versions, conditions)),
        extras=tuple(sorted(offered)),
        releases=releases,
        style=draw(st.sampled_from(styles)),
    )
    return draw(_with_empty_group(project, names)) if draw(_RARELY) else project


@st.composite
def _with_empty_group(draw: DrawFn, project: Project, names: tuple[str, ...]) -> Project:
    """``project`` with a group that leads to a package under two conditions that exclude each other.

    For that group, Poetry records an empty marker of the package. The other groups have long ones.
    """
    target, between = draw(st.permutations(names))[:2]
    # Poetry does not follow a dependency for a Python that the group excludes.
    here, elsewhere = draw(_PLATFORM_FORKS)
    main, other = (Need(target, marker=marker) for marker in draw(_NESTED))
    dev, docs = project.groups
    extra = PROJECT_EXTRAS[0]
    onward = (Need(target, marker=elsewhere),)

    def plain(needs: Iterable[Need]) -> tuple[Need, ...]:
        # With more conditions beside the others, poetry-core can take hours.
        return tuple(need for need in needs if need.key not in (target, between) and not need.marker)

    return replace(
        project,
        # Poetry leaves out what nothing leads to.
        needs=(*plain(project.needs), main, Need(between, extra=extra)),
        extras=tuple(sorted({*project.extras, extra})),
        groups=(replace(dev, needs=(other,)), replace(docs, needs=(Need(between, marker=here),), includes=None)),
        releases=tuple(
            replace(
                release, needs=plain(release.needs) + (onward if canonicalize_name(release.name) == between else ())
            )
            for release in project.releases
        ),
    )


@st.composite
def _with_second_source(
    draw: DrawFn, needs: tuple[Need, ...], names: tuple[str, ...]
) -> tuple[tuple[Need, ...], Release]:
    """``needs`` with one name from two indexes, as for a package that has other builds for some platforms."""
    name = draw(_one_of(names))
    here, elsewhere = draw(_FORKS)
    others = tuple(need for need in needs if need.key != name)
    return (*others, Need(name, marker=here, source=SECOND), Need(name, marker=elsewhere)), Release(
        name, _SECOND_VERSION, (), source=SECOND
    )


def _styles(needs: Sequence[Need]) -> Sequence[str]:
    """How a project may write ``needs`` so that all styles mean the same."""
    extras: dict[str, set[str | None]] = {}
    for need in needs:
        extras.setdefault(need.key, set()).add(need.extra)
    # [tool.poetry.extras] names packages, not requirements.
    return (
        ("project", "range", "dynamic", "classic")
        if all(len(e) == 1 for e in extras.values())
        else ("project", "range")
    )


@st.composite
def _releases(
    draw: DrawFn, name: str, version: str, versions: Mapping[str, tuple[str, ...]], conditions: tuple[str, ...]
) -> Release:
    others = {other: found for other, found in versions.items() if other != name}
    needs = draw(_needs(others, conditions, ("x", "y-1")))
    if draw(_RARELY):
        needs += (Need(draw(_spelt(name)), asks=("y-1",), extra="x"),)
    # The oldest version is for every Python, so that there is a solution.
    python = "" if version == _VERSIONS[0] else draw(_PYTHONS)
    return Release(draw(_spelt(name)), version, needs, python)


@st.composite
def _groups(draw: DrawFn, versions: Mapping[str, tuple[str, ...]], conditions: tuple[str, ...]) -> tuple[Group, ...]:
    dev = Group("dev", draw(_needs(versions, conditions, (), _FEW)), optional=draw(st.booleans()))
    includes = "dev" if HAS_INCLUDED_GROUPS and draw(st.booleans()) else None
    return dev, Group("docs", draw(_needs(versions, conditions, (), _FEW)), includes)


@st.composite
def _needs(
    draw: DrawFn,
    versions: Mapping[str, tuple[str, ...]],
    conditions: tuple[str, ...],
    extras: tuple[str, ...],
    counts: SearchStrategy[int] = _FEW,
) -> tuple[Need, ...]:
    """Requirements of something with ``extras``: plain ones, forks, the same one twice, and one name for two extras."""
    found: list[Need] = []
    for _ in range(draw(counts)):
        name = draw(_one_of(tuple(versions)))
        need = Need(
            draw(_spelt(name)),
            draw(_specifiers(versions[name])),
            draw(markers(conditions)),
            draw(_ASKED),
            draw(_extras(extras)),
        )
        kind = draw(_KINDS)
        if kind == "twice" and extras:
            again = replace(need, marker=draw(markers(conditions)), asks=draw(_ASKED))
            found += [replace(need, extra=None), replace(again, extra=draw(_one_of(extras)))]
        elif kind == "extras" and extras:
            # Of two extras that ask for other versions of one name, Poetry makes one dependency.
            ranges = draw(st.permutations(("", ">=1", f"<={versions[name][-1]}")))
            found += [replace(need, extra=extra, specifier=one) for extra, one in zip(extras, ranges, strict=False)]
        elif kind == "fork" and len(versions[name]) > 1:
            specifiers = f"<{versions[name][1]}", f">={versions[name][1]}"
            fork = draw(_FORKS)
            found += [replace(need, specifier=s, marker=m) for s, m in zip(specifiers, fork, strict=True)]
        else:
            found.append(need)
    return tuple(found)


@cache
def _one_of(values: tuple[str, ...]) -> SearchStrategy[str]:
    return st.sampled_from(values)


@cache
def _extras(extras: tuple[str, ...]) -> SearchStrategy[str | None]:
    return st.sampled_from((None, None, *extras))


@cache
def _spelt(name: str) -> SearchStrategy[str]:
    return st.sampled_from(_SPELLINGS[name])


@cache
def _specifiers(versions: tuple[str, ...]) -> SearchStrategy[str]:
    return st.sampled_from(["", "", "", ">=1", *(f"{op}{version}" for version in versions[1:] for op in ("<", ">="))])


@cache
def markers(conditions: tuple[str, ...]) -> SearchStrategy[str]:
    """A marker on some of ``conditions``; often none, as in real metadata."""
    condition = st.sampled_from(conditions)
    both = st.lists(condition, min_size=2, max_size=2, unique=True)
    return (
        st.sampled_from(("", *conditions))
        if len(conditions) == 1
        else st.just("") | st.just("") | condition | st.builds(str.join, st.sampled_from((" and ", " or ")), both)
    )

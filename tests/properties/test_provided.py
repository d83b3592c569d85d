"""Random locks with random lists of what a platform provides, against a walk in one environment at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.core.constraints.version import parse_constraint

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from poetry_plugin_lock_package.selection.provided import parse_provided
from poetry_plugin_lock_package.selection.select import select
from tests import kit
from tests.properties import graphs
from tests.properties.case import COUNTS, Case
from tests.properties.case import Choice as Asked
from tests.properties.drawing import NAMES, chosen_extras, chosen_groups, examples, ignores, markers, projects, quarters
from tests.properties.environments import holds as met
from tests.properties.graph_walk import Walk, allowed, holds
from tests.properties.installed import Lock, required
from tests.properties.locking import lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.model import Dependency
    from poetry_plugin_lock_package.selection.select import Selection
    from tests.properties.environments import Environment
    from tests.properties.graphs import Alternatives, Graph
    from tests.properties.projects import Project

SETTINGS = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# As for projects, but of these graphs.
graph_groups = st.sampled_from([("main",), ("main",), ("dev", "main"), ("dev",)])
graph_extras = st.sampled_from([(), (), ("a",), ("b",), ("a", "b")])

_ROOT = "example-package==0.1.0"


@dataclass(frozen=True)
class Line:
    """``name`` is provided where ``marker`` holds, at ``version`` if it has one."""

    name: str
    version: str | None
    marker: Alternatives

    def __str__(self) -> str:
        marker = graphs.text(self.marker)
        return f"{self.name}{f'=={self.version}' if self.version else ''}{f' ; {marker}' if marker else ''}"


# The versions of the locks and others, on both sides of each.
_VERSIONS = st.none() | st.sampled_from((*graphs.VERSIONS, "0.9", "1.5", "2.0", "3.0"))
_NAMES = st.sampled_from((*graphs.NAMES, graphs.ORPHAN, "other"))
lists = st.lists(st.builds(Line, _NAMES, _VERSIONS, graphs.markers(graphs.CONDITIONS[:6])), min_size=1, max_size=4).map(
    tuple
)


# Conditions of which every combination is among the environments, so that a walk sees all that regions see.
_SEEN = (*graphs.CONDITIONS[:6],)
_CONSTRAINTS = ("*", ">=1", ">=1.5", "<2", "==1.0", "!=1.5", ">=2.0rc1")


@dataclass(frozen=True)
class Choice:
    """What is asked for, and what the platform provides."""

    lines: tuple[Line, ...]
    groups: tuple[str, ...]
    extras: tuple[str, ...]
    ignored: frozenset[str]

    @property
    def options(self) -> plan.Options:
        return plan.Options(
            groups=frozenset(map(canonicalize_name, self.groups)),
            extras=frozenset(map(canonicalize_name, self.extras)),
            ignore=tuple(map(IgnorePattern.parse, sorted(self.ignored))),
            provided=(parse_provided("\n".join(map(str, self.lines)).encode(), "list.txt"),),
        )

    def left_out(self, environment: Environment) -> frozenset[str]:
        return self.ignored | {line.name for line in self.lines if holds(line.marker, environment)}

    def views(self, graph: Graph) -> set[frozenset[str]]:
        """The extras of the base, alone and with each other extra."""
        offered = graph.extras if "main" in self.groups else ()
        return {frozenset(self.extras), *(frozenset({*self.extras, extra}) for extra in offered)}


choices = st.builds(Choice, lists, graph_groups, graph_extras, st.sampled_from([frozenset(), frozenset({"pb"})]))


@st.composite
def seen_graphs(draw: DrawFn) -> Graph:
    """A graph whose conditions are seen by a walk through all environments."""
    conditions = draw(st.lists(st.sampled_from(_SEEN), min_size=1, max_size=3, unique=True))
    graph = draw(graphs.skeletons(conditions))
    return replace(graph, entries=tuple(graphs.recorded(graph)))


@SETTINGS
@given(graphs.consistent_graphs() | graphs.odd_graphs(), choices, quarters)
def test_what_is_provided_is_left_out_where_it_is(graph: Graph, choice: Choice, quarter: int) -> None:
    """In every environment, the wheel requires all but what is provided there and what only that needs there."""
    choice = replace(choice, extras=tuple(extra for extra in choice.extras if extra in graph.extras))
    with TemporaryDirectory() as folder:
        poetry = kit.load(graphs.write(Path(folder, "project"), graph))
        pins = plan.plan(poetry, choice.options).pins
        locked = Lock.of(poetry, choice.groups)
    requirements = [Requirement(pin.requires_dist) for pin in pins]
    for environment in allowed(graph, quarter):
        for view in choice.views(graph):
            expected = {_ROOT} if "main" in choice.groups else set()
            for extras in {frozenset(choice.extras), view}:
                walk = Walk(graph, locked.installed(environment, extras), environment, extras, choice.groups)
                stays = walk.expected(choice.left_out(environment))
                expected |= {f"{name}=={version}" for name, version in stays}
            assert required(requirements, environment, view) == expected, (environment, view)


@settings(SETTINGS, max_examples=10)
@given(seen_graphs(), choices, st.permutations(_CONSTRAINTS))
def test_versions_are_compared_where_the_platform_has_them(
    graph: Graph, choice: Choice, constraints: list[str]
) -> None:
    """What differs, and what does not suit whatever requires it, is what a walk through all environments finds."""
    choice = replace(choice, extras=tuple(extra for extra in choice.extras if extra in graph.extras))

    def constraint(by: str | None, target: str) -> str:
        return constraints[sum(map(ord, f"{by}{target}")) % len(constraints)]

    with TemporaryDirectory() as folder:
        poetry = kit.load(graphs.write(Path(folder, "project"), graph))
        selection = _selected(poetry, choice, constraint)
        locked = Lock.of(poetry, choice.groups)
    others, unmet = set(), set()
    for environment, view in product(allowed(graph), choice.views(graph)):
        installed = locked.installed(environment, view)
        walk = Walk(graph, installed, environment, view, choice.groups)
        requests = set(walk.requests(choice.left_out(environment)))
        for line in choice.lines:
            if line.version and line.name in installed and holds(line.marker, environment):
                version = Version(line.version)
                if version != Version(installed[line.name]):
                    others.add((line.name, str(version)))
                for by, target in requests:
                    wanted = SpecifierSet(constraint(by, target).replace("*", ""))
                    if target == line.name and not wanted.contains(version, prereleases=True):
                        unmet.add((line.name, str(version), by))
    assert {(one.name, one.version) for one in selection.provided if one.is_other_version} == others
    assert {(one.name, one.version, by) for one in selection.provided for by, _ in one.unmet} == unmet


def _selected(poetry: Poetry, choice: Choice, constraint: Callable[[str | None, str], str]) -> Selection:
    """What is selected for ``choice``, if each edge allows the versions that ``constraint`` says."""
    options = choice.options
    graph = kit.read_graph(poetry, *options.groups)

    def with_versions(by: str | None, dependencies: tuple[Dependency, ...]) -> tuple[Dependency, ...]:
        return tuple(replace(d, constraint=parse_constraint(constraint(by, d.name))) for d in dependencies)

    packages = tuple(replace(p, dependencies=with_versions(p.name, p.dependencies)) for p in graph.packages)
    graph = replace(graph, packages=packages, dependencies=with_versions(None, graph.dependencies))
    provided = [package for file in options.provided for package in file.packages]
    return select(graph, frozenset(map(canonicalize_name, choice.ignored)), options.extras, provided=provided)


_CONDITIONS = ('python_version < "3.10"', 'sys_platform == "win32"', 'implementation_name == "pypy"')
provided_names = st.lists(
    st.tuples(st.sampled_from((*NAMES, "other")), markers(_CONDITIONS)), min_size=1, max_size=3, unique=True
).map(tuple)


@examples(4)
@given(projects(), st.builds(Asked, chosen_groups, chosen_extras, st.just(()) | ignores), provided_names, quarters)
def test_locks_of_random_projects(
    project: Project, choice: Asked, provided: tuple[tuple[str, str], ...], quarter: int
) -> None:
    """The same for locks that Poetry's solver has made, where the metadata of packages says what leads where."""
    text = "\n".join(f"{name} ; {marker}" if marker else name for name, marker in provided)
    with TemporaryDirectory() as folder:
        case = Case.of(lock(Path(folder, "project"), project), project, choice)
        options = replace(choice.options(project), provided=(parse_provided(text.encode(), "list.txt"),))
        requirements = [Requirement(pin.requires_dist) for pin in plan.plan(case.poetry, options).pins]
    COUNTS["locks, with packages provided"] += 1
    base = choice.base(project)
    for environment, extras in case.clear_views(quarter):
        left_out = choice.ignored | {name for name, marker in provided if met(marker, environment)}
        expected = {_ROOT} if "main" in choice.groups else set()
        for view in (base, *(base | {extra} for extra in extras)):
            walk = case.walk(environment, view, case.lock.installed(environment, view))
            expected |= {f"{name}=={version}" for name, version in walk.expected(left_out)}
        assert required(requirements, environment, extras) == expected, (environment, extras)

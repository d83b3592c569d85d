"""Random locked graphs, through the whole flow to the wheel, against a walk in one environment at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package import build
from poetry_plugin_lock_package.ignore import IgnorePattern
from tests import kit
from tests.properties import graphs
from tests.properties.walk import ENVIRONMENTS, Lock, Walk, required

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit import Wheel
    from tests.properties.graphs import Graph
    from tests.properties.walk import Environment

# A graph is large for Hypothesis, and an example is a project built for real.
_SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_ROOT = "example-package==0.1.0"
# Each with what it means, so that the reference need not know regular expressions.
_PATTERNS = {
    "pa": {"pa"},
    "pb": {"pb"},
    "p[bc]": {"pb", "pc"},
    "P_?C|.*d": {"pc", "pd"},
    "p": set(),
}
ignores = st.lists(st.sampled_from(sorted(_PATTERNS)), min_size=1, max_size=2, unique=True).map(tuple)
# Which quarter of the environments is looked at: at least two on each Python, and each platform in turn.
quarters = st.integers(0, 3)


@dataclass(frozen=True)
class Case:
    """A graph, its lock as Poetry reads it, and the wheel that was made of it."""

    graph: Graph
    lock: Lock
    wheel: Wheel

    @classmethod
    def of(cls, graph: Graph, patterns: tuple[str, ...] = ()) -> Case:
        """Through the whole flow, with ``patterns`` ignored."""
        with TemporaryDirectory() as folder:
            poetry = kit.load(graphs.write(Path(folder, "project"), graph))
            options = build.Options(ignore=tuple(map(IgnorePattern.parse, patterns)))
            path = build.build(build.plan(poetry, options), Path("dist"))
            return cls(graph, Lock.of(poetry), kit.read_wheel(path))

    def views(self, quarter: int) -> Iterator[tuple[Environment, frozenset[str]]]:
        """Some environments that the project supports, each without extras and with every single one."""
        allowed = SpecifierSet(self.graph.python)
        for environment in ENVIRONMENTS[quarter::4]:
            if environment["python_full_version"] in allowed:
                yield environment, frozenset()
                for extra in self.graph.extras:
                    yield environment, frozenset({extra})

    def expected(self, environment: Environment, extras: frozenset[str], ignored: frozenset[str]) -> set[str]:
        """What has to be required there.

        A wheel's extras can only add. So what stays without extras, because nothing
        explains it there, stays with an extra that would explain it as well.
        """
        pins = {_ROOT}
        for view in {frozenset(), extras}:
            walk = Walk(self.graph, self.lock.installed(environment, view), environment, view)
            pins |= {f"{name}=={version}" for name, version in walk.expected(ignored)}
        return pins

    def recorded(self) -> dict[str, list[str]]:
        """The markers in the lock that do not mention an extra of the project, by requirement."""
        return {
            f"{name}=={version}": [str(marker)]
            for name, version, marker in self.lock.packages
            if "extra" not in str(marker)
        }

    def pinned(self) -> dict[str, list[str]]:
        """The markers of each requirement in the wheel, in the spelling of poetry-core."""
        found: dict[str, list[str]] = {}
        for requirement in self.wheel.requirements:
            pin = f"{requirement.name}{requirement.specifier}"
            found.setdefault(pin, []).append(str(parse_marker(str(requirement.marker or ""))))
        return found


def ignored_by(patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for pattern in patterns for name in _PATTERNS[pattern])


def reachable_from(graph: Graph, names: frozenset[str]) -> set[str]:
    """``names`` and all to which they could lead, whatever the environment."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [edge.target for entry in graph.entries if entry.name == name for edge in entry.edges]
    return found


@_SETTINGS
@given(graphs.consistent_graphs(), quarters)
def test_wheel_installs_what_poetry_installs(graph: Graph, quarter: int) -> None:
    """A wheel requires, in every environment and with every extra, exactly what Poetry installs there."""
    case = Case.of(graph)
    for environment, extras in case.views(quarter):
        found = required(case.wheel.requirements, environment, extras)
        assert found == case.expected(environment, extras, frozenset()), (environment, extras)
    pins = case.pinned()
    assert {pin: pins[pin] for pin in case.recorded()} == case.recorded(), "a recorded marker was rewritten"


@_SETTINGS
@given(graphs.consistent_graphs(), ignores, quarters)
def test_ignored_packages_take_only_their_own_with_them(graph: Graph, patterns: tuple[str, ...], quarter: int) -> None:
    """`--ignore` leaves out, in every environment, the ignored packages and what only they led to there."""
    case = Case.of(graph, patterns)
    for environment, extras in case.views(quarter):
        found = required(case.wheel.requirements, environment, extras)
        assert found == case.expected(environment, extras, ignored_by(patterns)), (environment, extras)


@_SETTINGS
@given(graphs.odd_graphs(), ignores, quarters)
def test_odd_locks_have_the_same_meaning(graph: Graph, patterns: tuple[str, ...], quarter: int) -> None:
    """Where a lock contradicts its own edges, it is still right about what is installed."""
    case = Case.of(graph, patterns)
    for environment, extras in case.views(quarter):
        found = required(case.wheel.requirements, environment, extras)
        assert found == case.expected(environment, extras, ignored_by(patterns)), (environment, extras)


@settings(_SETTINGS, max_examples=60)
@given(graphs.consistent_graphs() | graphs.odd_graphs(), ignores)
def test_recorded_markers_stay_letter_for_letter(graph: Graph, patterns: tuple[str, ...]) -> None:
    """A package to which no ignored one leads keeps the marker that the lock has recorded for it."""
    case = Case.of(graph, patterns)
    touched, pins = reachable_from(graph, ignored_by(patterns)), case.pinned()
    for pin, marker in case.recorded().items():
        # A marker that holds nowhere within the project's range needs no pin.
        if pin.partition("==")[0] not in touched and pin in pins:
            assert pins[pin] == marker

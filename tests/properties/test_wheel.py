"""Random locked graphs, through the whole flow to the wheel, against a walk in one environment at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.__version__ import __version__
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.output.building import build
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from tests import kit
from tests.properties import graphs
from tests.properties.walk import ENVIRONMENTS, Lock, OldLock, Walk, required

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit import Wheel
    from tests.properties.graphs import Graph
    from tests.properties.walk import Environment

# A graph is large for Hypothesis, and an example is a project built for real.
_SETTINGS = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

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


chosen_groups = st.sampled_from([("main",), ("main",), ("dev", "main"), ("dev",)])
# Extras of the project that are asked for; those that it does not have are left out.
chosen_extras = st.sampled_from([(), (), ("a",), ("b",), ("a", "b")])


@dataclass(frozen=True)
class Choice:
    """What is asked for: groups, extras for the base, and what is ignored."""

    groups: tuple[str, ...] = ("main",)
    extras: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def ignored(self) -> frozenset[str]:
        return frozenset(name for pattern in self.patterns for name in _PATTERNS[pattern])


@dataclass(frozen=True)
class Case:
    """A graph, its lock as Poetry reads it, and the wheel that was made of it for a choice."""

    graph: Graph
    choice: Choice
    lock: Lock
    wheel: Wheel

    @classmethod
    def of(cls, graph: Graph, choice: Choice) -> Case:
        """Through the whole flow."""
        with TemporaryDirectory() as folder:
            poetry = kit.load(graphs.write(Path(folder, "project"), graph))
            choice = replace(choice, extras=tuple(extra for extra in choice.extras if extra in graph.extras))
            options = plan.Options(
                groups=frozenset(map(canonicalize_name, choice.groups)),
                extras=frozenset(map(canonicalize_name, choice.extras)),
                ignore=tuple(map(IgnorePattern.parse, choice.patterns)),
            )
            path = build(plan.plan(poetry, options), Path(folder, "built"))
            return cls(graph, choice, Lock.of(poetry, choice.groups), kit.read_wheel(path))

    def views(self, quarter: int) -> Iterator[tuple[Environment, frozenset[str]]]:
        """Some environments that the project supports, each with every set of extras that can be installed."""
        offered = self.graph.extras if "main" in self.choice.groups else ()
        for environment in allowed(self.graph, quarter):
            for number in range(len(offered) + 1):
                for extras in combinations(offered, number):
                    yield environment, frozenset(extras)

    def expected(self, environment: Environment, extras: frozenset[str]) -> set[str]:
        """What has to be required there.

        A wheel's extras can only add. So what stays without extras, because nothing
        explains it there, stays with an extra that would explain it as well.
        """
        base = frozenset(self.choice.extras)
        pins = {_ROOT} if "main" in self.choice.groups else set()
        for view in {base, *(base | {extra} for extra in extras)}:
            installed = self.lock.installed(environment, view)
            walk = Walk(self.graph, installed, environment, view, self.choice.groups)
            pins |= {f"{name}=={version}" for name, version in walk.expected(self.choice.ignored)}
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


def allowed(graph: Graph, quarter: int | None = None) -> Iterator[Environment]:
    """A quarter of the environments, or (None) all, as far as the project supports them."""
    supported = SpecifierSet(graph.python)
    yield from (
        e for e in ENVIRONMENTS[quarter :: 1 if quarter is None else 4] if e["python_full_version"] in supported
    )


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


def check(case: Case, quarter: int) -> None:
    """The wheel requires in every environment what it has to, and nothing else."""
    for environment, extras in case.views(quarter):
        found = required(case.wheel.requirements, environment, extras)
        assert found == case.expected(environment, extras), (environment, extras)


@_SETTINGS
@given(graphs.consistent_graphs(), chosen_groups, chosen_extras, quarters)
def test_wheel_installs_what_poetry_installs(
    graph: Graph, groups: tuple[str, ...], extras: tuple[str, ...], quarter: int
) -> None:
    """A wheel requires, in every environment and with any extras, exactly what Poetry installs there."""
    case = Case.of(graph, Choice(groups, extras))
    root = {_ROOT} if "main" in groups else set()
    for environment, more in case.views(quarter):
        found = required(case.wheel.requirements, environment, more)
        installed = case.lock.installed(environment, more | {*case.choice.extras})
        assert found == root | {f"{name}=={version}" for name, version in installed.items()}, (environment, more)
    pins = case.pinned()
    assert {pin: pins[pin] for pin in case.recorded()} == case.recorded(), "a recorded marker was rewritten"


@_SETTINGS
@given(graphs.consistent_graphs(), chosen_groups, chosen_extras, ignores, quarters)
def test_ignored_packages_take_only_their_own_with_them(
    graph: Graph, groups: tuple[str, ...], extras: tuple[str, ...], patterns: tuple[str, ...], quarter: int
) -> None:
    """`--ignore` leaves out, in every environment, the ignored packages and what only they led to there."""
    check(Case.of(graph, Choice(groups, extras, patterns)), quarter)


@_SETTINGS
@given(graphs.odd_graphs(), chosen_groups, chosen_extras, ignores, quarters)
def test_odd_locks_have_the_same_meaning(
    graph: Graph, groups: tuple[str, ...], extras: tuple[str, ...], patterns: tuple[str, ...], quarter: int
) -> None:
    """Where a lock contradicts its own edges, it is still right about what is installed."""
    check(Case.of(graph, Choice(groups, extras, patterns)), quarter)


@settings(_SETTINGS, max_examples=30)
@given(graphs.consistent_graphs() | graphs.odd_graphs(), ignores)
def test_recorded_markers_stay_letter_for_letter(graph: Graph, patterns: tuple[str, ...]) -> None:
    """A package to which no ignored one leads keeps the marker that the lock has recorded for it."""
    case = Case.of(graph, Choice(patterns=patterns))
    touched, pins = reachable_from(graph, case.choice.ignored), case.pinned()
    for pin, marker in case.recorded().items():
        # A marker that holds nowhere within the project's range needs no pin.
        if pin.partition("==")[0] not in touched and pin in pins:
            assert pins[pin] == marker


def _solvable(graph: Graph) -> Graph:
    """``graph`` as it is, or without local versions: Poetry before 2.5 may take 1.0 for 1.0+cpu."""
    if Version(__version__) >= Version("2.5"):
        return graph
    entries = (replace(entry, version=entry.version.replace("+cpu", ".1")) for entry in graph.entries)
    return replace(graph, entries=tuple(entries))


@settings(_SETTINGS, max_examples=30)
@given(graphs.old_graphs(), st.sampled_from(["1.1", "2.0"]), quarters)
def test_old_locks_install_what_poetry_installs(graph: Graph, version: str, quarter: int) -> None:
    """From a lock that records nothing, a wheel requires what Poetry's solver finds for each environment."""
    graph = _solvable(graph)
    with TemporaryDirectory() as folder:
        poetry = kit.load(kit.make_old(graphs.write(Path(folder, "project"), graph), version))
        lock = OldLock(poetry)
        try:
            wheel = kit.read_wheel(build(plan.plan(poetry, plan.Options()), Path(folder, "built")))
        except LockError:
            wheel = None
        for environment in allowed(graph, quarter):
            for extras in (frozenset[str](), *(frozenset({extra}) for extra in graph.extras)):
                installed = lock.installed(environment, extras)
                if installed is not None and wheel is not None:
                    found = required(wheel.requirements, environment, extras)
                    expected = {_ROOT, *(f"{name}=={found}" for name, found in installed.items())}
                    assert found == expected, (environment, extras, found, expected)


@_SETTINGS
@given(graphs.consistent_graphs() | graphs.odd_graphs(), chosen_extras, ignores | st.just(()), quarters)
def test_each_extra_of_the_own_wheel_stands_for_itself(
    graph: Graph, extras: tuple[str, ...], patterns: tuple[str, ...], quarter: int
) -> None:
    """With `--as-extra`, each extra alone requires exactly what stays for that extra, taken away or not."""
    base = frozenset(extra for extra in extras if extra in graph.extras)
    ignored = frozenset(name for pattern in patterns for name in _PATTERNS[pattern])
    with TemporaryDirectory() as folder:
        poetry = kit.load(graphs.write(Path(folder, "project"), graph))
        options = plan.Options(
            extras=frozenset(map(canonicalize_name, base)),
            ignore=tuple(map(IgnorePattern.parse, patterns)),
            as_extra="locked",
        )
        pinned_metadata = plan.plan(poetry, options).pinned_metadata
        assert pinned_metadata is not None
        requirements = [Requirement(line) for line in pinned_metadata.dependencies.requires]
        lock = Lock.of(poetry, ("main",))
        for environment in allowed(graph, quarter):
            for extra in (None, *graph.extras):
                view = base | {extra} if extra else base
                walk = Walk(graph, lock.installed(environment, view), environment, view)
                found = required(requirements, environment, frozenset({f"locked-{extra}" if extra else "locked"}))
                assert found == {f"{name}=={version}" for name, version in walk.expected(ignored)}, (environment, view)
            assert not required(requirements, environment, frozenset())

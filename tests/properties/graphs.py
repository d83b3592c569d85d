"""Random locked graphs, and the real Poetry projects made of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from poetry.core.version.markers import parse_marker

from tests import kit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hypothesis.strategies import DrawFn, SearchStrategy
    from poetry.core.packages.package import Package
    from poetry.packages.transitive_package_info import TransitivePackageInfo

# A marker as plain values: alternatives, each of which is a set of conditions that
# hold together. Nothing in here relies on how poetry-core combines markers.
Alternatives = frozenset[frozenset[str]]

ALWAYS: Alternatives = frozenset({frozenset()})
NEVER: Alternatives = frozenset()

CONDITIONS = (
    'python_version < "3.10"',
    'python_version >= "3.11"',
    'python_full_version >= "3.9.5"',
    'python_full_version < "3.10.4"',
    'sys_platform == "win32"',
    'sys_platform != "darwin"',
    'platform_system == "Linux"',
    'platform_machine == "arm64"',
    'platform_machine in "x86_64 AMD64"',
    'implementation_name == "pypy"',
)
# The conditions of the versions of one name: they never hold together, and need not leave no gap.
FORKS: tuple[tuple[str, ...], ...] = (
    ('python_version < "3.10"', 'python_version >= "3.10"'),
    ('python_version < "3.9"', 'python_version >= "3.11"'),
    ('python_full_version < "3.9.5"', 'python_full_version >= "3.9.5"'),
    ('sys_platform == "win32"', 'sys_platform != "win32"'),
    ('sys_platform == "win32"', 'sys_platform == "darwin"', 'sys_platform == "linux"'),
)
NAMES = ("pa", "pb", "pc", "pd")
ORPHAN = "po"
GROUPS = ("main", "dev")
VERSIONS = ("1.0", "1.0+cpu", "2.0rc1")
RANGES = (">=3.8", ">=3.9,<3.13", ">=3.8,!=3.9.7", ">=3.8.2,<3.12", ">=3.9.5,<3.11")
PROJECT_EXTRAS = ("a", "b")
PACKAGE_EXTRAS = ("x", "y")


@dataclass(frozen=True)
class Edge:
    """``target``, with its extras ``asks``, is required where ``marker`` holds, if at all under ``extra``.

    ``extra`` is one of whatever requires: the project or a package. ``group`` is the project's.
    """

    target: str
    marker: Alternatives = ALWAYS
    asks: tuple[str, ...] = ()
    extra: str | None = None
    group: str = "main"

    @property
    def requirement(self) -> str:
        """The edge as PEP 508 has it, without its marker."""
        return f"{self.target}[{','.join(self.asks)}]" if self.asks else self.target


@dataclass(frozen=True)
class Entry:
    """A locked package: ``fork`` sets its version apart from others of its name, ``markers`` are recorded by group.

    ``python`` is the range that it is made for; only old locks go by that.
    """

    name: str
    version: str
    fork: Alternatives
    edges: tuple[Edge, ...]
    markers: tuple[tuple[str, Alternatives], ...] = ()
    python: str = "*"


@dataclass(frozen=True)
class Graph:
    """A project: its range of Python, its dependencies, its extras and its lock."""

    python: str
    roots: tuple[Edge, ...]
    entries: tuple[Entry, ...]
    extras: tuple[str, ...] = ()


def text(marker: Alternatives) -> str:
    """``marker`` as PEP 508 has it; empty if it always holds."""
    return " or ".join(f"({' and '.join(sorted(part))})" for part in sorted(marker, key=sorted) if part)


def either(a: Alternatives, b: Alternatives) -> Alternatives:
    """Where ``a`` or ``b`` holds, without alternatives that others make superfluous."""
    both = a | b
    return frozenset(part for part in both if not any(other < part for other in both))


def together(a: Alternatives, b: Alternatives) -> Alternatives:
    """Where ``a`` and ``b`` hold."""
    return reduce(either, (frozenset({one | other}) for one in a for other in b), NEVER)


# ---- strategies


def markers(conditions: Sequence[str]) -> SearchStrategy[Alternatives]:
    """A marker on some of ``conditions``; often none, as in real locks."""
    part = st.frozensets(st.sampled_from(conditions), min_size=1, max_size=2)
    return st.just(ALWAYS) | st.frozensets(part, min_size=1, max_size=2).map(lambda parts: either(parts, NEVER))


def edges(
    names: Sequence[str], conditions: Sequence[str], extras: Sequence[str], least: int = 0
) -> SearchStrategy[tuple[Edge, ...]]:
    """Some edges of something that has ``extras``: to itself, to one name twice and in cycles as well."""
    asks = st.just(()) | st.sampled_from([("x",), ("y",), ("x", "y")])
    edge = st.builds(
        Edge, st.sampled_from(names), markers(conditions), asks, st.none() | st.sampled_from((None, *extras))
    )
    return st.lists(edge, min_size=least, max_size=least + 3, unique=True).map(tuple)


@st.composite
def skeletons(draw: DrawFn, conditions: Sequence[str]) -> Graph:
    """A graph in which nothing is recorded yet: names, their forks, and edges at random."""
    names = NAMES[: draw(st.integers(3, len(NAMES)))]
    entries: list[Entry] = []
    for name in names:
        forks = draw(st.just(("",)) | st.sampled_from(FORKS))
        for version, fork in zip(VERSIONS, forks, strict=False):
            marker = frozenset({frozenset({fork})}) if fork else ALWAYS
            drawn = draw(edges(names, conditions, PACKAGE_EXTRAS))
            stands_for = Edge(name, asks=("y",), extra="x")
            drawn += draw(st.just(()) | st.just((stands_for,)))
            entries.append(Entry(name, version, marker, tuple(_unconditional(edge, name) for edge in drawn)))
    roots = draw(edges(names, conditions, PROJECT_EXTRAS, least=1))
    roots += tuple(replace(edge, group="dev") for edge in draw(edges(names, conditions, ())))
    offered = draw(st.sets(st.sampled_from(PROJECT_EXTRAS))) | {root.extra for root in roots if root.extra}
    return Graph(draw(st.sampled_from(RANGES)), roots, tuple(entries), tuple(sorted(offered)))


def _unconditional(edge: Edge, name: str) -> Edge:
    """``edge`` of the package ``name``; an extra that stands for others does so everywhere, as Poetry has it."""
    return replace(edge, marker=ALWAYS) if edge.target == name and edge.extra else edge


@st.composite
def consistent_graphs(draw: DrawFn) -> Graph:
    """A graph with the markers recorded that follow from its edges, as `poetry lock` would.

    It may have packages that nothing leads to: other groups', and orphans, which
    the lock installs all the same, with what they need.
    """
    # Few conditions: their combinations are what poetry-core is slow at.
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True))
    graph = draw(skeletons(conditions))
    names = sorted({entry.name for entry in graph.entries})
    # Of a name to which no edge leads: its needs are explained by it, whatever the environment.
    orphan = st.builds(Entry, st.just(ORPHAN), st.just("1.0"), markers(conditions), edges(names, conditions, ()))
    graph = replace(graph, entries=(*graph.entries, *draw(st.lists(orphan, max_size=1))))
    return replace(graph, entries=tuple(recorded(graph)))


@st.composite
def odd_graphs(draw: DrawFn) -> Graph:
    """A graph with markers and groups recorded at random: no lock says so, but it has a meaning all the same."""
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True))
    graph = draw(skeletons(conditions))
    # With extras that exclude each other as well, as where a lock has one version for each.
    anything = markers([*conditions, *(f'extra {operator} "{x}"' for operator in ("==", "!=") for x in graph.extras)])
    entries = [
        replace(
            entry,
            markers=tuple(
                (group, together(entry.fork, draw(anything if group == "main" else markers(conditions))))
                for group in draw(st.sampled_from([("main",), ("main",), ("dev",), ("dev", "main")]))
            ),
        )
        for entry in graph.entries
    ]
    return replace(graph, entries=tuple(entries))


@st.composite
def old_graphs(draw: DrawFn) -> Graph:
    """A graph for a lock that records nothing: which version of a name is installed follows from its Python range."""
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True))
    graph = draw(skeletons(conditions))
    made_for = st.sampled_from(("*", "*", ">=3.8", ">=3.9", ">=3.10", ">=3.11", "<3.11"))
    entries = (
        replace(
            entry,
            # One version is for every Python, as where a whole range was locked at once.
            python="*" if entry.version == VERSIONS[0] else draw(made_for),
            # The solver refuses what requires itself.
            edges=tuple(edge for edge in entry.edges if edge.target != entry.name or edge.extra),
        )
        for entry in graph.entries
    )
    roots = tuple(
        # Poetry finds a dependency of the project again by its name and extras even where its marker does not
        # hold, so nobody can tell what it installs for one that asks for extras.
        replace(edge, asks=edge.asks if edge.marker == ALWAYS else ())
        for edge in graph.roots
        # What can never hold has lost its extra, too: nobody can tell whether it is optional.
        if not parse_marker(text(edge.marker)).is_empty()
    )
    return replace(graph, roots=roots, entries=tuple(entries))


def recorded(graph: Graph) -> Iterator[Entry]:
    """The entries of ``graph`` with their markers: for each group, the least fixed point of what leads to them.

    What nothing leads to is of a group that the project does not have any more.
    """
    reached = {group: _reached(graph, group) for group in GROUPS}
    for entry in graph.entries:
        found = {group: together(entry.fork, where.get((entry.name, None), NEVER)) for group, where in reached.items()}
        kept = {g: m for g, m in found.items() if m != NEVER and not parse_marker(text(m)).is_empty()}
        yield replace(entry, markers=tuple((kept or {"gone": entry.fork}).items()))


def _reached(graph: Graph, group: str) -> dict[tuple[str, str | None], Alternatives]:
    reached: dict[tuple[str, str | None], Alternatives] = {(ORPHAN, None): ALWAYS} if group == "main" else {}
    grown = True
    while grown:
        before = dict(reached)
        for edge in graph.roots:
            if edge.group == group:
                brought = frozenset({frozenset({f'extra == "{edge.extra}"'})}) if edge.extra else ALWAYS
                _reach(reached, edge, brought)
        for entry in graph.entries:
            for edge in entry.edges:
                _reach(reached, edge, together(entry.fork, reached.get((entry.name, edge.extra), NEVER)))
        grown = reached != before
    return reached


def _reach(reached: dict[tuple[str, str | None], Alternatives], edge: Edge, where: Alternatives) -> None:
    for extra in (None, *edge.asks):
        node = edge.target, extra
        reached[node] = either(reached.get(node, NEVER), together(where, edge.marker))


# ---- projects


def write(folder: Path, graph: Graph) -> Path:
    """Make ``folder`` a Poetry project whose pyproject.toml and poetry.lock are ``graph``."""
    return kit.write_project(folder, map(_locked, graph.entries), _pyproject(graph))


def _locked(entry: Entry) -> tuple[Package, TransitivePackageInfo]:
    package, info = kit.locked(
        entry.name,
        entry.version,
        groups=[group for group, _ in entry.markers],
        requires=map(_pep_508, entry.edges),
        python=entry.python,
    )
    info.markers.update({canonicalize_name(group): parse_marker(text(marker)) for group, marker in entry.markers})
    return package, info


def _pep_508(edge: Edge, *, with_extra: bool = True) -> str:
    extra = frozenset({frozenset({f'extra == "{edge.extra}"'})}) if edge.extra and with_extra else ALWAYS
    marker = text(together(extra, edge.marker))
    return f"{edge.requirement} ; {marker}" if marker else edge.requirement


def _pyproject(graph: Graph) -> str:
    def lines(extra: str | None) -> str:
        chosen = (edge for edge in graph.roots if (edge.group, edge.extra) == ("main", extra))
        return ", ".join(f"'{_pep_508(edge, with_extra=False)}'" for edge in chosen)

    return "\n".join(
        [
            "[project]",
            'name = "example-package"',
            'version = "0.1.0"',
            f'requires-python = "{graph.python}"',
            f"dependencies = [{lines(None)}]",
            "[project.optional-dependencies]",
            *(f"{extra} = [{lines(extra)}]" for extra in graph.extras),
            "[tool.poetry.group.dev.dependencies]",
            *_dev_dependencies([edge for edge in graph.roots if edge.group == "dev"]),
        ]
    )


def _dev_dependencies(edges: Sequence[Edge]) -> Iterator[str]:
    """The lines of a group in Poetry's own way: the standard one is not known to Poetry 2.1."""
    for name in dict.fromkeys(edge.target for edge in edges):
        specs = (
            f'{{ version = "*", extras = {json.dumps(edge.asks)}, markers = {json.dumps(text(edge.marker))} }}'
            if edge.marker != ALWAYS
            else f'{{ version = "*", extras = {json.dumps(edge.asks)} }}'
            for edge in edges
            if edge.target == name
        )
        yield f"{name} = [{', '.join(specs)}]"

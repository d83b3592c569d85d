"""A random graph in one environment: what stays of it, found by names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from poetry.core.packages.dependency_group import MAIN_GROUP

from tests.properties import environments
from tests.properties.environments import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.properties.environments import Environment
    from tests.properties.graphs import Alternatives, Edge, Graph
    from tests.properties.installed import Installed


def holds(marker: Alternatives, environment: Environment) -> bool:
    """Whether ``marker`` holds in ``environment``."""
    return any(all(environments.holds(condition, environment) for condition in part) for part in marker)


def allowed(graph: Graph, quarter: int | None = None) -> Iterator[Environment]:
    """A quarter of the environments, or (None) all, as far as the project supports them."""
    supported = SpecifierSet(graph.python)
    yield from (
        e for e in ENVIRONMENTS[quarter :: 1 if quarter is None else 4] if e["python_full_version"] in supported
    )


class Walk:
    """A graph in one environment with some extras, where Poetry installs ``installed`` for ``groups``."""

    def __init__(
        self,
        graph: Graph,
        installed: Installed,
        environment: Environment,
        extras: frozenset[str],
        groups: tuple[str, ...] = (MAIN_GROUP,),
    ) -> None:
        self._installed = installed
        self._environment = environment
        self._roots = [edge for edge in graph.roots if edge.group in groups and self._is_active(edge, extras)]
        # The versions of a name never go together, so a name is enough.
        self._edges = {entry.name: entry.edges for entry in graph.entries if installed.get(entry.name) == entry.version}

    def expected(self, ignored: frozenset[str]) -> set[tuple[str, str]]:
        """Name and version of what stays: all but the ignored and what only they led to."""
        before = self._reachable((), frozenset())
        unexplained = self._installed.keys() - before
        # What nothing led to even before has no reason that could be ignored: it
        # stays, and so does what it needs.
        lost = before - self._reachable(unexplained, ignored)
        return {(name, version) for name, version in self._installed.items() if name not in lost | ignored}

    def requests(self, ignored: frozenset[str]) -> Iterator[tuple[str | None, str]]:
        """What the project (None) and each name that stays require here, installed or ignored or neither."""
        yield from ((None, edge.target) for edge in self._roots if holds(edge.marker, self._environment))
        unexplained = self._installed.keys() - self._reachable((), frozenset())
        for name, extras in self._reached(unexplained, ignored).items():
            yield from ((name, edge.target) for edge in self._edges[name] if self._is_active(edge, extras))

    def _reachable(self, others: Iterable[str], ignored: frozenset[str]) -> set[str]:
        """The names to which the project and ``others`` lead, never through an ignored one."""
        return set(self._reached(others, ignored))

    def _reached(self, others: Iterable[str], ignored: frozenset[str]) -> Mapping[str, frozenset[str]]:
        """As ``_reachable``, with the extras that are asked for."""
        todo = [(edge.target, frozenset(edge.asks)) for edge in self._roots] + [(name, frozenset()) for name in others]
        features: dict[str, frozenset[str]] = {}
        while todo:
            name, asks = todo.pop()
            have = features.get(name)
            if name in ignored or name not in self._installed or (have is not None and asks <= have):
                continue
            features[name] = asks | (have or frozenset())
            todo += [
                (edge.target, frozenset(edge.asks))
                for edge in self._edges[name]
                if self._is_active(edge, features[name])
            ]
        return features

    def _is_active(self, edge: Edge, extras: frozenset[str]) -> bool:
        return (edge.extra is None or edge.extra in extras) and holds(edge.marker, self._environment)

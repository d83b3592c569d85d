"""The packages of a lock before format 2.1 as candidates: what each requires, where, and which of the others fit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from poetry.core.version.markers import AnyMarker, parse_marker

from poetry_plugin_lock_package.lock.edges import edges_by_extras
from poetry_plugin_lock_package.lock.platforms import known_platforms
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE, Environments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.packages.dependency import Dependency
    from poetry.core.packages.package import Package
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.markers.regions import Region

    # A candidate by its index, and one of its extras, or None for the package itself; (None, None) is the project.
    Node = tuple[int | None, NormalizedName | None]

ROOT: Node = (None, None)


@dataclass(frozen=True, slots=True)
class Edge:
    """``name`` with ``extras`` is required in the environments ``where``.

    ``fits`` are the candidates that meet the requirement, newest first.
    """

    name: NormalizedName
    extras: tuple[NormalizedName, ...]
    where: Region
    fits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """All packages of a lock, by index, for one choice of the project's extras.

    ``indexes`` has the packages of each name, newest version first. ``allowed`` is where each package's range of
    Python versions allows it. ``possible`` are the environments that an interpreter can have.
    """

    packages: Sequence[Package]
    indexes: Mapping[NormalizedName, tuple[int, ...]]
    edges: Mapping[Node, tuple[Edge, ...]]
    allowed: tuple[Region, ...]
    environments: Environments
    possible: Region

    def targets(self, node: Node) -> Iterator[tuple[Node, Region]]:
        """The nodes that ``node`` leads to, whichever version is chosen, and where."""
        for edge in self.edges.get(node, ()):
            for index in self.indexes.get(edge.name, ()):
                yield (index, None), edge.where
                for extra in edge.extras:
                    yield (index, extra), edge.where


def read_candidates(
    root: ProjectPackage, locked: Sequence[Package], extra_sets: Iterable[frozenset[NormalizedName]]
) -> Iterator[Candidates]:
    """``locked`` as candidates for the dependencies of ``root``, with each of ``extra_sets`` of its extras."""
    required = {index: tuple(edges_by_extras(package)) for index, package in enumerate(locked)}
    ranges = [_python_marker(package.python_constraint) for package in locked]
    platforms = known_platforms()
    environments = Environments(
        (
            *platforms,
            *ranges,
            *(dependency.marker for dependency in root.all_requires),
            *(marker for edges in required.values() for _, _, marker in edges),
        ),
        root.python_constraint,
    )
    indexes = _by_name(locked)
    possible = reduce(environments.intersection, map(environments.region, platforms), EVERYWHERE)
    allowed = tuple(map(environments.region, ranges))
    read: defaultdict[Node, list[Edge]] = defaultdict(list)
    for index, edges in required.items():
        for extra, dependency, marker in edges:
            edge = _edge(dependency, environments.region(marker), locked, indexes)
            # Poetry refuses a package that requires itself.
            fits = () if dependency.name == locked[index].name else edge.fits
            read[index, extra].append(Edge(edge.name, edge.extras, edge.where, fits))
    for extras in extra_sets:
        own = [_edge(d, environments.region(d.marker, extras), locked, indexes) for d in root.all_requires]
        nodes = {node: tuple(edge for edge in edges if edge.where != NOWHERE) for node, edges in read.items()}
        nodes[ROOT] = tuple(edge for edge in own if edge.where != NOWHERE)
        yield Candidates(locked, indexes, nodes, allowed, environments, possible)


def _by_name(locked: Sequence[Package]) -> dict[NormalizedName, tuple[int, ...]]:
    indexes: defaultdict[NormalizedName, list[int]] = defaultdict(list)
    # A stable sort in the order of the lock, as in Poetry's provider.
    for index in sorted(range(len(locked)), key=lambda index: locked[index].version, reverse=True):
        indexes[locked[index].name].append(index)
    return {name: tuple(some) for name, some in indexes.items()}


def _edge(
    dependency: Dependency,
    where: Region,
    locked: Sequence[Package],
    indexes: Mapping[NormalizedName, tuple[int, ...]],
) -> Edge:
    fits = tuple(i for i in indexes.get(dependency.name, ()) if locked[i].satisfies(dependency))
    return Edge(dependency.name, tuple(sorted(dependency.extras)), where, fits)


def _python_marker(python: VersionConstraint) -> BaseMarker:
    """Where ``python`` allows the interpreter. Like Poetry's installer, this compares the full version."""
    if python.is_any():
        return AnyMarker()
    alternatives = []
    for part in python.flatten():
        bounds = []
        if part.min is not None:
            bounds.append(f'python_full_version {">=" if part.include_min else ">"} "{part.min.text}"')
        if part.max is not None:
            bounds.append(f'python_full_version {"<=" if part.include_max else "<"} "{part.max.text}"')
        alternatives.append(" and ".join(bounds))
    return parse_marker(" or ".join(alternatives))

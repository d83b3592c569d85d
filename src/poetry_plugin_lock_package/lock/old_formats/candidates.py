"""The packages of a lock as candidates: what each requires, where, and which of the others fit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING

from poetry.core.version.markers import AnyMarker, MarkerUnion, MultiMarker, parse_marker

from poetry_plugin_lock_package.markers.operations import with_alternative_extras, with_extras
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
    # A package as the solver knows it: by its name and the extras that are asked for together.
    Key = tuple[NormalizedName, tuple[NormalizedName, ...]]

ROOT: Node = (None, None)

# Values that belong together: of https://docs.python.org/3/library/sys.html#sys.platform and `platform.system`,
# and of `sys.implementation.name` and `platform.python_implementation`.
_SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
_IMPLEMENTATIONS = (
    {"implementation_name": "cpython", "platform_python_implementation": "CPython"},
    {"implementation_name": "pypy", "platform_python_implementation": "PyPy"},
)


@dataclass(frozen=True, slots=True)
class Edge:
    """A requirement."""

    name: NormalizedName
    extras: tuple[NormalizedName, ...]
    """The extras of ``name`` that are required."""
    where: Region
    """The environments in which it holds."""
    fits: tuple[int, ...]
    """The candidates that meet it, newest first."""
    is_optional: bool
    in_extras: tuple[NormalizedName, ...]
    """The extras that it belongs to."""

    @property
    def key(self) -> Key:
        """What it asks for, as the solver knows it."""
        return self.name, self.extras

    def nodes(self, index: int) -> list[Node]:
        """The nodes that it leads to if the candidate ``index`` is chosen."""
        return [(index, None), *((index, extra) for extra in self.extras)]


@dataclass(frozen=True, slots=True)
class Candidates:
    """All packages of a lock, by index, for one choice of the project's extras."""

    packages: Sequence[Package]
    indexes: Mapping[NormalizedName, tuple[int, ...]]
    """The packages of each name, newest version first."""
    edges: Mapping[Node, tuple[Edge, ...]]
    allowed: tuple[Region, ...]
    """Where each package's range of Python versions allows it."""
    environments: Environments
    possible: Region
    """The environments that an interpreter can have."""

    def targets(self, node: Node) -> Iterator[tuple[Node, Region]]:
        """The nodes that ``node`` leads to, whichever version is chosen, and where."""
        for edge in self.edges.get(node, ()):
            for index in self.indexes[edge.name]:
                yield from ((target, edge.where) for target in edge.nodes(index))


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

    def edge(dependency: Dependency, where: Region, candidates: Iterable[int]) -> Edge:
        fits = tuple(index for index in candidates if locked[index].satisfies(dependency))
        asked, brought_by = tuple(sorted(dependency.extras)), tuple(dependency.in_extras)
        return Edge(dependency.name, asked, where, fits, dependency.is_optional(), brought_by)

    possible = reduce(environments.intersection, map(environments.region, platforms), EVERYWHERE)
    allowed = tuple(map(environments.region, ranges))
    read: defaultdict[Node, list[Edge]] = defaultdict(list)
    for index, edges in required.items():
        for extra, dependency, marker in edges:
            if (where := environments.region(marker)) != NOWHERE:
                # Poetry refuses a package that requires itself.
                others = () if dependency.name == locked[index].name else indexes[dependency.name]
                read[index, extra].append(edge(dependency, where, others))
    nodes = {node: tuple(edges) for node, edges in read.items()}
    for extras in extra_sets:
        own = tuple(
            edge(dependency, environments.region(dependency.marker, extras), indexes[dependency.name])
            for dependency in root.all_requires
        )
        yield Candidates(locked, indexes, {**nodes, ROOT: own}, allowed, environments, possible)


def edges_by_extras(package: Package) -> Iterator[tuple[NormalizedName | None, Dependency, BaseMarker]]:
    """What ``package`` requires: for which extra of it (None: always), what, and where.

    The rule is that of Poetry's ``Provider.complete_package``: an optional dependency belongs to each extra that
    names it. Only later locks say so in a marker.
    """
    yield from ((None, d, d.marker) for d in package.requires if not (d.is_optional() or d.in_extras))
    for extra in package.extras:
        found, names = _optional_names(package, extra)
        for dependency in package.requires:
            if dependency.name in names and (found & {*dependency.in_extras} or not dependency.in_extras):
                yield extra, dependency, with_extras(with_alternative_extras(dependency.marker), found)


def _optional_names(package: Package, extra: NormalizedName) -> tuple[set[NormalizedName], set[NormalizedName]]:
    """``extra`` of ``package`` with those that it stands for (``package[a,b]``), and the names that they bring."""
    found: set[NormalizedName] = set()
    names: set[NormalizedName] = set()
    todo = [extra]
    while todo:
        found.add(current := todo.pop())
        for dependency in package.extras.get(current, ()):
            if dependency.name == package.name:
                todo += dependency.extras - found
            else:
                names.add(dependency.name)
    return found, names


def _by_name(locked: Sequence[Package]) -> defaultdict[NormalizedName, tuple[int, ...]]:
    indexes: defaultdict[NormalizedName, tuple[int, ...]] = defaultdict(tuple)
    # A stable sort in the order of the lock, as in Poetry's provider.
    for index in sorted(range(len(locked)), key=lambda index: locked[index].version, reverse=True):
        indexes[locked[index].name] += (index,)
    return indexes


def _python_marker(python: VersionConstraint) -> BaseMarker:
    """Where ``python`` allows the interpreter. Like Poetry's installer, this compares the full version.

    poetry-core's ``create_nested_marker`` would take a bound that is a pre-release for its final release.
    """
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


@cache
def known_platforms() -> tuple[BaseMarker, ...]:
    """Markers that all hold in each environment that an interpreter can have.

    A common system or implementation has all values of its own. Any other one has none of these values.
    """
    return tuple(map(_either, (_SYSTEMS, _IMPLEMENTATIONS)))


def _either(kinds: tuple[dict[str, str], ...]) -> BaseMarker:
    named = [[f'{name} == "{value}"' for name, value in kind.items()] for kind in kinds]
    values = {(name, value) for kind in kinds for name, value in kind.items()} - {("os_name", "posix")}
    others = [f'{name} != "{value}"' for name, value in sorted(values)]
    # Put together here, because poetry-core takes minutes to simplify such a marker.
    return MarkerUnion(*(MultiMarker(*map(parse_marker, texts)) for texts in (*named, others)))

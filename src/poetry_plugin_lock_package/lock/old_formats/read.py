"""What is installed from a lock that does not record it (formats before 2.1), as if Poetry had recorded it.

To install from such a lock, Poetry solves once more for the environment at hand, with the locked packages as the
only candidates (``Installer._do_install``). Here this is done for all environments at once. Most of the choice
follows from the lock alone (see ``choice``). For the rest, the environments are divided by everything that
bears on the choice, and Poetry's own solver decides for one environment of each part. Nothing is looked up, and
every chosen version is in the lock.
"""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING

from poetry.core.version.markers import EmptyMarker, MarkerUnion, MultiMarker, parse_marker

from poetry_plugin_lock_package.errors import inconsistent
from poetry_plugin_lock_package.lock.model import Dependency, Entry
from poetry_plugin_lock_package.lock.old_formats.candidates import ROOT, edges_by_extras, read_candidates
from poetry_plugin_lock_package.lock.old_formats.choice import Solved, decide, narrow, reached_nodes
from poetry_plugin_lock_package.markers.operations import Alternatives, any_extra_of, extras_in
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE, reach
from poetry_plugin_lock_package.poetry_api import read_packages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.packages.package import Package
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.old_formats.candidates import Candidates, Key, Node
    from poetry_plugin_lock_package.markers.regions import Environments, Region
    from poetry_plugin_lock_package.poetry_api import LockFile

    # A region without any further extra of the project (None), and with each one.
    ByExtra = Mapping[NormalizedName | None, Region]


def work_out(
    lock: LockFile, root: ProjectPackage, extras: frozenset[NormalizedName]
) -> tuple[list[Entry], tuple[BaseMarker, ...]]:
    """The entries of ``lock`` that are installed somewhere, and markers for where there is no solution.

    ``root`` is the project with the groups in question alone. Of its extras, ``extras`` are always installed. The
    markers are exact with none of the others, and with each. Those that no marker of the project names can only add
    packages, so the markers are exact with several of these as well. Raises LockError with the solver's message if no
    environment has a solution.
    """
    locked = read_packages(lock)
    # The extras in markers that the user wrote: they may decide about versions.
    in_markers = (extras_in(dependency.marker) for dependency in root.all_requires)
    named = frozenset(root.extras).intersection(chain.from_iterable(in_markers))
    sets = {extra: extras | ({extra} if extra else set()) for extra in (None, *sorted(root.extras.keys() - extras))}
    deciding = list(dict.fromkeys(installed & named for installed in sets.values()))
    solutions = {
        chosen: _Solution(root, candidates, chosen)
        for chosen, candidates in zip(deciding, read_candidates(root, locked, deciding), strict=True)
    }
    first = solutions[deciding[0]]
    if all(one.unsolved == EVERYWHERE for one in solutions.values()):
        raise inconsistent(first.problem)
    environments, exclusive = first.candidates.environments, named - extras
    entries = []
    for index, package in enumerate(locked):
        if any((index, None) in one.solved for one in solutions.values()):
            where = {extra: solutions[chosen & named].installed(index, chosen) for extra, chosen in sets.items()}
            is_alone = len(first.candidates.indexes[package.name]) == 1
            marker = _marker(where, environments, frozenset() if is_alone else exclusive)
            # Before format 2.0, the files stood elsewhere.
            data = {**lock.data["package"][index], "files": package.files}
            entries.append(Entry(data, marker, tuple(_dependencies(package))))
    where = {extra: solutions[chosen & named].unsolved for extra, chosen in sets.items()}
    unsolved = _marker(where, environments, exclusive)
    return entries, () if unsolved.is_empty() else (unsolved,)


def _dependencies(package: Package) -> Iterator[Dependency]:
    for extra, dependency, marker in edges_by_extras(package):
        yield Dependency.of(dependency, marker if extra is None else marker.intersect(any_extra_of([extra])))


def _marker(where: ByExtra, environments: Environments, exclusive: Collection[NormalizedName]) -> BaseMarker:
    """The marker that holds ``where`` it should, with no further extra of the project and with each.

    Versions may depend on extras that are ``exclusive``: it does not hold with several of them.
    """
    different = {extra for extra, region in where.items() if extra and region != where[None]}
    if not different.intersection(exclusive):
        exclusive = ()
    listed = sorted(different.union(exclusive))
    parts: list[BaseMarker] = []
    for extra in (None, *listed):
        if markers := environments.markers(where[extra]):
            mentioned = listed if extra is None else sorted({extra, *exclusive})
            conditions = [f'extra {"==" if other == extra else "!="} "{other}"' for other in mentioned]
            marker = markers[0] if len(markers) == 1 else Alternatives(*markers)
            joined = [*map(parse_marker, conditions), *([] if conditions and marker.is_any() else [marker])]
            parts.append(joined[0] if len(joined) == 1 else MultiMarker(*joined))
    # Not simplified, for which poetry-core takes long.
    return MarkerUnion(*parts) if len(parts) > 1 else next(iter(parts), EmptyMarker())


class _Solution:
    """What Poetry installs if the ``extras`` of ``root`` that decide about versions are ``chosen``.

    Poetry solves with all optional dependencies of the project. Then it leaves out what is optional and not asked for
    (``Transaction.calculate_operations`` without an environment, and ``get_extra_package_names``).
    """

    def __init__(self, root: ProjectPackage, candidates: Candidates, chosen: frozenset[NormalizedName]) -> None:
        decided = _solve(root, candidates, chosen)
        self.candidates = candidates
        self.unsolved, self.problem = decided.unsolved, decided.problem
        self.solved = reached_nodes(candidates, decided.chosen)
        self._always = self._reached_always()
        self._by_names = {extra: self._reached_by_names(extra) for extra in root.extras}

    def installed(self, index: int, extras: Collection[NormalizedName]) -> Region:
        """Where the package ``index`` is installed with ``extras``."""
        always = self._always.get((index, None), NOWHERE)
        named = (self._by_names[extra].get(index, NOWHERE) for extra in sorted(extras))
        return reduce(self.candidates.environments.union, named, always)

    def _reached_always(self) -> Mapping[Node, Region]:
        """Where the dependencies of the project that are not optional lead to each node."""
        asked = self.candidates.environments.joined(self._where_asked())
        start = [
            (node, asked[edge.key])
            for edge in self.candidates.edges[ROOT]
            if not edge.is_optional
            for index in edge.fits
            for node in edge.nodes(index)
        ]
        return reach(self.candidates.environments, start, self.candidates.targets, lambda node: self._solved(node[0]))

    def _reached_by_names(self, extra: NormalizedName) -> Mapping[int, Region]:
        """Where the names in ``extra`` lead to each package. Poetry follows names here, in all of the solution."""
        intersection = self.candidates.environments.intersection
        edges: defaultdict[int, list[tuple[int, Region]]] = defaultdict(list)
        for node, where in self.solved.items():
            for (index, asked), edge in self.candidates.targets(node):
                if node[0] is not None and index is not None and asked is None:
                    edges[node[0]].append((index, intersection(where, edge)))
        names = sorted({edge.name for edge in self.candidates.edges[ROOT] if extra in edge.in_extras})
        start = [(index, self._solved(index)) for name in names for index in self.candidates.indexes[name]]
        return reach(self.candidates.environments, start, edges.__getitem__, self._solved)

    def _solved(self, index: int | None) -> Region:
        return self.solved.get((index, None), NOWHERE)

    def _where_asked(self) -> Iterator[tuple[Key, Region]]:
        """Where the solution has a package with exactly the extras that the project requires of it.

        Poetry looks for that alone, and not at the marker of what the project requires (``PackageNode.reachable``).
        To the solver, ``lib[a]`` and ``lib[a,b]`` are two packages. Both of them require ``lib``.
        """
        intersection = self.candidates.environments.intersection
        for node, where in self.solved.items():
            index, extra = node
            if index is not None and extra is None:
                yield (self.candidates.packages[index].name, ()), where
            for edge in self.candidates.edges.get(node, ()):
                if edge.extras or index is None:
                    yield edge.key, intersection(where, edge.where)


def _solve(root: ProjectPackage, candidates: Candidates, extras: frozenset[NormalizedName]) -> Solved:
    """Solve with ``extras`` of ``root``. The solver is asked only where the lock leaves a choice.

    A decision of the solver may leave the choice for another name open, which may bear on the first decision.
    Then the solver decides about both names together.
    """
    union, difference = candidates.environments.union, candidates.environments.difference
    solved = Solved(candidates.allowed)
    disputed: frozenset[NormalizedName] = frozenset()
    region = NOWHERE
    while True:
        narrowed = narrow(candidates, solved.chosen)
        known, known_region = disputed, region
        disputed, region = disputed | narrowed.disputed, union(region, difference(narrowed.open, solved.unsolved))
        if (disputed, region) == (known, known_region):
            break
        solved = decide(root, candidates, extras, disputed, region)
    chosen = tuple(difference(where, solved.unsolved) for where in narrowed.chosen)
    is_hopeless = difference(candidates.possible, solved.unsolved) == NOWHERE
    return Solved(chosen, EVERYWHERE if is_hopeless else solved.unsolved, solved.problem)

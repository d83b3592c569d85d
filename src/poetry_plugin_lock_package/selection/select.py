"""Which locked packages are pinned, in which environments, and by which requirements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from packaging.version import Version
from poetry.core.constraints.version import Version as PoetryVersion
from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import PinError
from poetry_plugin_lock_package.markers.operations import alternatives, with_extras
from poetry_plugin_lock_package.markers.pip import is_read_otherwise
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE, Environments, reach

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import Dependency, LockedGraph, LockedPackage
    from poetry_plugin_lock_package.markers.regions import Region
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.selection.provided import ProvidedPackage

    Extras = frozenset[NormalizedName]
    # The extras that are installed: with an extra of the lock package, or (None) without any.
    ExtraSets = Mapping[NormalizedName | None, Extras]
    # A package in the graph, by its index in `LockedGraph.packages`, and one of its
    # extras that is requested, or None for the package itself.
    Node = tuple[int, NormalizedName | None]
    # A node, and the environments in which it is requested.
    Target = tuple[Node, Region]
    # What requires a package (None: the project), and the versions that it allows (None: an address).
    Requirer = tuple[NormalizedName | None, VersionConstraint | None]
    # A requirer, and where it is one.
    Request = tuple[Requirer, Region]


@dataclass(frozen=True, slots=True)
class Pin:
    """An exact requirement of the lock package."""

    requirement: str
    """PEP 508 without the marker."""
    marker: BaseMarker
    """Where the pin holds. It does not mention ``extra``: a package has a pin for each extra that adds it."""
    extra: NormalizedName | None = None
    """The extra of the lock package that the pin belongs to, or None if it is always installed."""
    package: LockedPackage | None = None
    """What is pinned, or None for the project itself."""

    def __str__(self) -> str:
        """The PEP 508 text. The space before `;` is required after a direct reference."""
        return self.requirement if self.marker.is_any() else f"{self.requirement} ; {self.marker}"

    @property
    def requires_dist(self) -> str:
        """The PEP 508 text for the metadata of a wheel, where the marker has the extra."""
        if self.extra is None:
            return str(self)
        marker, extra = str(self.marker), f'extra == "{self.extra}"'
        if " or " in marker:
            marker = f"({marker})"
        return f"{self.requirement} ; {f'{marker} and {extra}' if marker else extra}"


@dataclass(frozen=True, slots=True)
class LeftToPlatform:
    """A package that is left to the platform somewhere, beside what is locked there."""

    name: NormalizedName
    version: str | None
    """The version on the platform, or None if the list leaves it open."""
    locked: tuple[LockedPackage, ...]
    """What Poetry would install there."""
    requirers: tuple[Requirer, ...] = ()
    """The project and pinned packages, as far as they require ``name`` there."""

    @property
    def locked_versions(self) -> str:
        """The versions of ``locked``, as text."""
        return " and ".join(package.version for package in self.locked)

    @property
    def is_other_version(self) -> bool:
        """Whether the version is known, and is another one than is locked."""
        return self.version is not None and any(Version(one.version) != Version(self.version) for one in self.locked)

    @property
    def unmet(self) -> tuple[tuple[NormalizedName | None, str], ...]:
        """The requirers that ``version`` does not suit, each with what it requires instead."""
        if self.version is None:
            return ()
        version = PoetryVersion.parse(self.version)
        return tuple(
            (by, "it from an address" if constraint is None else _specifier(constraint))
            for by, constraint in self.requirers
            if constraint is None or not constraint.allows(version)
        )


def _specifier(constraint: VersionConstraint) -> str:
    return f"=={constraint}" if isinstance(constraint, PoetryVersion) else str(constraint)


@dataclass(frozen=True, slots=True)
class Selection:
    """What the lock package pins, and what it leaves out."""

    pins: tuple[Pin, ...]
    """Pins of locked packages. A package may have several, for extras and for alternative markers."""
    ignored: tuple[LockedPackage, ...] = ()
    """The packages that ``--ignore`` names."""
    dropped: tuple[LockedPackage, ...] = ()
    """The packages that only ignored or provided ones need."""
    provided: tuple[LeftToPlatform, ...] = ()
    """The packages that are left to the platform somewhere, each compared with what is locked."""
    required: tuple[tuple[NormalizedName, NormalizedName | None], ...] = ()
    """Each ignored name that a pinned package or the project (None) still requires, with the name of that package.

    Installers follow that requirement, although there is no pin.
    """

    @property
    def by_package(self) -> dict[LockedPackage, list[Pin]]:
        """The pins of each package."""
        return pins_by_package(self.pins)


def pins_by_package(pins: Iterable[Pin]) -> dict[LockedPackage, list[Pin]]:
    """Those of ``pins`` that pin a locked package, by that package."""
    grouped: dict[LockedPackage, list[Pin]] = {}
    for pin in pins:
        if pin.package:
            grouped.setdefault(pin.package, []).append(pin)
    return grouped


def select(
    graph: LockedGraph,
    ignored: Collection[NormalizedName] = (),
    extras: Extras = frozenset(),
    *,
    self_contained: bool = False,
    provided: Collection[ProvidedPackage] = (),
) -> Selection:
    """Choose the packages of ``graph`` that Poetry installs, less ``ignored``, ``provided`` and what only those need.

    ``extras`` of the project are always installed; each other one by itself. With ``self_contained``, every extra
    has all that is installed with it, not only what differs from what is always installed.

    A package is dropped environment by environment: it stays, with a narrower marker, where something that is not
    left out still leads to it. A package that nothing left out leads to keeps its recorded marker letter for letter.
    """
    extra_sets: dict[NormalizedName | None, Extras] = {None: extras}
    extra_sets.update({extra: extras | {extra} for extra in graph.extras if self_contained or extra not in extras})
    if not ignored and not provided:
        return Selection(tuple(_recorded_pins(graph, extra_sets, self_contained=self_contained)))
    walk = Walk(graph, [package.marker for package in provided])
    # Several lines about one name add up.
    where_provided = walk.environments.joined((one.name, walk.environments.region(one.marker)) for one in provided)
    left_out = {**where_provided, **dict.fromkeys(ignored, EVERYWHERE)}
    remains = {some: _Remainder(walk, some, left_out) for some in dict.fromkeys(extra_sets.values())}
    pins = tuple(_remaining_pins(graph, extra_sets, remains, self_contained=self_contained))
    compared = tuple(_compare(walk, provided, remains.values())) if provided else ()
    kept = {pin.package for pin in pins} | {package for one in compared for package in one.locked}
    return Selection(
        pins,
        ignored=tuple(package for package in graph.packages if package.name in ignored),
        dropped=tuple(
            package
            for package, *installed in zip(graph.packages, *(one.installed for one in remains.values()), strict=True)
            # With the chosen extras, Poetry may not install it at all.
            if any(where != NOWHERE for where in installed) and package not in kept and package.name not in ignored
        ),
        provided=compared,
        required=_still_required(walk, ignored, where_provided, remains.values()),
    )


def _recorded_pins(graph: LockedGraph, extra_sets: ExtraSets, *, self_contained: bool) -> Iterator[Pin]:
    for package in graph.packages:
        always = with_extras(package.marker, extra_sets[None])
        for extra, installed in extra_sets.items():
            marker = with_extras(package.marker, installed)
            if not marker.is_empty() and (extra is None or self_contained or marker != always):
                yield from (pin(package, part, extra) for part in alternatives(marker))


def _remaining_pins(
    graph: LockedGraph, extra_sets: ExtraSets, remains: Mapping[Extras, _Remainder], *, self_contained: bool
) -> Iterator[Pin]:
    always = remains[extra_sets[None]]
    for index, package in enumerate(graph.packages):
        for extra, installed in extra_sets.items():
            here = remains[installed]
            if extra is None or self_contained or here.kept[index] != always.kept[index]:
                yield from (pin(package, marker, extra) for marker in here.markers(index))


def _compare(
    walk: Walk, provided: Iterable[ProvidedPackage], remains: Collection[_Remainder]
) -> Iterator[LeftToPlatform]:
    """Compare each provided package with the versions that Poetry installs there, and with what requires it there."""
    intersection, packages = walk.environments.intersection, walk.graph.packages
    requests = [one.requests(walk.graph.dependencies) for one in remains]
    for one in sorted(dict.fromkeys(provided), key=lambda one: (one.name, one.version or "")):
        where = walk.environments.region(one.marker)
        locked = {
            packages[index]: None
            for remainder in remains
            for index in walk.indexes[one.name]
            if intersection(where, remainder.installed[index]) != NOWHERE
        }
        requirers = {
            requirer: None
            for by_name in requests
            for requirer, region in by_name.get(one.name, ())
            if intersection(where, region) != NOWHERE
        }
        if locked:
            yield LeftToPlatform(one.name, one.version, tuple(locked), tuple(requirers))


def _still_required(
    walk: Walk,
    ignored: Collection[NormalizedName],
    where_provided: Mapping[NormalizedName, Region],
    remains: Iterable[_Remainder],
) -> tuple[tuple[NormalizedName, NormalizedName | None], ...]:
    """The pairs of ``Selection.required``; a requirement that the platform meets everywhere is left out."""
    found = {
        (name, by)
        for remainder in remains
        for name, requests in remainder.requests(walk.graph.own_dependencies).items()
        for (by, _), where in requests
        if name in ignored and walk.environments.difference(where, where_provided.get(name, NOWHERE)) != NOWHERE
    }
    return tuple(sorted(found, key=lambda pair: (pair[0], pair[1] or "")))


class _Remainder:
    """What remains of the locked packages, with ``extras`` of the project, without those ``left_out``."""

    def __init__(self, walk: Walk, extras: Extras, left_out: Mapping[NormalizedName, Region]) -> None:
        self.installed = [walk.environments.region(package.marker, extras) for package in walk.graph.packages]
        """For each package of the graph: the environments in which Poetry installs it."""
        self._walk = walk
        self._extras = extras
        self._left_out = left_out
        self._reached = self._reach()
        self.kept = [self._reached.get((index, None), NOWHERE) for index in range(len(self.installed))]
        """For each package of the graph: the environments in which it stays."""

    def _reach(self) -> Mapping[Node, Region]:
        difference = self._walk.environments.difference
        start = list(self._walk.targets(self._walk.graph.dependencies, self._extras))
        needed = self._walk.reached(start, self.installed)
        # A locked package that nothing leads to even with nothing left out: Poetry installs it, so it stays,
        # and its dependencies stay with it.
        start += [
            ((index, None), difference(region, needed.get((index, None), NOWHERE)))
            for index, region in enumerate(self.installed)
        ]
        allowed = [
            difference(region, self._left_out.get(package.name, NOWHERE))
            for package, region in zip(self._walk.graph.packages, self.installed, strict=True)
        ]
        return self._walk.reached(start, allowed)

    def markers(self, index: int) -> tuple[BaseMarker, ...]:
        """Markers for where the package stays: the recorded one, if it holds exactly there."""
        kept, package = self.kept[index], self._walk.graph.packages[index]
        if kept == self.installed[index] != NOWHERE:
            return alternatives(with_extras(package.marker, self._extras))
        return self._walk.environments.markers(kept)

    def requests(self, own: Iterable[Dependency]) -> Mapping[NormalizedName, list[Request]]:
        """What requires each name that is left out: the project by ``own`` dependencies, or a package that stays."""
        walk, union, intersection = self._walk, self._walk.environments.union, self._walk.environments.intersection
        left_out = {
            name: intersection(where, reduce(union, (self.installed[i] for i in walk.indexes[name]), NOWHERE))
            for name, where in self._left_out.items()
        }
        edges: list[tuple[NormalizedName | None, Dependency, Region]] = [
            (None, *edge) for edge in walk.holding(own, self._extras)
        ]
        for (index, extra), where in self._reached.items():
            package = walk.graph.packages[index]
            for dependency, edge in walk.holding(package.dependencies, _extras_of(extra)):
                edges.append((package.name, dependency, intersection(where, edge)))
        found: defaultdict[NormalizedName, list[Request]] = defaultdict(list)
        for by, dependency, where in edges:
            if dependency.name in left_out:
                there = intersection(where, left_out[dependency.name])
                found[dependency.name].append(((by, dependency.constraint), there))
        return found


class Walk:
    """The locked graph, with its edges as sets of environments."""

    def __init__(self, graph: LockedGraph, markers: Iterable[BaseMarker] = ()) -> None:
        """Prepare for regions of what is in ``graph``, and of ``markers``."""
        self.graph = graph
        self.environments = Environments(
            (
                *(package.marker for package in graph.packages),
                *(dependency.marker for dependency in (*graph.dependencies, *graph.own_dependencies)),
                *(dependency.marker for package in graph.packages for dependency in package.dependencies),
                *markers,
            ),
            graph.python,
        )
        self.indexes: defaultdict[NormalizedName, list[int]] = defaultdict(list)
        for index, package in enumerate(graph.packages):
            self.indexes[package.name].append(index)
        self.edges = cache(self._edges_from)

    def reached(self, start: Iterable[Target], allowed: Sequence[Region]) -> Mapping[Node, Region]:
        """Where each node is reached from ``start``, as far as its package is ``allowed``."""
        return reach(self.environments, start, self.edges, lambda node: allowed[node[0]])

    def targets(self, dependencies: Iterable[Dependency], extras: Extras) -> Iterator[Target]:
        """What ``dependencies`` of something with ``extras`` lead to, and where they hold."""
        for dependency, where in self.holding(dependencies, extras):
            # Every version of the name: their markers decide which of them is installed where.
            for index in self.indexes[dependency.name]:
                yield from (((index, extra), where) for extra in (None, *dependency.extras))

    def holding(self, dependencies: Iterable[Dependency], extras: Extras) -> Iterator[tuple[Dependency, Region]]:
        """Those of ``dependencies`` that hold somewhere for something with ``extras``, and where."""
        for dependency in dependencies:
            if (where := self.environments.region(dependency.marker, extras)) != NOWHERE:
                yield dependency, where

    def _edges_from(self, node: Node) -> tuple[Target, ...]:
        index, extra = node
        return tuple(self.targets(self.graph.packages[index].dependencies, _extras_of(extra)))


def _extras_of(extra: NormalizedName | None) -> Extras:
    return frozenset({extra} if extra else ())


def pin(package: LockedPackage, marker: BaseMarker, extra: NormalizedName | None = None) -> Pin:
    """Pin ``package`` by a requirement that no other release meets."""
    return Pin(requirement(package), marker, extra, package)


def requirement(package: LockedPackage) -> str:
    """The requirement that only ``package`` meets, and no other release.

    Path and file dependencies are pinned by version, because their path means nothing on other machines.
    """
    if package.source and package.source.direct:
        return f"{package.name} @ {package.source.direct}"
    return f"{package.name}=={package.version}"


def make_pins(selection: Selection, root: Project | None, extras: Extras = frozenset()) -> tuple[Pin, ...]:
    """The pins of ``selection``, and of ``root`` with ``extras`` at its version unless it is None.

    Each other extra of the project requires ``root[extra]`` as well, so that installers apply the
    project's own metadata for that extra too. Raises PinError with all packages that no
    requirement can express.
    """
    problems = {
        (package.name, problem)
        for package, pins in selection.by_package.items()
        for pin in pins
        if (problem := _obstacle(package, pin.marker))
    }
    if problems:
        raise PinError(sorted(problems))
    return (*_root_pins(root, extras), *selection.pins)


def _root_pins(root: Project | None, extras: frozenset[NormalizedName]) -> Iterator[Pin]:
    if root is None:
        return
    asked_for = f"[{','.join(sorted(extras))}]" if extras else ""
    yield Pin(f"{root.name}{asked_for}=={root.version}", AnyMarker())
    for extra in root.extras:
        if extra not in extras:
            yield Pin(f"{root.name}[{extra}]=={root.version}", AnyMarker(), extra)


def _obstacle(package: LockedPackage, marker: BaseMarker) -> str | None:
    if package.source and package.source.obstacle:
        return package.source.obstacle
    if not (marker.is_any() or _is_pep_508(str(marker))):
        return "has a marker that PEP 508 cannot express"
    if is_read_otherwise(marker):
        return "has a marker that pip and Poetry read differently"
    return None


@cache
def _is_pep_508(marker: str) -> bool:
    """Whether other tools can read ``marker``: poetry-core accepts strings that PEP 508 does not allow."""
    try:
        # A line end would start a new field in the metadata of the wheel.
        return marker.isascii() and marker.isprintable() and "\\" not in marker and bool(Marker(marker))
    except InvalidMarker:
        return False

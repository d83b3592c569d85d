"""What a lock can say and core metadata cannot, mostly about extras of the project.

An extra in core metadata can only add requirements. In a lock, an extra can also remove
a package, two extras together can add one, and a package can have several versions at once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import extras_in
from poetry_plugin_lock_package.markers.regions import NOWHERE, Environments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage

    Extras = frozenset[NormalizedName]


@dataclass(frozen=True, slots=True)
class Inexpressible:
    """A package that is locked in a way that pins cannot express."""

    package: LockedPackage
    taken_by: NormalizedName | None = None
    """The extra without which the package is installed, and with which it is not. If None, several extras matter."""
    is_exclusive: bool = False
    """Whether several extras exclude the package together; otherwise only together they bring it."""


def find_inexpressible(graph: LockedGraph, installed: Extras) -> Iterator[Inexpressible]:
    """Everything about extras that the pins of ``graph`` cannot express, with the extras ``installed`` in the base."""
    for package in graph.packages:
        if extras := extras_in(package.marker).intersection(graph.extras) - installed:
            yield from _check(package, sorted(extras), installed, Environments([package.marker], graph.python))


def find_excluded(graph: LockedGraph, installed: Extras) -> Iterator[LockedPackage]:
    """The packages that one of the extras ``installed`` needs and that Poetry leaves out because of another one."""
    for package in graph.packages:
        extras = extras_in(package.marker) & installed
        environments = Environments([package.marker], graph.python)
        together = environments.region(package.marker, installed)
        each = (environments.region(package.marker, frozenset({extra})) for extra in extras)
        if any(environments.difference(region, together) != NOWHERE for region in each):
            yield package


def find_conflicting(graph: LockedGraph, installed: Extras) -> Iterator[LockedPackage]:
    """Packages that the lock has in several versions for one environment, with ``installed`` or one more extra.

    Poetry sometimes writes such a lock (https://github.com/python-poetry/poetry/issues/9826). Installers refuse it.
    """
    versions: defaultdict[NormalizedName, list[LockedPackage]] = defaultdict(list)
    for package in graph.packages:
        versions[package.name].append(package)
    extra_sets = (installed, *(installed | {extra} for extra in graph.extras))
    for packages in versions.values():
        if len(packages) > 1:
            environments = Environments([package.marker for package in packages], graph.python)
            conflicting = {
                package: None
                for pair in combinations(packages, 2)
                for extras in extra_sets
                if environments.intersection(*(environments.region(one.marker, extras) for one in pair)) != NOWHERE
                for package in pair
            }
            yield from conflicting


def _check(
    package: LockedPackage, extras: list[NormalizedName], installed: Extras, environments: Environments
) -> Iterator[Inexpressible]:
    """Compare where ``package`` is installed with none of ``extras``, with each, and with each two of them."""
    without = environments.region(package.marker, installed)
    each = {extra: environments.region(package.marker, installed | {extra}) for extra in extras}
    if taken_by := [extra for extra in extras if environments.difference(without, each[extra]) != NOWHERE]:
        yield from (Inexpressible(package, taken_by=extra) for extra in taken_by)
        return
    pairs = [
        (environments.region(package.marker, installed | {*pair}), environments.union(each[pair[0]], each[pair[1]]))
        for pair in combinations(extras, 2)
    ]
    if any(environments.difference(either, both) != NOWHERE for both, either in pairs):
        yield Inexpressible(package, is_exclusive=True)
    if any(environments.difference(both, either) != NOWHERE for both, either in pairs):
        yield Inexpressible(package)

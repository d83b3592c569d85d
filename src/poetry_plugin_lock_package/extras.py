"""What a lock says about extras of the project that the metadata of a package cannot say.

An extra in core metadata only ever adds requirements. A lock can also take a package
away with an extra, or want one for two extras together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.environments import NOWHERE, Environments
from poetry_plugin_lock_package.markers import atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lockfile import LockedGraph, LockedPackage


@dataclass(frozen=True, slots=True)
class Inexpressible:
    """``package`` is locked in a way that pins cannot follow.

    With ``taken_by`` an extra: it is installed without that extra, and not with it. Else it
    is for some extras together: not with all of them (``is_exclusive``), or only with several.
    """

    package: LockedPackage
    taken_by: NormalizedName | None = None
    is_exclusive: bool = False


def find_inexpressible(graph: LockedGraph) -> Iterator[Inexpressible]:
    """All that the pins of ``graph`` cannot say about the project's extras."""
    for package in graph.packages:
        extras = [extra for extra in graph.extras if any(f'"{extra}"' in str(a) for a in atoms(package.marker))]
        if any(atom.name == "extra" for atom in atoms(package.marker)):
            yield from _check(package, extras, Environments([package.marker], graph.python))


def _check(package: LockedPackage, extras: list[NormalizedName], environments: Environments) -> Iterator[Inexpressible]:
    without = environments.region(package.marker)
    each = {extra: environments.region(package.marker, frozenset({extra})) for extra in extras}
    taken_by = [extra for extra, region in each.items() if environments.difference(without, region) != NOWHERE]
    yield from (Inexpressible(package, taken_by=extra) for extra in taken_by)
    if taken_by:
        return
    pairs = {
        frozenset({one, other}): environments.union(each[one], each[other])
        for one in extras
        for other in extras
        if one < other
    }
    together = {pair: environments.region(package.marker, pair) for pair in pairs}
    if any(environments.difference(pairs[pair], together[pair]) != NOWHERE for pair in pairs):
        yield Inexpressible(package, is_exclusive=True)
    if any(environments.difference(together[pair], pairs[pair]) != NOWHERE for pair in pairs):
        yield Inexpressible(package)

"""The requirements that METADATA has, compared with the pins that were planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.markers.pip import PipMarkers
from poetry_plugin_lock_package.markers.regions import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from packaging.metadata import RawMetadata
    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint

    from poetry_plugin_lock_package.markers.regions import Environments, Region
    from poetry_plugin_lock_package.selection.select import Pin


def find_differences(
    metadata: RawMetadata,
    pins: Collection[Pin],
    extras: Collection[NormalizedName],
    python: VersionConstraint,
) -> Iterator[str]:
    """Name each requirement of ``metadata`` that is not as planned in ``pins``, and each pin that is missing.

    Markers count as equal if they hold in the same environments within the range ``python``, with no extra and with
    each one of ``extras``: poetry-core rewrites markers, and loses some (an empty one, a lone ``extra !=``). What is
    planned means what poetry-core takes it for, and what METADATA has means what pip does.
    """
    found = [Requirement(line) for line in metadata.get("requires_dist", [])]
    markers = [requirement.marker for requirement in found if requirement.marker]
    as_read = PipMarkers(markers, [pin.marker for pin in pins], python)
    environments = as_read.environments
    views = [None, *sorted(extras)]

    def regions_of(pin: Pin) -> list[Region]:
        where = environments.region(pin.marker)
        return [where if pin.extra in (None, extra) else NOWHERE for extra in views]

    # Many pins share a requirement, one for each of its alternative markers: parse it once.
    spelt = {text: _spell(Requirement(text)) for text in {pin.requirement for pin in pins}}
    planned = _merge(environments, ((spelt[pin.requirement], regions_of(pin)) for pin in pins))
    read = _merge(
        environments,
        ((_spell(one), [as_read.region(one.marker, extra) for extra in views]) for one in found),
    )
    for text in planned.keys() | read.keys():
        if text not in planned:
            yield f"{text} was not planned"
        elif text not in read:
            yield f"{text} is missing"
        elif read[text] != planned[text]:
            yield f"{text} has another marker"
    if differing := set(metadata.get("provides_extra", [])) ^ set(extras):
        yield f"the extras differ by {', '.join(sorted(differing))}"


def _merge(
    environments: Environments, entries: Iterable[tuple[str, Sequence[Region]]]
) -> dict[str, tuple[Region, ...]]:
    """The regions of each requirement; a requirement that occurs twice holds where either of them does."""
    merged: dict[str, tuple[Region, ...]] = {}
    for text, regions in entries:
        merged[text] = tuple(map(environments.union, regions, merged.get(text, [NOWHERE] * len(regions))))
    return merged


def _spell(requirement: Requirement) -> str:
    """``requirement`` without its marker, in one spelling for equal requirements."""
    names = ",".join(sorted(map(canonicalize_name, requirement.extras)))
    extras = f"[{names}]" if names else ""
    what = f" @ {requirement.url}" if requirement.url else requirement.specifier
    return f"{canonicalize_name(requirement.name)}{extras}{what}"

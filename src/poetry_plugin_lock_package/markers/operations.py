"""The marker operations that poetry-core lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry.core.version.markers import (
    AnyMarker,
    EmptyMarker,
    MarkerUnion,
    MultiMarker,
    SingleMarkerLike,
    intersection,
    parse_marker,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any, TypeAlias

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    # A condition about one variable. poetry-core types its constraint as one of two
    # unrelated classes, which it cannot tell apart statically itself.
    Atom: TypeAlias = SingleMarkerLike[Any]


def any_extra_of(extras: Iterable[NormalizedName]) -> BaseMarker:
    """The marker that holds if any of ``extras`` is installed, or always if there are none."""
    return parse_marker(" or ".join(f'extra == "{extra}"' for extra in sorted(extras)))


def with_extras(marker: BaseMarker, extras: Collection[NormalizedName]) -> BaseMarker:
    """``marker`` with its ``extra`` conditions decided, as if exactly ``extras`` were installed.

    poetry-core's ``without_extras`` strips such conditions instead, which turns
    ``A or extra == "x"`` into ``A`` whether or not ``x`` is installed.
    A marker that does not mention ``extra`` comes back as it is.
    """
    if isinstance(marker, MultiMarker):
        parts = [with_extras(part, extras) for part in marker.markers]
        # Leave out parts that always hold: poetry-core may keep them and write "<empty>".
        return marker if parts == list(marker.markers) else intersection(*(p for p in parts if not p.is_any()))
    if isinstance(marker, MarkerUnion):
        parts = [with_extras(part, extras) for part in marker.markers]
        return marker if parts == list(marker.markers) else union(*(p for p in parts if not p.is_empty()))
    if isinstance(marker, SingleMarkerLike) and marker.name == "extra":
        return AnyMarker() if marker.validate({"extra": set(extras)}) else EmptyMarker()
    return marker


def atoms(marker: BaseMarker) -> Iterator[Atom]:
    """The conditions that ``marker`` combines by `and` and `or`, each about one variable."""
    if isinstance(marker, (MultiMarker, MarkerUnion)):
        for part in marker.markers:
            yield from atoms(part)
    elif isinstance(marker, SingleMarkerLike):
        yield marker

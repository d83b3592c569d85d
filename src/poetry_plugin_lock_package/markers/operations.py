"""The marker operations that poetry-core lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from poetry.core.constraints.generic import Constraint, MultiConstraint, UnionConstraint
from poetry.core.version.markers import (
    AnyMarker,
    AtomicMarkerUnion,
    EmptyMarker,
    MarkerUnion,
    MultiMarker,
    SingleMarkerLike,
    intersection,
    parse_marker,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import Any, TypeAlias

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    # A condition about one variable. poetry-core types its constraint as one of two
    # unrelated classes, which it cannot tell apart statically itself.
    Atom: TypeAlias = SingleMarkerLike[Any]


class Alternatives(MarkerUnion):
    """Markers of which one has to hold, and which stay apart.

    poetry-core would take too long to simplify their union, or would misread it.
    """


def alternatives(marker: BaseMarker) -> tuple[BaseMarker, ...]:
    """The parts of ``marker`` that have to stay apart, as requirements of their own."""
    return marker.markers if isinstance(marker, Alternatives) else (marker,)


def any_extra_of(extras: Iterable[NormalizedName]) -> BaseMarker:
    """The marker that holds if any of ``extras`` is installed, or always if there are none."""
    return parse_marker(" or ".join(f'extra == "{extra}"' for extra in sorted(extras)))


def with_extras(marker: BaseMarker, extras: Collection[NormalizedName]) -> BaseMarker:
    """``marker`` with its ``extra`` conditions decided, as if exactly ``extras`` were installed.

    poetry-core's ``without_extras`` strips such conditions instead, which turns
    ``A or extra == "x"`` into ``A`` whether or not ``x`` is installed.
    A marker that does not mention ``extra`` comes back as it is.
    """

    def decided(atom: Atom) -> BaseMarker:
        return AnyMarker() if atom.validate({"extra": set(extras)}) else EmptyMarker()

    return _replace_extras(marker, decided)


def with_alternative_extras(marker: BaseMarker) -> BaseMarker:
    """``marker`` of a dependency of a locked package, with its ``extra`` conditions as Poetry reads them there.

    The extras that it names are alternatives, whatever joins them, and ``extra != "x"`` always holds: Poetry takes the
    marker without them, and then asks whether any of the extras is requested (``Provider.complete_package``). It
    locks two extras that ask for one name as ``extra == "x" and extra == "y"``.
    """
    named = {
        canonicalize_name(part.value)
        for atom in atoms(marker)
        if atom.name == "extra"
        for part in parts_of(atom)
        if part.operator == "=="
    }
    either = any_extra_of(named)

    def replaced(atom: Atom) -> BaseMarker:
        joined = any if isinstance(atom, AtomicMarkerUnion) else all
        return AnyMarker() if joined(part.operator == "!=" for part in parts_of(atom)) else either

    return _replace_extras(marker, replaced)


def _replace_extras(marker: BaseMarker, replace: Callable[[Atom], BaseMarker]) -> BaseMarker:
    if isinstance(marker, MultiMarker):
        parts = [_replace_extras(part, replace) for part in marker.markers]
        # Leave out parts that always hold: poetry-core may keep them and write "<empty>".
        return marker if parts == list(marker.markers) else _join(intersection, [p for p in parts if not p.is_any()])
    if isinstance(marker, MarkerUnion):
        parts = [_replace_extras(part, replace) for part in marker.markers]
        return marker if parts == list(marker.markers) else _join(union, [p for p in parts if not p.is_empty()])
    if isinstance(marker, SingleMarkerLike) and marker.name == "extra":
        return replace(marker)
    return marker


def _join(join: Callable[..., BaseMarker], parts: Sequence[BaseMarker]) -> BaseMarker:
    if any(part.is_empty() for part in parts):
        return EmptyMarker()
    return parts[0] if len(parts) == 1 else join(*parts)


def atoms(marker: BaseMarker) -> Iterator[Atom]:
    """The conditions that ``marker`` combines by `and` and `or`, each about one variable."""
    if isinstance(marker, (MultiMarker, MarkerUnion)):
        for part in marker.markers:
            yield from atoms(part)
    elif isinstance(marker, SingleMarkerLike):
        yield marker


def extras_in(marker: BaseMarker) -> frozenset[NormalizedName]:
    """The extras that the conditions of ``marker`` name."""
    parts = (part for atom in atoms(marker) if atom.name == "extra" for part in parts_of(atom))
    return frozenset(canonicalize_name(part.value) for part in parts if isinstance(part, Constraint))


def parts_of(atom: Atom) -> Sequence[Any]:
    """The comparisons that poetry-core has merged into ``atom``."""
    if isinstance(atom.constraint, (MultiConstraint, UnionConstraint)):
        return atom.constraint.constraints
    return (atom.constraint,)

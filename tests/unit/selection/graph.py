"""Locked graphs, written down as values."""

from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from poetry.core.constraints.version import parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.lock.model import Dependency, LockedGraph, LockedPackage
from poetry_plugin_lock_package.selection.select import Selection


def package(name: str, version: str = "1.0", *, marker: str = "", requires: Iterable[str] = ()) -> LockedPackage:
    """A locked package; ``requires`` are PEP 508, with ``extra`` for its own extras."""
    return LockedPackage(
        canonicalize_name(name), version, parse_marker(marker), dependencies=tuple(map(_dependency, requires))
    )


def graph(requires: Iterable[str], *packages: LockedPackage, extras: Iterable[str] = ()) -> LockedGraph:
    """A project that ``requires`` some of ``packages``, with ``extra`` for its own extras."""
    dependencies = tuple(map(_dependency, requires))
    return LockedGraph(
        packages,
        dependencies,
        own_dependencies=dependencies,
        extras=tuple(map(canonicalize_name, extras)),
        python=parse_constraint(">=3.9"),
        lock_version="2.1",
        records_markers=True,
        digest="",
        content_hash="",
    )


def _dependency(text: str) -> Dependency:
    requirement = Requirement(text)
    extras = frozenset(map(canonicalize_name, requirement.extras))
    # No version meets an address.
    constraint = None if requirement.url else parse_constraint(str(requirement.specifier) or "*")
    marker = parse_marker(str(requirement.marker or ""))
    return Dependency(canonicalize_name(requirement.name), extras, marker, constraint)


def pins(selection: Selection) -> set[str]:
    """What ``selection`` pins, each as ``name[extra]==version ; marker``."""
    return {
        f"{package.name}{f'[{pin.extra}]' if pin.extra else ''}=={package.version}"
        + ("" if pin.marker.is_any() else f" ; {pin.marker}")
        for package, pins in selection.by_package.items()
        for pin in pins
    }

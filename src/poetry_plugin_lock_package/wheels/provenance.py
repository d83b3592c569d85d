"""What a lock package was made from, in words: so that anybody can tell which lock a deployed environment has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.selection.select import Selection


def describe_provenance(
    project: Project,
    graph: LockedGraph,
    selection: Selection,
    groups: Collection[NormalizedName],
    extras: Collection[NormalizedName],
) -> str:
    """The long description of the lock package that pins ``selection``, the same on every machine."""
    lines = {
        "Project": f"{project.name} {project.version}",
        "SHA-256 of poetry.lock": graph.digest,
        "Content-hash in it": graph.content_hash,
        "Groups": ", ".join(sorted(groups)),
        "Extras that are always installed": ", ".join(sorted(extras)),
        "Ignored": _releases(selection.ignored),
        "Dropped with them": _releases(selection.dropped),
        "Packages pinned": str(len({chosen.package for chosen in selection.selected})),
    }
    facts = (f"- {label}: {one_line(value) or 'none'}" for label, value in lines.items())
    return "\n".join(["Made by `poetry lock-package`:", "", *facts, ""])


def _releases(packages: Iterable[LockedPackage]) -> str:
    return ", ".join(f"{package.name} {package.version}" for package in packages)

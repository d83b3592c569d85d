"""The long description of a lock package, from which people can tell which lock an environment has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
    from poetry_plugin_lock_package.project import Release
    from poetry_plugin_lock_package.selection.provided import ProvidedFile
    from poetry_plugin_lock_package.selection.select import Selection


def describe_provenance(
    project: Release,
    graph: LockedGraph,
    selection: Selection,
    groups: Collection[NormalizedName],
    extras: Collection[NormalizedName],
) -> str:
    """The long description of the lock package that pins ``selection``, the same on every machine.

    The version of ``project`` is empty if it is not pinned: the same lock gives the same file for all its versions.
    """
    lines = {
        "Project": f"{project.name} {project.version}".rstrip(),
        "SHA-256 of poetry.lock": graph.digest,
        "Content-hash in it": graph.content_hash,
        "Groups": ", ".join(sorted(groups)),
        "Extras that are always installed": ", ".join(sorted(extras)),
        "Ignored": _releases(selection.ignored),
        "Dropped with them": _releases(selection.dropped),
        "Packages pinned": str(len(selection.by_package)),
    }
    facts = (f"- {label}: {one_line(value) or 'none'}" for label, value in lines.items())
    return "\n".join(["Made by `poetry lock-package`:", "", *facts, ""])


def describe_provided(files: Iterable[ProvidedFile], selection: Selection) -> str:
    """More of the description where ``files`` list what a platform provides: their hashes, and what is left to it."""
    lines = [f"- SHA-256 of {one_line(file.name)}, a list of what is provided: {file.digest}" for file in files]
    if not lines:
        return ""
    provided = (
        f"{one.name} {one.version or 'in any version'} (locked {one.locked_versions})" for one in selection.provided
    )
    return "\n".join([*lines, f"- Left to the platform: {', '.join(provided) or 'none'}", ""])


def _releases(packages: Iterable[LockedPackage]) -> str:
    return ", ".join(f"{package.name} {package.version}" for package in packages)

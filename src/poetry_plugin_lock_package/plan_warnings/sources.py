"""Warnings about where packages come from: what a wheel cannot say of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.lock.model import LockedPackage, Source
    from poetry_plugin_lock_package.plan import Plan


def source_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages from a path, another index, or an address of their own."""
    sourced = [(package, package.source) for package in plan.pinned_packages if package.source]
    local = [package for package, source in sourced if source.type in ("directory", "file")]
    if local and not plan.options.path_wheels:
        yield PlanWarning(
            "path-dependencies",
            "Locked from a path, and pinned by version",
            names_of(local),
            "Build with --path-wheels to have its wheel as well, or publish it where installers find it",
        )
    for index in sorted({source.reference for _, source in sourced if source.type == "legacy" and source.reference}):
        yield PlanWarning(
            "private-sources",
            f"Locked from the source {index}, which a wheel cannot name",
            names_of(package for package, source in sourced if (source.type, source.reference) == ("legacy", index)),
            "Give its address to installers",
            is_long_story=True,
        )
    yield from _address_warnings([(package, source) for package, source in sourced if source.direct])


def _address_warnings(sourced: list[tuple[LockedPackage, Source]]) -> Iterator[PlanWarning]:
    if sourced:
        yield PlanWarning(
            "direct-references",
            "Pinned by a URL, which public indexes refuse, and uv as well if it installs the wheel by name",
            names_of(package for package, _ in sourced),
            "Install the wheel by its path",
            is_long_story=True,
        )
    if queried := [package for package, source in sourced if "?" in (source.direct or "")]:
        yield PlanWarning(
            "url-query", "The query of its URL is kept", names_of(queried), "Make sure that it holds no secret"
        )
    if hashed := [package for package, source in sourced if source.had_hash]:
        yield PlanWarning(
            "url-hash",
            "A wheel cannot keep the hash in its URL",
            names_of(hashed),
            "Use --constraints to have hashes checked",
        )
    if secret := [package for package, source in sourced if source.had_secret]:
        yield PlanWarning(
            "url-credentials",
            "The user name or password in its URL was left out",
            names_of(secret),
            "Give it to installers in another way",
            is_long_story=True,
        )

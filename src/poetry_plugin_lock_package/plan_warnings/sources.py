"""Warnings about where packages come from: what a wheel cannot say of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, names_of, pinned_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.plan import Plan


def source_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages from a path, another index, or an address of their own."""
    sourced = [(package, package.source) for package in pinned_packages(plan) if package.source]
    if local := [package for package, source in sourced if source.type in ("directory", "file")]:
        yield PlanWarning(
            "path-dependencies",
            "Pinned by version although locked from a path, so publish them too",
            names_of(local),
        )
    for index in sorted({source.reference for _, source in sourced if source.type == "legacy" and source.reference}):
        of_it = [package for package, source in sourced if source.type == "legacy" and source.reference == index]
        yield PlanWarning(
            "private-sources",
            f"Locked from the source {index}, which a wheel cannot name, so point installers at it",
            names_of(of_it),
        )
    if direct := [package for package, source in sourced if source.direct]:
        yield PlanWarning(
            "direct-references", "Pinned by direct reference, which public indexes refuse", names_of(direct)
        )
    if queried := [package for package, source in sourced if "?" in (source.direct or "")]:
        yield PlanWarning(
            "url-query", "The query of its URL is kept, so see that it holds no secret", names_of(queried)
        )
    if hashed := [package for package, source in sourced if source.had_hash]:
        yield PlanWarning("url-hash", "The hash in its URL cannot be kept in a wheel", names_of(hashed))
    if secret := [package for package, source in sourced if source.had_secret]:
        yield PlanWarning(
            "url-secret",
            "User name or password in its URL was left out, so installers need it from elsewhere",
            names_of(secret),
        )

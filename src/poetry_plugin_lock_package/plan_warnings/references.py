"""Warnings about packages that something requires by another address than that of the pin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import PlanWarning, keeps_ranges, names_of
from poetry_plugin_lock_package.text import bare_url, has_hash, subdirectory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.lock.model import Source
    from poetry_plugin_lock_package.plan import Plan


def reference_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are pinned by an address, and required by another one: pip does not accept both."""
    packages = plan.pinned_packages
    required = dict(plan.project.direct_references) if keeps_ranges(plan) else {}
    moving = [p for p in packages if p.name in required and p.source and _differs(p.source, required[p.name])]
    for source_type, remedy in (("git", "Name the locked commit"), ("url", "Name the URL without its hash")):
        if of_type := [package for package in moving if package.source and package.source.type == source_type]:
            yield PlanWarning(
                "moving-reference",
                f"{plan.project.name} requires another reference than the one that is pinned, and pip refuses to"
                " install both",
                names_of(of_type),
                f"{remedy} in pyproject.toml",
                is_long_story=True,
            )
    commits = {p.name: p.source.direct for p in packages if p.source and p.source.type == "git" and p.source.direct}
    moving_for = dict.fromkeys(
        f"{reference.name} (for {package.name})"
        for package in packages
        for reference in package.references
        if reference.name in commits
        and reference.git is not None
        and not (reference.git and commits[reference.name].partition("#")[0].endswith(f"@{reference.git}"))
    )
    if moving_for:
        yield PlanWarning(
            "moving-reference-of-a-pin",
            "A pinned package requires another reference than the commit that is pinned, and pip refuses to install"
            " both",
            tuple(moving_for),
            "Name the commit where it is required",
        )


def _differs(source: Source, url: str) -> bool:
    """Whether pip takes ``url`` for another address than that of ``source``; only parts of a fragment count."""
    if source.type != "url" or source.direct is None:
        return source.direct != url
    return has_hash(url) or (bare_url(url), subdirectory(url)) != (bare_url(source.direct), subdirectory(source.direct))


def path_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are pinned, and required from a path of the machine that built what requires them."""
    packages = plan.pinned_packages
    pinned = {package.name for package in packages}
    names = [f"{name} (for {plan.project.name})" for name in plan.project.paths if name in pinned]
    # With --path-wheels, the wheels that are built have no references by path.
    is_rewritten = plan.options.path_wheels
    if is_rewritten or not keeps_ranges(plan):
        names.clear()
    names += [
        f"{reference.name} (for {package.name})"
        for package in packages
        for reference in package.references
        if reference.git is None
        and reference.name in pinned
        and not (is_rewritten and package.source and package.source.type == "directory")
    ]
    if names:
        yield PlanWarning(
            "required-from-a-path",
            "Required from a path, where pip looks for it on any machine, instead of taking what is pinned",
            tuple(dict.fromkeys(names)),
            f"{'' if is_rewritten else 'Build with --path-wheels. Or, '}where it is required, keep its path in"
            " [tool.poetry.dependencies], and name it in [project] dependencies",
            is_long_story=True,
        )

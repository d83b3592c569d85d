"""What is said about a lock package: summary and warnings, as plain text."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import atoms
from poetry_plugin_lock_package.selection.conflicts import find_conflicting, find_excluded, find_inexpressible
from poetry_plugin_lock_package.selection.ignore import closest_names
from poetry_plugin_lock_package.urls import bare_url, has_hash, subdirectory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from poetry_plugin_lock_package.lock.model import LockedPackage, Source
    from poetry_plugin_lock_package.output.delivery import Delivered, Delivery
    from poetry_plugin_lock_package.plan import Plan


def summary(plan: Plan) -> Iterator[str]:
    """How many packages are pinned, which were ignored, and which were dropped with them."""
    pinned = {chosen.package for chosen in plan.selection.selected}
    yield f"Pinned {len(pinned)} {'package' if len(pinned) == 1 else 'packages'}"
    if plan.selection.ignored:
        yield f"Ignored {_names(plan.selection.ignored)}"
    if plan.selection.dropped:
        yield f"Dropped with them {_names(plan.selection.dropped)}"


def details(plan: Plan) -> Iterator[str]:
    """Every pin, and the extra that it belongs to."""
    for pin in plan.pins:
        yield f"{pin} (extra {pin.extra})" if pin.extra else str(pin)


def deliveries(delivered: Delivered, delivery: Delivery) -> Iterator[str]:
    """What was built, and where it went."""
    for file in delivered.files:
        yield f"{'Built' if file.suffix == '.whl' else 'Wrote'} {file.name}"
    if delivery.target:
        repository = delivery.target.repository
        if delivery.dry_run:
            yield f"Would be published to {repository}"
        elif delivered.published:
            yield f"Published to {repository}"
        else:
            yield f"Not published: {repository} has a file of that name already"


def warnings(plan: Plan, delivery: Delivery) -> Iterator[str]:
    """All that a user should know before this lock package is installed somewhere, each with its reason."""
    locked = {package.name for package in plan.graph.packages}
    for pattern in plan.options.ignore:
        if not any(pattern.matches(name) for name in locked):
            closest = closest_names(pattern, locked)
            yield f"--ignore {pattern.text} matches no locked package" + (
                f"; the closest names are {', '.join(closest)}" if closest else ""
            )
    yield from _required_warnings(plan)
    if not plan.graph.records_markers:
        yield (
            f"poetry.lock has format {plan.graph.lock_version}, which does not record markers, so Poetry's solver"
            " worked them out. Run `poetry lock` to have them recorded"
        )
    if plan.graph.unsolved:
        where = " or ".join(map(str, plan.graph.unsolved))
        yield f"Poetry cannot install this lock where {where}: nothing is pinned there"
    if plan.graph.packages and not plan.selection.selected and not plan.options.ignore:
        yield "Nothing is pinned, although poetry.lock has packages: see what the project requires of them, and where"
    if not plan.project.has_version:
        yield (
            "The project has no version that Poetry knows, so every lock package has version 0. Set its version with"
            " --set-version"
        )
    if not plan.project.is_package:
        yield "The project is in non-package mode: it is not pinned itself, as with --no-root"
    yield from _source_warnings(_unique(chosen.package for chosen in plan.selection.selected))
    yield from _reference_warnings(plan)
    yield from _path_warnings(plan)
    if plan.pinned_metadata and plan.project.wider_python:
        yield (
            f"The wheel allows Python {plan.project.wider_python}, and poetry.lock is for"
            f" {plan.project.requires_python} only: elsewhere the pins are not those that Poetry would install."
            " Narrow requires-python in pyproject.toml"
        )
    yield from _extra_warnings(plan)
    if conflicting := _conflicting(plan):
        yield (
            "Locked at several versions for one environment, which pip cannot install:"
            f" {_listed(f'{package.name} {package.version}' for package in conflicting)}. Correct the markers in"
            " pyproject.toml, and run `poetry lock`"
        )
    yield from _marker_warnings(plan)
    yield from _constraint_warnings(plan, delivery)


def _required_warnings(plan: Plan) -> Iterator[str]:
    """Ignored, and installed after all: installers obey the metadata of what they install."""
    required = plan.selection.required
    if _keeps_ranges(plan) and (by_project := _listed(name for name, by in required if by is None)):
        yield (
            f"Ignored, but {plan.project.name} itself requires it, so pip installs it after all, in any version that"
            f" fits: {by_project}. Build with --include-root, which leaves nothing but the pins, or with --no-root and"
            " install the project with pip install --no-deps, or make the dependency optional"
        )
    by_pin = {name: _listed(by for other, by in required if other == name) for name, by in required if by}
    if by_pin:
        yield (
            "Ignored, but what is pinned requires it, so pip installs it unless it finds it, in any version that fits:"
            f" {_listed(f'{name} (for {by})' for name, by in by_pin.items())}"
        )


def _listed(names: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))


def _source_warnings(packages: list[LockedPackage]) -> Iterator[str]:
    sourced = [(package, package.source) for package in packages if package.source]
    if local := [package for package, source in sourced if source.type in ("directory", "file")]:
        yield f"Pinned by version although locked from a path, so publish them too: {_names(local)}"
    for index in sorted({source.reference for _, source in sourced if source.type == "legacy" and source.reference}):
        of_it = [package for package, source in sourced if source.type == "legacy" and source.reference == index]
        yield f"Locked from the source {index}, which a wheel cannot name, so point installers at it: {_names(of_it)}"
    if direct := [package for package, source in sourced if source.direct]:
        yield f"Pinned by direct reference, which public indexes refuse: {_names(direct)}"
    if queried := [package for package, source in sourced if "?" in (source.direct or "")]:
        yield f"The query of its URL is kept, so see that it holds no secret: {_names(queried)}"
    if hashed := [package for package, source in sourced if source.had_hash]:
        yield f"The hash in its URL cannot be kept in a wheel: {_names(hashed)}"
    if secret := [package for package, source in sourced if source.had_secret]:
        yield f"User name or password in its URL was left out, so installers need it from elsewhere: {_names(secret)}"


def _keeps_ranges(plan: Plan) -> bool:
    """Whether the requirements of the project itself are installed beside the pins."""
    return plan.root is not None or (plan.pinned_metadata is not None and plan.pinned_metadata.mode == "add")


def _reference_warnings(plan: Plan) -> Iterator[str]:
    """What is pinned by an address, and required by another one, beside which pip does not accept it."""
    packages = _unique(chosen.package for chosen in plan.selection.selected)
    required = dict(plan.project.direct_references) if _keeps_ranges(plan) else {}
    if moving := [p for p in packages if p.name in required and p.source and _differs(p.source, required[p.name])]:
        yield (
            "Pinned at its commit, or without the hash of its URL, while the project itself requires another reference,"
            f" and pip refuses to install the two together: {_names(moving)}. Name the commit in pyproject.toml, or the"
            " URL without its hash, or build with --include-root, which leaves nothing but the pins, or with --no-root"
            " and install the project with pip install --no-deps"
        )
    commits = {p.name: p.source.direct for p in packages if p.source and p.source.type == "git" and p.source.direct}
    if moving_for := _listed(
        f"{reference.name} (for {package.name})"
        for package in packages
        for reference in package.references
        if reference.name in commits
        and reference.git is not None
        and not (reference.git and commits[reference.name].partition("#")[0].endswith(f"@{reference.git}"))
    ):
        yield (
            "Pinned at its commit, while what is pinned requires another reference, and pip refuses to install the two"
            f" together: {moving_for}. Name the commit where it is required"
        )


def _differs(source: Source, url: str) -> bool:
    """Whether pip takes ``url`` for another address than that of ``source``; of a fragment, not all counts."""
    if source.type != "url" or source.direct is None:
        return source.direct != url
    return has_hash(url) or (bare_url(url), subdirectory(url)) != (bare_url(source.direct), subdirectory(source.direct))


def _path_warnings(plan: Plan) -> Iterator[str]:
    """What is pinned, and required from a path of the machine that built what requires it."""
    packages = _unique(chosen.package for chosen in plan.selection.selected)
    pinned = {package.name for package in packages}
    names = [f"{name} (for the project itself)" for name in plan.project.paths if name in pinned]
    if not _keeps_ranges(plan):
        names.clear()
    remedy = ", or build with --include-root" if names else ""
    names += [
        f"{reference.name} (for {package.name})"
        for package in packages
        for reference in package.references
        if reference.git is None and reference.name in pinned
    ]
    if names:
        yield (
            "Required from a path, where pip looks for it on any machine, instead of taking what is pinned:"
            f" {_listed(names)}. Where it is required, name it in [project] dependencies, and its path in"
            f" [tool.poetry.dependencies] alone{remedy}"
        )


def _conflicting(plan: Plan) -> list[LockedPackage]:
    # Of a lock that records no markers, only one version is taken anywhere.
    if not plan.graph.records_markers:
        return []
    pinned = {chosen.package for chosen in plan.selection.selected}
    return [package for package in find_conflicting(plan.graph, plan.options.extras) if package in pinned]


def _extra_warnings(plan: Plan) -> Iterator[str]:
    gone = {*plan.selection.ignored, *plan.selection.dropped}
    problems = [
        problem for problem in find_inexpressible(plan.graph, plan.options.extras) if problem.package not in gone
    ]
    # As an extra of the project's own wheel, each has all that belongs to it.
    taken = (
        []
        if plan.pinned_metadata and plan.pinned_metadata.mode == "add"
        else [problem.taken_by for problem in problems]
    )
    for extra in filter(None, dict.fromkeys(taken)):
        names = _names(problem.package for problem in problems if problem.taken_by == extra)
        yield f"The extra {extra} takes away what is pinned without it, which no extra of a wheel can do: {names}"
    if len(plan.options.extras) > 1 and (excluded := list(find_excluded(plan.graph, plan.options.extras))):
        yield (
            "The extras that were asked for exclude each other, so Poetry leaves this out, and pip cannot install the"
            f" project with all of them: {_names(excluded)}"
        )
    if exclusive := [problem.package for problem in problems if problem.is_exclusive]:
        yield f"Locked under extras that exclude each other, so never install those together: {_names(exclusive)}"
    if joint := [problem.package for problem in problems if not (problem.is_exclusive or problem.taken_by)]:
        yield f"Locked for several extras together, which no extra of a wheel can say, so not pinned: {_names(joint)}"


def _marker_warnings(plan: Plan) -> Iterator[str]:
    if released := _unique(
        chosen.package
        for chosen in plan.selection.selected
        if any(atom.name in ("platform_release", "platform_version") for atom in atoms(chosen.marker))
    ):
        # A normalised name has nothing in it that a regular expression reads otherwise.
        patterns = " ".join(f"--ignore {name}" for name in dict.fromkeys(p.name for p in released))
        yield (
            "The marker compares platform_release or platform_version, on which pip 24.1 to 25.3 fails under kernels"
            f" with names like 6.1.0-13-amd64, and others may take it for false: {_names(released)}. If they are not"
            f" needed: {patterns}"
        )


def _constraint_warnings(plan: Plan, delivery: Delivery) -> Iterator[str]:
    """What installers need besides the constraints, if there are any."""
    if delivery.constraints is None:
        return
    if delivery.output.is_absolute():
        # Which is a folder of this machine.
        build = "`poetry build --output` with that folder"
    elif delivery.output == Path("dist"):
        build = "`poetry build`"
    else:
        build = f"`poetry build --output {quote(str(delivery.output))}`"
    if any(not constraint.hashes for constraint in delivery.constraints):
        yield (
            f"No wheel or sdist of {plan.project.name} {plan.project.version} is in the output folder, so its hash is"
            f" not among the constraints, and installers that check hashes refuse it. Run {build} first,"
            " or build with --no-root"
        )
    packages = _unique(chosen.package for chosen in plan.selection.selected)
    if urls := [package for package in packages if package.source and package.source.direct]:
        yield (
            "pip, up to 26.3, does not take the hash of a URL from constraints, as uv does, so have it install all that"
            f" is in the file, with -r instead of -c: {_names(urls)}"
        )


def _unique(packages: Iterable[LockedPackage]) -> list[LockedPackage]:
    return list(dict.fromkeys(packages))


def _names(packages: Iterable[LockedPackage]) -> str:
    return _listed(package.name for package in packages)

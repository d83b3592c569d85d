"""What a user should know before a plan is carried out. Pure functions from the plan to values; the command shows them.

To add a warning, add its text to ``TEXTS``, and yield it from the function for its subject, or from a new one that
``find_warnings`` calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.markers.operations import atoms, with_extras
from poetry_plugin_lock_package.selection.conflicts import find_conflicting, find_excluded, find_inexpressible
from poetry_plugin_lock_package.selection.ignore import closest_names, meant_as_glob, separate_patterns
from poetry_plugin_lock_package.selection.reasons import find_reasons
from poetry_plugin_lock_package.text import bare_url, has_hash, subdirectory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import LockedPackage, Source
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.ignore import IgnorePattern


# Each problem with its remedy, by a code that is the same in all releases: an anchor in the documentation. ``{names}``
# stands for what it is about, and ``{see}`` for the address of the documentation.
TEXTS = {
    "groups-without-effect": "--with and --without have no effect together with --only",
    "ignore-is-not-a-glob": (
        "--ignore {pattern} is a regular expression, which does not match: {names}. Write --ignore {expression}"
    ),
    "ignore-matches-nothing": "--ignore {pattern} matches no locked package{proposal}",
    "ignored-but-required": (
        "Ignored, but {project} requires it, so pip installs it {when}, in any version that fits: {names}. Build with"
        " --include-root to leave it out{dropped}{see}"
    ),
    "ignored-but-needed": (
        "Ignored, but pinned packages require it, so pip installs it unless it is there, in any version that fits:"
        " {names}. Install it beforehand{dropped}{see}"
    ),
    "provided-without-name": (
        "Lines of {file} install something without saying its name, so it is not left out: {names}. Write the name,"
        " with #egg=NAME or NAME @ URL"
    ),
    "provided-is-empty": "{file}, given with --provided, names no package",
    "provided-does-not-fit": "{release} is provided, {problems}, locked {locked}",
    "old-lock": (
        "poetry.lock has format {version}, which records no markers, so Poetry's solver worked them out. Run"
        " `poetry lock` to record them"
    ),
    "unsolved": (
        "Poetry cannot install this lock where {environments}, so nothing is pinned there. Run `poetry lock` to solve"
        " it for all environments"
    ),
    "no-pins": "{problem}",
    "no-version": (
        "The project has no version that Poetry knows, so every lock package has version 0. Set its version with"
        " --set-version"
    ),
    "non-package-mode": (
        "The project is in non-package mode, so it is not pinned itself. Say with --no-root that you know"
    ),
    "path-dependencies": (
        "Locked from a path, and pinned by version: {names}. Build with --path-wheels to have its wheel as well, or"
        " publish it where installers find it"
    ),
    "private-sources": (
        "Locked from the source {index}, which a wheel cannot name: {names}. Give its address to installers{see}"
    ),
    "direct-references": (
        "Pinned by a URL, which public indexes refuse, and uv as well if it installs the wheel by name: {names}."
        " Install the wheel by its path{see}"
    ),
    "url-query": "The query of its URL is kept: {names}. Make sure that it holds no secret",
    "url-hash": "A wheel cannot keep the hash in its URL: {names}. Use --constraints to have hashes checked",
    "url-credentials": (
        "The user name or password in its URL was left out: {names}. Give it to installers in another way{see}"
    ),
    "moving-reference": (
        "{project} requires another reference than the one that is pinned, and pip refuses to install both: {names}."
        " {remedy} in pyproject.toml{see}"
    ),
    "moving-reference-of-a-pin": (
        "A pinned package requires another reference than the commit that is pinned, and pip refuses to install both:"
        " {names}. Name the commit where it is required"
    ),
    "required-from-a-path": (
        "Required from a path, where pip looks for it on any machine, instead of taking what is pinned: {names}."
        " {remedy}where it is required, keep its path in [tool.poetry.dependencies], and name it in [project]"
        " dependencies{see}"
    ),
    "wider-python": (
        "The wheel allows Python {wider}, but poetry.lock is only for {locked}. Narrow requires-python in"
        " pyproject.toml to that"
    ),
    "extra-takes-away": (
        "The extra {extra} removes what is pinned without it, which no extra of a wheel can do: {names}. Build with"
        " --extras {extra} for environments that have it"
    ),
    "extras-asked-for-exclude-each-other": (
        "Poetry leaves this out, because the extras that were asked for exclude each other: {names}. Choose extras that"
        " go together"
    ),
    "exclusive-extras": ("Locked under extras that exclude each other: {names}. Do not install those extras together"),
    "joint-extras": (
        "Needed only with several extras together, which no extra of a wheel can say, so not pinned: {names}. Build"
        " with --extras for each such set of extras"
    ),
    "several-versions": (
        "Locked at several versions for one environment, which pip cannot install: {names}. {remedy}, and run"
        " `poetry lock`"
    ),
    "platform-release": (
        "pip 24.1 to 25.3 fails on a marker with platform_release or platform_version where the kernel has a name like"
        " 6.1.0-13-amd64: {names}. Leave it out with --ignore if it is not needed{see}"
    ),
    "no-hash-of-the-project": (
        "The constraints have no hash of {project}, because the output folder has no wheel or sdist of it. Run"
        " {command} first"
    ),
    "hashes-of-urls": (
        "pip, up to 26.3, does not take the hash of a URL from constraints: {names}. Install all that is in the file,"
        " with -r instead of -c{see}"
    ),
    "replaced-wheel": ("Replacing a lock package that pins other packages: {names}. Use --post or --name to keep both"),
}
_ALL_LEFT_OUT = (
    "Nothing is pinned, because all packages that the project needs are left out. Check --ignore and --provided"
)
_NONE_NEEDED = (
    "poetry.lock has packages, but the project needs none of them, so nothing is pinned. Check the groups and extras"
    " that you have chosen"
)


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """A likely mistake, or a limit of wheels, in one plan."""

    code: str
    """That of its text."""
    names: tuple[str, ...] = ()
    """The packages that it is about."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What else its text has."""


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """What somebody who has looked into the output folder knows of it before the build."""

    folder: Path = Path("dist")
    replaced: tuple[str, ...] = ()
    """The wheels there that the build replaces with one that has other pins."""
    constraints: bool = False
    """Whether a constraints file is asked for."""
    has_all_hashes: bool = True
    """Whether all files that the constraints need are there."""


def find_warnings(plan: Plan, facts: OutputFacts) -> tuple[PlanWarning, ...]:
    """Find all warnings about ``plan``, in the order in which they are shown."""
    return (
        *find_left_out_warnings(plan, required=True),
        *_lock_warnings(plan),
        *_project_warnings(plan),
        *_source_warnings(plan),
        *_reference_warnings(plan),
        *_path_warnings(plan),
        *_python_warnings(plan),
        *_extra_warnings(plan),
        *_conflict_warnings(plan),
        *_marker_warnings(plan),
        *_output_warnings(plan, facts),
    )


def find_left_out_warnings(plan: Plan, *, required: bool = False) -> tuple[PlanWarning, ...]:
    """Find the warnings about ``--ignore`` and ``--provided``, with those about what is ``required`` all the same."""
    return (
        *_pattern_warnings(plan),
        *(_required_warnings(plan) if required else ()),
        *_provided_warnings(plan),
    )


def names_of(packages: Iterable[LockedPackage]) -> tuple[str, ...]:
    """Return the names of ``packages``, each once."""
    return tuple(dict.fromkeys(package.name for package in packages))


def _about(code: str, packages: Iterable[LockedPackage], **values: str) -> Iterator[PlanWarning]:
    """Yield the warning ``code`` if there are ``packages`` that it is about."""
    if names := names_of(packages):
        yield PlanWarning(code, names, values)


def _keeps_ranges(plan: Plan) -> bool:
    """Whether installers see the requirements of the project itself beside the pins."""
    return plan.root is not None or plan.adds_extra


def _pattern_warnings(plan: Plan) -> Iterator[PlanWarning]:
    locked = frozenset(package.name for package in plan.graph.packages)
    for pattern in plan.options.ignore:
        expression, missed = meant_as_glob(pattern, locked)
        if missed:
            values = {"pattern": quote(pattern.text), "expression": quote(expression)}
            yield PlanWarning("ignore-is-not-a-glob", tuple(sorted(missed)), values)
        elif not pattern.select(locked):
            values = {"pattern": quote(pattern.text), "proposal": _pattern_proposal(pattern, locked)}
            yield PlanWarning("ignore-matches-nothing", values=values)


def _pattern_proposal(pattern: IgnorePattern, locked: frozenset[NormalizedName]) -> str:
    if separate := separate_patterns(pattern):
        return f". Write {' '.join(f'--ignore {quote(text)}' for text in separate)}"
    closest = closest_names(pattern, locked)
    return f". Did you mean {' or '.join(closest)}?" if closest else ""


def _required_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Ignored packages that installers install all the same, because something that is installed requires them."""
    project = plan.project.name
    required = plan.selection.required
    by_project = [name for name, by in required if by is None] if _keeps_ranges(plan) else []
    always = _required_by_project(plan, plan.options.extras)
    names: tuple[str, ...] = tuple(name for name in by_project if name in always)
    if names:
        values = {"project": project, "when": "all the same", "dropped": _no_longer_pinned(plan, names)}
        yield PlanWarning("ignored-but-required", names, values)
    with_extra = {
        name: [extra for extra in plan.graph.extras if name in _required_by_project(plan, frozenset({extra}))]
        for name in by_project
        if name not in always
    }
    if with_extra:
        names = tuple(f"{name} (with {', '.join(extras)})" for name, extras in with_extra.items())
        dropped = _no_longer_pinned(plan, with_extra)
        values = {"project": f"an extra of {project}", "when": "with that extra", "dropped": dropped}
        yield PlanWarning("ignored-but-required", names, values)
    by_pin: dict[str, list[str]] = {}
    for name, by in required:
        if by:
            by_pin.setdefault(name, []).append(by)
    if by_pin:
        names = tuple(f"{name} (for {', '.join(pins)})" for name, pins in by_pin.items())
        yield PlanWarning("ignored-but-needed", names, {"dropped": _no_longer_pinned(plan, by_pin)})


def _required_by_project(plan: Plan, extras: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
    dependencies = plan.graph.own_dependencies
    return frozenset(d.name for d in dependencies if not with_extras(d.marker, extras).is_empty())


def _no_longer_pinned(plan: Plan, names: Collection[str]) -> str:
    """Say how many packages were dropped with the ignored ``names``, and so are installed in any version."""
    groups = find_reasons(plan.graph, plan.selection, plan.project.name).dropped_with
    count = sum(len(dropped) for ignored, dropped in groups if not set(ignored).isdisjoint(names))
    if not count:
        return ""
    packages = "1 dropped package comes" if count == 1 else f"{count} dropped packages come"
    return f": {packages} back with it, no longer held at a version"


def _provided_warnings(plan: Plan) -> Iterator[PlanWarning]:
    for file in plan.options.provided:
        if file.unnamed:
            lines = tuple(f"line {number}" for number in file.unnamed)
            yield PlanWarning("provided-without-name", lines, {"file": file.name})
        elif not (file.packages or file.includes):
            yield PlanWarning("provided-is-empty", values={"file": file.name})
    for one in plan.selection.provided:
        if unmet := one.unmet:
            required: dict[str, list[str]] = {}
            for by, versions in unmet:
                required.setdefault(by or plan.project.name, []).append(versions)
            problems = ", ".join(f"{by} requires {' and '.join(versions)}" for by, versions in required.items())
            values = {"release": f"{one.name} {one.version}", "problems": problems, "locked": one.locked_versions}
            yield PlanWarning("provided-does-not-fit", values=values)


def _lock_warnings(plan: Plan) -> Iterator[PlanWarning]:
    if not plan.graph.records_markers:
        yield PlanWarning("old-lock", values={"version": plan.graph.lock_version})
    if plan.graph.unsolved:
        yield PlanWarning("unsolved", values={"environments": " or ".join(map(str, plan.graph.unsolved))})
    if plan.graph.packages and not plan.selection.pins:
        is_left_out = plan.selection.ignored or plan.selection.provided
        yield PlanWarning("no-pins", values={"problem": _ALL_LEFT_OUT if is_left_out else _NONE_NEEDED})


def _conflict_warnings(plan: Plan) -> Iterator[PlanWarning]:
    # A lock that records no markers has one version of a name for each environment.
    if not plan.graph.records_markers:
        return
    pinned = {*plan.pinned_packages}
    conflicting = [package for package in find_conflicting(plan.graph, plan.options.extras) if package in pinned]
    declared = {dependency.name for dependency in plan.graph.dependencies}
    for is_declared, remedy in (
        (True, "Correct the markers in pyproject.toml"),
        (False, "Add one version of it to the dependencies in pyproject.toml"),
    ):
        packages = [package for package in conflicting if (package.name in declared) is is_declared]
        if names := tuple(f"{package.name} {package.version}" for package in packages):
            yield PlanWarning("several-versions", names, {"remedy": remedy})


def _marker_warnings(plan: Plan) -> Iterator[PlanWarning]:
    released = (
        package
        for package, pins in plan.selection.by_package.items()
        if any(atom.name in ("platform_release", "platform_version") for pin in pins for atom in atoms(pin.marker))
    )
    yield from _about("platform-release", released)


def _project_warnings(plan: Plan) -> Iterator[PlanWarning]:
    if not plan.project.has_version:
        yield PlanWarning("no-version")
    if not plan.project.is_package and not plan.options.no_root:
        yield PlanWarning("non-package-mode")


def _python_warnings(plan: Plan) -> Iterator[PlanWarning]:
    if plan.pinned_metadata and plan.project.wider_python:
        values = {"wider": plan.project.wider_python, "locked": str(plan.project.requires_python)}
        yield PlanWarning("wider-python", values=values)


def _source_warnings(plan: Plan) -> Iterator[PlanWarning]:
    sourced = [(package, package.source) for package in plan.pinned_packages if package.source]
    if not plan.options.path_wheels:
        local = (package for package, source in sourced if source.type in ("directory", "file"))
        yield from _about("path-dependencies", local)
    for index in sorted({source.reference for _, source in sourced if source.type == "legacy" and source.reference}):
        from_index = (p for p, source in sourced if (source.type, source.reference) == ("legacy", index))
        yield from _about("private-sources", from_index, index=index)
    direct = [(package, source) for package, source in sourced if source.direct]
    yield from _about("direct-references", (package for package, _ in direct))
    yield from _about("url-query", (package for package, source in direct if "?" in (source.direct or "")))
    yield from _about("url-hash", (package for package, source in direct if source.had_hash))
    yield from _about("url-credentials", (package for package, source in direct if source.had_secret))


def _reference_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are pinned by one URL and required by another one, which pip refuses."""
    packages = plan.pinned_packages
    required = dict(plan.project.direct_references) if _keeps_ranges(plan) else {}
    moving = [
        (p, p.source.type) for p in packages if p.name in required and p.source and _differs(p.source, required[p.name])
    ]
    for source_type, remedy in (("git", "Name the locked commit"), ("url", "Name the URL without its hash")):
        of_type = (package for package, its_type in moving if its_type == source_type)
        yield from _about("moving-reference", of_type, project=plan.project.name, remedy=remedy)
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
        yield PlanWarning("moving-reference-of-a-pin", tuple(moving_for))


def _differs(source: Source, url: str) -> bool:
    """Whether pip takes ``url`` for another address than that of ``source``; only parts of a fragment count."""
    if source.type != "url" or source.direct is None:
        return source.direct != url
    return has_hash(url) or (bare_url(url), subdirectory(url)) != (bare_url(source.direct), subdirectory(source.direct))


def _path_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Packages that are pinned, and required from a path of the machine that built what requires them."""
    packages = plan.pinned_packages
    pinned = {package.name for package in packages}
    # With --path-wheels, the wheels that are built have no references by path.
    is_rewritten = plan.options.path_wheels
    own = plan.project.paths if _keeps_ranges(plan) and not is_rewritten else ()
    names = [f"{name} (for {plan.project.name})" for name in own if name in pinned]
    names += [
        f"{reference.name} (for {package.name})"
        for package in packages
        for reference in package.references
        if reference.git is None
        and reference.name in pinned
        and not (is_rewritten and package.source and package.source.type == "directory")
    ]
    if names:
        remedy = "" if is_rewritten else "Build with --path-wheels. Or, "
        yield PlanWarning("required-from-a-path", tuple(dict.fromkeys(names)), {"remedy": remedy})


def _extra_warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Extras of the project that have an effect which extras of a wheel cannot have."""
    left_out = {*plan.selection.ignored, *plan.selection.dropped}
    listed = (package for file in plan.options.provided for package in file.packages)
    provided = {package.name for package in listed if package.marker.is_any()}
    problems = [
        problem
        for problem in find_inexpressible(plan.graph, plan.options.extras)
        if problem.package not in left_out and problem.package.name not in provided
    ]
    # If the pins are an extra of the project's own wheel, each of its extras has all that belongs to it.
    taken = [] if plan.adds_extra else [problem.taken_by for problem in problems]
    for extra in filter(None, dict.fromkeys(taken)):
        removed = (problem.package for problem in problems if problem.taken_by == extra)
        yield from _about("extra-takes-away", removed, extra=extra)
    if len(plan.options.extras) > 1:
        yield from _about("extras-asked-for-exclude-each-other", find_excluded(plan.graph, plan.options.extras))
    yield from _about("exclusive-extras", (problem.package for problem in problems if problem.is_exclusive))
    joint = (problem.package for problem in problems if not (problem.is_exclusive or problem.taken_by))
    yield from _about("joint-extras", joint)


def _output_warnings(plan: Plan, facts: OutputFacts) -> Iterator[PlanWarning]:
    if facts.constraints and not facts.has_all_hashes:
        project = f"{plan.project.name} {plan.project.version}"
        yield PlanWarning(
            "no-hash-of-the-project", values={"project": project, "command": _build_command(facts.folder)}
        )
    if facts.constraints:
        urls = (package for package in plan.pinned_packages if package.source and package.source.direct)
        yield from _about("hashes-of-urls", urls)
    if facts.replaced:
        yield PlanWarning("replaced-wheel", facts.replaced)


def _build_command(output: Path) -> str:
    if output.is_absolute():
        # Such a path is a folder of this machine.
        return "`poetry build --output` with that folder"
    return "`poetry build`" if output == Path("dist") else f"`poetry build --output {quote(str(output))}`"

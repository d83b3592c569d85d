"""What a user should know before a plan is carried out. Pure functions from the plan to values; the command shows them.

A *warning* is a likely mistake, and ``--strict`` makes it an error. A *note* is about what the user has decided.
To add one, add its text to ``TEXTS``, and for a note its code to ``NOTES``; yield it from the function for its subject.
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
from poetry_plugin_lock_package.text import bare_url, has_hash, one_line, subdirectory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import LockedPackage, Source
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.ignore import IgnorePattern


# A list of more names is cut, unless all of them are asked for.
_SHOWN = 5
# By a code that is the same in all releases, and has a heading in the documentation. ``{names}`` are the packages or
# files that it is about; ``{are}``, ``{them}`` and the like agree with their number.
TEXTS = {
    "groups-without-effect": "--with and --without have no effect together with --only",
    "ignore-is-not-a-glob": (
        "--ignore {pattern} is a regular expression, which does not match {names}. Write --ignore {expression}"
    ),
    "ignore-matches-nothing": "--ignore {pattern} matches no locked package{proposal}",
    "ignored-but-required": (
        "{names} {are} ignored, but {project} requires {them}: {when}pip will install {them}{dropped} at any version."
        " Use --project-wheel to keep {them} out"
    ),
    "ignored-but-needed": (
        "{names} {are} ignored, but a pinned package requires {them}: pip will install {them}{dropped} at any version,"
        " unless {they} {are} there. Install {them} beforehand"
    ),
    "provided-without-name": (
        "{file} names no package in {names}: what {they} install{s} is not left out. Add #egg=NAME, or write NAME @ URL"
    ),
    "provided-is-empty": "{file} names no package, so --provided leaves nothing out for it",
    "provided-does-not-fit": "{release} is provided, but {problems} (locked: {locked})",
    "old-lock": (
        "poetry.lock has format {version}, which records no markers, so Poetry's solver worked them out. Run"
        " `poetry lock` to record them"
    ),
    "unsolved": (
        "poetry.lock cannot be installed where {environments}, so nothing is pinned there. Run `poetry lock` to solve"
        " it for all environments"
    ),
    "no-pins": "poetry.lock has packages, but {problem}",
    "no-version": "{project} has no version that Poetry knows, so every lock package has version 0. Use --set-version",
    "non-package-mode": (
        "{project} is in non-package mode, so it is not pinned itself. Use --no-root to say that you know"
    ),
    "path-dependencies": "{names} come{s} from a path{problem}. {remedy}",
    "private-sources": (
        "{names} come{s} from the source {index}, which a wheel cannot name. Give its address to the installer"
    ),
    "direct-references": (
        "{names} {are} pinned by URL: public indexes refuse the wheel, and uv installs it only by its path"
    ),
    "url-query": "{names} {are} pinned by a URL with a query. Make sure that it holds no secret",
    "url-hash": "{names} {are} pinned without the hash in the URL. Use --constraints to have hashes checked",
    "url-credentials": (
        "{names} {are} pinned without the user name or password in the URL. Give it to the installer in another way"
    ),
    "moving-reference": (
        "{names} {are} pinned at another reference than {project} requires, and pip refuses to install both. {remedy}"
        " in pyproject.toml"
    ),
    "moving-reference-of-a-pin": (
        "{names} {are} pinned by commit, but required by another reference, and pip refuses to install both. Name the"
        " commit where {they} {are} required"
    ),
    "wider-python": (
        "{project} allows Python {wider}, but poetry.lock is only for {locked}. Narrow requires-python in"
        " pyproject.toml to that"
    ),
    "extra-takes-away": (
        "{names} {are} pinned, but not with the extra {extra}, and no extra of a wheel can remove a package. Build with"
        " --extras {extra} for environments that have it"
    ),
    "extras-asked-for-exclude-each-other": (
        "{names} {are} not pinned, because the extras that were asked for exclude each other. Choose extras that go"
        " together"
    ),
    "exclusive-extras": (
        "{names} {are} locked under extras that exclude each other. Do not install those extras together"
    ),
    "joint-extras": (
        "{names} {are} needed only with several extras together. No extra of a wheel can say that, so {they} {are} not"
        " pinned. Build with --extras for each such set of extras"
    ),
    "several-versions": (
        "{names} are locked for one environment, and pip cannot install several versions. {remedy}, and run"
        " `poetry lock`"
    ),
    "platform-release": (
        "{names} {have} a marker with platform_release or platform_version, on which pip 24.1 to 25.3 fails where the"
        " kernel has a name like 6.1.0-13-amd64. Use --ignore if {they} {are} not needed"
    ),
    "no-hash-of-the-project": (
        "{project} has no hash in the constraints, because {folder} has no wheel or sdist of it. Run {command} first"
    ),
    "hashes-of-urls": (
        "{names} {are} pinned by URL, and pip (up to 26.3) takes no hash of a URL from constraints. Install all that is"
        " in the file, with -r instead of -c"
    ),
    "sdist-in-wheelhouse": (
        "{names} {have} no wheel for {target}: the target has to build {them}, and needs the build backend there. Use"
        " --ignore if {they} {are} there already"
    ),
    "replaced-wheel": "{names} {have} other pins: the build replaces {them}. Use --post or --name to keep both",
}
NOTES = frozenset(
    {
        "old-lock",
        "non-package-mode",
        "private-sources",
        "direct-references",
        "url-query",
        "url-hash",
        "url-credentials",
        "hashes-of-urls",
        "exclusive-extras",
        "replaced-wheel",
    }
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning or a note about one plan."""

    code: str
    """That of its text."""
    names: tuple[str, ...] = ()
    """What it is about, as it is listed: packages, files or lines."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What else its text has."""

    @property
    def is_note(self) -> bool:
        """Whether it is about what the user has decided, and ``--strict`` does not count it."""
        return self.code in NOTES

    def text(self, *, verbose: bool = False) -> str:
        """The text on one line, with a list of its names, which is cut unless it is to be ``verbose``."""
        names = names_text(self.names, verbose=verbose)
        return one_line(TEXTS[self.code].format(names=names, **_words(self.names), **self.values))

    def shown(self, *, verbose: bool = False) -> str:
        """The text with what it is in front, and its code at the end."""
        return f"{'Note' if self.is_note else 'Warning'}: {self.text(verbose=verbose)} [{self.code}]"


def _words(names: Sequence[str]) -> dict[str, str]:
    """The words of a text that depend on the number of ``names``."""
    if len(names) == 1:
        return {"are": "is", "have": "has", "them": "it", "they": "it", "s": "s"}
    return {"are": "are", "have": "have", "them": "them", "they": "they", "s": ""}


def names_text(names: Sequence[str], *, verbose: bool = False) -> str:
    """List ``names``, of which only the first five are shown unless it is to be ``verbose``."""
    if verbose or len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"


_ALL_LEFT_OUT = "everything that the project needs is left out, so nothing is pinned. Check --ignore and --provided"
_NONE_NEEDED = "the project needs none of them, so nothing is pinned. Check the groups and extras that you have chosen"


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


def find_notices(plan: Plan, facts: OutputFacts) -> tuple[Notice, ...]:
    """Find all notices about ``plan``, in the order in which they are shown."""
    return (
        *find_left_out_notices(plan, required=True),
        *_lock_notices(plan),
        *_project_notices(plan),
        *_source_notices(plan),
        *_reference_notices(plan),
        *_path_notices(plan),
        *_python_notices(plan),
        *_extra_notices(plan),
        *_conflict_notices(plan),
        *_marker_notices(plan),
        *_output_notices(plan, facts),
    )


def find_left_out_notices(plan: Plan, *, required: bool = False) -> tuple[Notice, ...]:
    """Find the notices about ``--ignore`` and ``--provided``, with those about what is ``required`` all the same."""
    return (
        *_pattern_notices(plan),
        *(_required_notices(plan) if required else ()),
        *_provided_notices(plan),
    )


def names_of(packages: Iterable[LockedPackage]) -> tuple[str, ...]:
    """Return the names of ``packages``, each once."""
    return tuple(dict.fromkeys(package.name for package in packages))


def _about(code: str, packages: Iterable[LockedPackage], **values: str) -> Iterator[Notice]:
    """Yield the notice ``code`` if there are ``packages`` that it is about."""
    if names := names_of(packages):
        yield Notice(code, names, values)


def _pattern_notices(plan: Plan) -> Iterator[Notice]:
    locked = frozenset(package.name for package in plan.graph.packages)
    for pattern in plan.options.ignore:
        expression, missed = meant_as_glob(pattern, locked)
        if missed:
            values = {"pattern": quote(pattern.text), "expression": quote(expression)}
            yield Notice("ignore-is-not-a-glob", tuple(sorted(missed)), values)
        elif not pattern.select(locked):
            values = {"pattern": quote(pattern.text), "proposal": _pattern_proposal(pattern, locked)}
            yield Notice("ignore-matches-nothing", values=values)


def _pattern_proposal(pattern: IgnorePattern, locked: frozenset[NormalizedName]) -> str:
    if separate := separate_patterns(pattern):
        return f". Write {' '.join(f'--ignore {quote(text)}' for text in separate)}"
    closest = closest_names(pattern, locked)
    return f". Did you mean {' or '.join(closest)}?" if closest else ""


def _required_notices(plan: Plan) -> Iterator[Notice]:
    """Ignored packages that installers install all the same, because something that is installed requires them."""
    project = plan.project.name
    required = plan.selection.required
    by_project = [name for name, by in required if by is None] if plan.keeps_ranges else []
    always = _required_by_project(plan, plan.options.extras)
    names: tuple[str, ...] = tuple(name for name in by_project if name in always)
    if names:
        values = {"project": project, "when": "", "dropped": _dropped_with(plan, names)}
        yield Notice("ignored-but-required", names, values)
    with_extra = {
        name: [extra for extra in plan.graph.extras if name in _required_by_project(plan, frozenset({extra}))]
        for name in by_project
        if name not in always
    }
    if with_extra:
        names = tuple(f"{name} (with {', '.join(extras)})" for name, extras in with_extra.items())
        dropped = _dropped_with(plan, with_extra)
        values = {"project": f"an extra of {project}", "when": "with that extra, ", "dropped": dropped}
        yield Notice("ignored-but-required", names, values)
    by_pin: dict[str, list[str]] = {}
    for name, by in required:
        if by:
            by_pin.setdefault(name, []).append(by)
    if by_pin:
        names = tuple(f"{name} (for {', '.join(pins)})" for name, pins in by_pin.items())
        yield Notice("ignored-but-needed", names, {"dropped": _dropped_with(plan, by_pin)})


def _required_by_project(plan: Plan, extras: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
    dependencies = plan.graph.own_dependencies
    return frozenset(d.name for d in dependencies if not with_extras(d.marker, extras).is_empty())


def _dropped_with(plan: Plan, names: Collection[str]) -> str:
    """Say how many packages were dropped with the ignored ``names``, and so are installed at any version as well."""
    groups = find_reasons(plan.graph, plan.selection, plan.project.name).dropped_with
    count = sum(len(dropped) for ignored, dropped in groups if not set(ignored).isdisjoint(names))
    if not count:
        return ""
    need = "it needs" if len(names) == 1 else "they need"
    return f", and {count} {'package' if count == 1 else 'packages'} that only {need},"


def _provided_notices(plan: Plan) -> Iterator[Notice]:
    for file in plan.options.provided:
        if file.unnamed:
            lines = tuple(f"line {number}" for number in file.unnamed)
            yield Notice("provided-without-name", lines, {"file": file.name})
        elif not (file.packages or file.includes):
            yield Notice("provided-is-empty", values={"file": file.name})
    for one in plan.selection.provided:
        if unmet := one.unmet:
            required: dict[str, list[str]] = {}
            for by, versions in unmet:
                required.setdefault(by or plan.project.name, []).append(versions)
            problems = ", ".join(f"{by} requires {' and '.join(versions)}" for by, versions in required.items())
            values = {"release": f"{one.name} {one.version}", "problems": problems, "locked": one.locked_versions}
            yield Notice("provided-does-not-fit", values=values)


def _lock_notices(plan: Plan) -> Iterator[Notice]:
    if not plan.graph.records_markers:
        yield Notice("old-lock", values={"version": plan.graph.lock_version})
    if plan.graph.unsolved:
        yield Notice("unsolved", values={"environments": " or ".join(map(str, plan.graph.unsolved))})
    if plan.graph.packages and not plan.selection.pins:
        is_left_out = plan.selection.ignored or plan.selection.provided
        yield Notice("no-pins", values={"problem": _ALL_LEFT_OUT if is_left_out else _NONE_NEEDED})


def _conflict_notices(plan: Plan) -> Iterator[Notice]:
    # A lock that records no markers has one version of a name for each environment.
    if not plan.graph.records_markers:
        return
    pinned = {*plan.pinned_packages}
    conflicting = [package for package in find_conflicting(plan.graph, plan.options.extras) if package in pinned]
    declared = {dependency.name for dependency in plan.graph.dependencies}
    for is_declared, remedy in (
        (True, "Correct the markers in pyproject.toml"),
        (False, "Add one version to the dependencies in pyproject.toml"),
    ):
        packages = [package for package in conflicting if (package.name in declared) is is_declared]
        if names := tuple(f"{package.name} {package.version}" for package in packages):
            yield Notice("several-versions", names, {"remedy": remedy})


def _marker_notices(plan: Plan) -> Iterator[Notice]:
    released = (
        package
        for package, pins in plan.selection.by_package.items()
        if any(atom.name in ("platform_release", "platform_version") for pin in pins for atom in atoms(pin.marker))
    )
    yield from _about("platform-release", released)


def _project_notices(plan: Plan) -> Iterator[Notice]:
    if not plan.project.has_version:
        yield Notice("no-version", values={"project": plan.project.name})
    if not plan.project.is_package and not plan.options.no_root:
        yield Notice("non-package-mode", values={"project": plan.project.name})


def _python_notices(plan: Plan) -> Iterator[Notice]:
    if plan.pinned_metadata and plan.project.wider_python:
        values = {"wider": plan.project.wider_python, "locked": str(plan.project.requires_python)}
        values["project"] = plan.project.name
        yield Notice("wider-python", values=values)


def _source_notices(plan: Plan) -> Iterator[Notice]:
    sourced = [(package, package.source) for package in plan.pinned_packages if package.source]
    if plan.options.wheelhouse:
        # Nobody has to look elsewhere.
        return
    for index in sorted({source.reference for _, source in sourced if source.type == "legacy" and source.reference}):
        from_index = (p for p, source in sourced if (source.type, source.reference) == ("legacy", index))
        yield from _about("private-sources", from_index, index=index)
    direct = [(package, source) for package, source in sourced if source.direct]
    yield from _about("direct-references", (package for package, _ in direct))
    yield from _about("url-query", (package for package, source in direct if "?" in (source.direct or "")))
    yield from _about("url-hash", (package for package, source in direct if source.had_hash))
    yield from _about("url-credentials", (package for package, source in direct if source.had_secret))


def _reference_notices(plan: Plan) -> Iterator[Notice]:
    """Packages that are pinned by one URL and required by another one, which pip refuses."""
    if plan.options.wheelhouse:
        return
    packages = plan.pinned_packages
    required = dict(plan.project.direct_references) if plan.keeps_ranges else {}
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
        yield Notice("moving-reference-of-a-pin", tuple(moving_for))


def _differs(source: Source, url: str) -> bool:
    """Whether pip takes ``url`` for another address than that of ``source``; only parts of a fragment count."""
    if source.type != "url" or source.direct is None:
        return source.direct != url
    return has_hash(url) or (bare_url(url), subdirectory(url)) != (bare_url(source.direct), subdirectory(source.direct))


def _path_notices(plan: Plan) -> Iterator[Notice]:
    """Packages from a path, which other machines do not have. pip looks for them there if they are required by it."""
    packages = plan.pinned_packages
    # With --all-wheels, the wheels that are built have no references by path.
    is_rewritten = plan.options.all_wheels
    required: dict[str, list[str]] = {}
    if not is_rewritten:
        required = {p.name: [] for p in packages if p.source and p.source.type in ("directory", "file")}
    by_project = plan.project.paths if plan.keeps_ranges and not is_rewritten else ()
    edges = [(name, plan.project.name) for name in by_project]
    edges += [
        (reference.name, package.name)
        for package in packages
        for reference in package.references
        if reference.git is None and not (is_rewritten and package.source and package.source.type == "directory")
    ]
    pinned = {package.name for package in packages}
    for name, by in edges:
        if name in pinned:
            required.setdefault(name, []).append(by)
    if names := [name for name, by in required.items() if not by]:
        them = _words(names)["them"]
        remedy = f"Use --all-wheels, or publish {them} where installers find {them}"
        yield Notice("path-dependencies", tuple(names), {"problem": "", "remedy": remedy})
    if names := [f"{name} (for {', '.join(dict.fromkeys(by))})" for name, by in required.items() if by]:
        them, use = _words(names)["them"], "Name" if is_rewritten else "Use --all-wheels, or name"
        problem = f", where pip will look for {them} on any machine"
        remedy = f"{use} {them} in [project] dependencies, and the path in [tool.poetry.dependencies]"
        yield Notice("path-dependencies", tuple(names), {"problem": problem, "remedy": remedy})


def _extra_notices(plan: Plan) -> Iterator[Notice]:
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
    taken = [] if plan.options.as_extra else [problem.taken_by for problem in problems]
    for extra in filter(None, dict.fromkeys(taken)):
        removed = (problem.package for problem in problems if problem.taken_by == extra)
        yield from _about("extra-takes-away", removed, extra=extra)
    if len(plan.options.extras) > 1:
        yield from _about("extras-asked-for-exclude-each-other", find_excluded(plan.graph, plan.options.extras))
    yield from _about("exclusive-extras", (problem.package for problem in problems if problem.is_exclusive))
    joint = (problem.package for problem in problems if not (problem.is_exclusive or problem.taken_by))
    yield from _about("joint-extras", joint)


def _output_notices(plan: Plan, facts: OutputFacts) -> Iterator[Notice]:
    if facts.constraints and not facts.has_all_hashes:
        folder = str(facts.folder)
        values = {"project": str(plan.project.release), "folder": folder, "command": "`poetry build`"}
        if facts.folder != Path("dist"):
            values["command"] = f"`poetry build --output {quote(folder)}`"
        yield Notice("no-hash-of-the-project", values=values)
    if facts.constraints:
        urls = (package for package in plan.pinned_packages if package.source and package.source.direct)
        yield from _about("hashes-of-urls", urls)
    if facts.replaced:
        yield Notice("replaced-wheel", facts.replaced)

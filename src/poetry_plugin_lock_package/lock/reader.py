"""``poetry.lock`` as a graph of frozen values, read by Poetry's own ``Locker``."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.core.packages.dependency import Dependency as PoetryDependency
from poetry.core.packages.dependency_group import MAIN_GROUP
from poetry.core.packages.url_dependency import URLDependency
from poetry.core.packages.vcs_dependency import VCSDependency
from poetry.core.vcs.git import ParsedUrl

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.identity import is_name
from poetry_plugin_lock_package.markers.operations import any_extra_of
from poetry_plugin_lock_package.poetry_api.groups import belongs_to, group_marker, spelt
from poetry_plugin_lock_package.poetry_api.locker import is_fresh, without_extras
from poetry_plugin_lock_package.poetry_api.quiet_logging import poetry_core_silenced
from poetry_plugin_lock_package.poetry_api.reading import reading
from poetry_plugin_lock_package.text import one_line
from poetry_plugin_lock_package.urls import bare_url, has_hash, is_address, public_url, subdirectory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.packages.package import Package
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.solver import Solution

_HASH = re.compile("sha(256|384|512):[0-9a-f]+")
_SOURCE_TYPES = (None, "legacy", "git", "url", "directory", "file")


@dataclass(frozen=True, slots=True)
class Dependency:
    """An edge of the locked graph: ``name`` with ``extras`` is required where ``marker`` holds.

    ``extra`` in the marker means an extra of the package that requires.
    """

    name: NormalizedName
    extras: frozenset[NormalizedName]
    marker: BaseMarker


@dataclass(frozen=True, slots=True)
class Reference:
    """A dependency by address: ``name`` at the reference ``git`` (empty: the default branch), or (None) from a path."""

    name: NormalizedName
    git: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a locked package comes from, if not from the default index.

    ``type`` is Poetry's: ``legacy`` (an index, whose name is ``reference``), ``git``, ``url``,
    ``directory`` or ``file``. ``direct`` is the PEP 508 direct reference of a git or URL
    source, None if there is no text for it that others can follow. User info and hash of the address
    are left out of it: ``had_secret`` and ``had_hash`` tell that there were some.
    """

    type: str
    reference: str | None = None
    direct: str | None = None
    had_secret: bool = False
    had_hash: bool = False


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One entry of ``poetry.lock``, with the ``marker`` under which Poetry installs it.

    ``extra`` in the marker means an extra of the project. Where the lock records no markers, it says only
    where this version is the one, if its name is needed. ``dependencies`` are filled in only where they
    were asked for, or that is so; ``references`` are those by address. ``hashes`` are those of its files, as
    far as pip trusts them; in a lock before format 2.0, those of all locked versions of the name.
    """

    name: NormalizedName
    version: str
    marker: BaseMarker
    source: Source | None = None
    dependencies: tuple[Dependency, ...] = ()
    references: tuple[Reference, ...] = ()
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LockedGraph:
    """The locked packages of some groups, and how the project comes to them.

    ``own_dependencies`` are those in the project's own metadata, which knows no groups.
    ``python`` is the project's range. ``extras`` are the project's extras, as far as
    they concern the groups: they belong to main. ``lock_version`` is the format of the
    lock; in one before 2.1, ``unsolved`` are Python ranges for which Poetry cannot install it.
    ``digest`` is the SHA-256 of the file with its lines ended as on Unix, because git may end
    them otherwise; ``content_hash`` is that of what was locked, by Poetry's rule.
    """

    packages: tuple[LockedPackage, ...]
    dependencies: tuple[Dependency, ...]
    own_dependencies: tuple[Dependency, ...]
    extras: tuple[NormalizedName, ...]
    python: VersionConstraint
    lock_version: str
    digest: str
    content_hash: str
    unsolved: tuple[str, ...] = ()

    @property
    def records_markers(self) -> bool:
        """Whether the lock has groups and markers, or Poetry's solver had to work them out."""
        return Version(self.lock_version) >= Version("2.1")


def read_locked_graph(
    poetry: Poetry, groups: Collection[NormalizedName] = (MAIN_GROUP,), *, with_dependencies: bool = True
) -> LockedGraph:
    """Read the lock of ``poetry``, for the dependency ``groups`` named.

    The edges between packages take time to read; without ``with_dependencies`` the packages
    have none.

    Raises LockError if the lock is missing, older than pyproject.toml, damaged, of a
    format that Poetry cannot read, or (before format 2.1) inconsistent.
    """
    version = _checked_version(poetry)
    is_recorded = poetry.locker.is_locked_groups_and_markers()
    with reading(_unreadable), poetry_core_silenced():
        references = {}
        for entry in poetry.locker.lock_data["package"]:
            _check_address(entry["name"], entry.get("source", {}))
            if found := tuple(_references(entry.get("dependencies", {}))):
                references[canonicalize_name(entry["name"]), Version(entry["version"])] = found
        known: list[Package] = []
        if not is_recorded:
            known = poetry.locker.locked_repository().packages
        elif with_dependencies:
            known = without_extras(poetry.locker).locked_repository().packages
        read = _recorded_dependencies if is_recorded else _dependencies_by_extras
        edges = {package: tuple(read(package)) for package in known}
        locked = poetry.locker.locked_packages() if is_recorded else {}
        # Poetry 2.1 leaves it to its callers what is in the names of groups.
        solution: Solution = {p: group_marker(info, groups) for p, info in locked.items() if belongs_to(info, groups)}
    unsolved: tuple[str, ...] = ()
    if not is_recorded:
        # With Poetry's solver, which takes long to import: few locks need it.
        from poetry_plugin_lock_package.lock.solver import resolve

        with poetry_core_silenced():
            solution, unsolved = resolve(poetry.package, known, groups)
    packages = [
        _locked_package(
            package,
            marker,
            edges.get(package, ()),
            references.get((package.name, Version(package.version.to_string())), ()),
        )
        for package, marker in solution.items()
    ]
    return LockedGraph(
        packages=tuple(sorted(packages, key=lambda package: (package.name, Version(package.version)))),
        dependencies=tuple(_project_dependencies(poetry.package, groups)),
        own_dependencies=tuple(map(_dependency, filter(_is_required, poetry.package.requires))),
        extras=tuple(sorted(poetry.package.extras)) if MAIN_GROUP in groups else (),
        python=poetry.package.python_constraint,
        lock_version=version,
        digest=sha256(poetry.locker.lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest(),
        content_hash=poetry.locker.lock_data["metadata"]["content-hash"],
        unsolved=unsolved,
    )


def _checked_version(poetry: Poetry) -> str:
    """The format of the lock; raises LockError unless it can be read and is fresh."""
    if not poetry.locker.is_locked():
        raise LockError("poetry.lock does not exist. Run `poetry lock` to create it")
    with reading(_unreadable):
        version: str = poetry.locker.lock_data["metadata"]["lock-version"]
        fresh = is_fresh(poetry.locker)
    if not fresh:
        # Poetry's own words for it (`poetry install`, `poetry export`).
        raise LockError(
            "pyproject.toml changed significantly since poetry.lock was last generated."
            " Run `poetry lock` to fix the lock file"
        )
    return version


def _unreadable(problem: str) -> LockError:
    return LockError(f"poetry.lock cannot be read: {problem}. Run `poetry lock` to make it anew")


def _check_address(name: str, source: Mapping[str, str]) -> None:
    """Raise LockError if poetry-core would take another part of a git address for its host: a password, maybe."""
    url = source.get("url", "")
    if source.get("type") == "git" and "://" in url:
        host = urlsplit(url).hostname if is_address(url) else ""
        if (ParsedUrl.parse(url).resource or "").lower() != (host or ""):
            raise _unreadable(f"the git address of {name!r} has no host that Poetry knows")


def _references(dependencies: Mapping[str, Any]) -> Iterator[Reference]:
    """Those of ``dependencies``, as in the lock, that are by address; but for URLs, which are pinned as they are."""
    for name, specs in dependencies.items():
        for spec in specs if isinstance(specs, list) else [specs]:
            if not isinstance(spec, dict):
                continue
            if "git" in spec:
                git = spec.get("rev") or spec.get("tag") or spec.get("branch") or ""
                yield Reference(canonicalize_name(name), git)
            elif "path" in spec or "file" in spec:
                yield Reference(canonicalize_name(name), None)


def _locked_package(
    package: Package, marker: BaseMarker, dependencies: tuple[Dependency, ...], references: tuple[Reference, ...]
) -> LockedPackage:
    if problem := _problem(package):
        raise _unreadable(f"{one_line(package.pretty_name)!r} {problem}")
    return LockedPackage(
        name=package.name,
        # Not `str`: it is not normalised before poetry-core 2.3.
        version=package.version.to_string(),
        marker=marker,
        source=_source(package),
        dependencies=dependencies,
        references=references,
        hashes=tuple(sorted(filter(_is_trusted, {file.get("hash", "") for file in package.files}))),
    )


def _problem(package: Package) -> str | None:
    """What is wrong with ``package``, as far as Poetry's reader lets it pass."""
    source = (package.source_url, package.source_reference, package.source_resolved_reference)
    commit = package.source_resolved_reference or package.source_reference
    if not is_name(package.pretty_name):
        return "is no name for a package"
    if package.source_type not in _SOURCE_TYPES or not all(isinstance(text, str | None) for text in source):
        return "has a source that Poetry does not know"
    # Before format 1.1, the commit was the reference.
    if package.source_type == "git" and not re.fullmatch("[0-9a-f]{40,64}", commit or ""):
        return "has no commit"
    if not _are_files(package.files):
        return "has files that Poetry does not know"
    return None


def _are_files(files: object) -> bool:
    return isinstance(files, list) and all(
        isinstance(file, dict) and isinstance(file.get("hash", ""), str) for file in files
    )


def _is_trusted(text: str) -> bool:
    """Whether ``text`` is a hash that pip checks files by: https://pip.pypa.io/en/stable/topics/secure-installs/."""
    return bool(_HASH.fullmatch(text))


def _project_dependencies(project: ProjectPackage, groups: Collection[NormalizedName]) -> Iterator[Dependency]:
    for group in spelt(project, groups):
        # For locking: what [project] requires, as narrowed by what [tool.poetry] adds to it.
        for dependency in project.dependency_group(group).dependencies_for_locking:
            if _is_required(dependency):
                yield _dependency(dependency)


def _is_required(dependency: PoetryDependency) -> bool:
    """Whether the project's metadata has ``dependency``, and so not if it is optional and in no extra."""
    return bool(dependency.in_extras) or not dependency.is_optional() or "extra" in str(dependency.marker)


def _recorded_dependencies(package: Package) -> Iterator[Dependency]:
    """The dependencies of ``package`` from a lock of format 2.1, read ``without_extras`` but those of its own."""
    yield from map(_dependency, package.requires)
    for extra, dependencies in package.extras.items():
        # The extra stands for others, by Poetry's rule (`Provider.complete_package`) whatever the marker says.
        marker = any_extra_of([extra])
        yield from (Dependency(package.name, frozenset(d.extras), marker) for d in dependencies)


def _dependencies_by_extras(package: Package) -> Iterator[Dependency]:
    """The dependencies of ``package`` from a lock before 2.1, by the rule of Poetry's ``Provider.complete_package``.

    There, what is optional belongs to each extra that names it; a marker says so only in later locks.
    """
    yield from (_dependency(d) for d in package.requires if not (d.is_optional() or d.in_extras))
    for extra in package.extras:
        found, names = _optional_names(package, extra)
        for dependency in package.requires:
            if dependency.name in names and (found & {*dependency.in_extras} or not dependency.in_extras):
                marker = dependency.marker.without_extras().intersect(any_extra_of([extra]))
                yield Dependency(dependency.name, frozenset(dependency.extras), marker)


def _optional_names(package: Package, extra: NormalizedName) -> tuple[set[NormalizedName], set[NormalizedName]]:
    """``extra`` of ``package`` with those that it stands for (``package[a,b]``), and the names that they bring."""
    found: set[NormalizedName] = set()
    names: set[NormalizedName] = set()
    todo = [extra]
    while todo:
        found.add(current := todo.pop())
        for dependency in package.extras.get(current, ()):
            if dependency.name == package.name:
                todo += dependency.extras - found
            else:
                names.add(dependency.name)
    return found, names


def _dependency(dependency: PoetryDependency) -> Dependency:
    marker = dependency.marker
    if dependency.in_extras:
        # An optional dependency of the project: the extras that bring it are not in its marker.
        marker = marker.intersect(any_extra_of(dependency.in_extras))
    return Dependency(dependency.name, frozenset(dependency.extras), marker)


def _source(package: Package) -> Source | None:
    if package.source_type is None:
        return None
    if package.source_type not in ("git", "url") or package.source_url is None:
        return Source(package.source_type, package.source_reference)
    url = public_url(package.source_url)
    return Source(
        package.source_type,
        package.source_reference,
        direct=_direct_reference(package, url),
        had_secret=url != package.source_url,
        had_hash=package.source_type == "url" and has_hash(url),
    )


def _direct_reference(package: Package, url: str) -> str | None:
    """The part of a PEP 508 requirement behind the ``@``, or None if there is no such text."""
    folder = posixpath.normpath(package.source_subdirectory or subdirectory(url) or ".")
    # Outside what is downloaded, only the machine at hand knows what there is.
    if url.startswith("file:") or posixpath.isabs(folder) or folder.partition("/")[0] == "..":
        return None
    dependency: PoetryDependency
    try:
        if package.source_type == "git":
            dependency = VCSDependency(
                package.name,
                "git",
                url,
                rev=package.source_reference,
                resolved_rev=package.source_resolved_reference,
                directory=folder if folder != "." else None,
            )
        else:
            dependency = URLDependency(package.name, bare_url(url), directory=folder if folder != "." else None)
        # poetry-core makes URLs of scp-like addresses, and has the locked commit in them. It does
        # not read all that it writes (a dot in a subdirectory, for one).
        text = dependency.base_pep_508_name_resolved
        can_be_read = PoetryDependency.create_from_pep_508(text).base_pep_508_name == text
    except Exception:  # noqa: BLE001 - whatever its parsers raise
        return None
    direct = text.partition(" @ ")[2]
    return direct if can_be_read and is_address(direct) else None

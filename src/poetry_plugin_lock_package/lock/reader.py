"""Reads the data of ``poetry.lock`` into a graph of frozen values, with the parsers of poetry-core."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from poetry.core.constraints.generic import parse_constraint as parse_generic_constraint
from poetry.core.constraints.version import Version as PoetryVersion
from poetry.core.constraints.version import parse_constraint, parse_marker_version_constraint
from poetry.core.packages.dependency_group import MAIN_GROUP
from poetry.core.packages.utils.utils import create_nested_marker
from poetry.core.vcs.git import ParsedUrl
from poetry.core.version.markers import EmptyMarker, parse_marker

from poetry_plugin_lock_package.errors import unreadable, unreadable_entry
from poetry_plugin_lock_package.lock.model import Dependency, Entry, LockedGraph, LockedPackage
from poetry_plugin_lock_package.lock.sources import problem_of_source, references_of, source_of, specs_of
from poetry_plugin_lock_package.markers.operations import any_extra_of, with_alternative_extras
from poetry_plugin_lock_package.poetry_api import translate_errors
from poetry_plugin_lock_package.project import is_name
from poetry_plugin_lock_package.text import is_address, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from packaging.utils import NormalizedName
    from poetry.core.packages.dependency import Dependency as PoetryDependency
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.poetry_api import LockFile

_HASH = re.compile("sha(256|384|512):[0-9a-f]+")
# What an entry requires from elsewhere than an index has one of these keys.
_ADDRESSES = ("git", "file", "path", "url")


def read_locked_graph(
    lock: LockFile,
    project: ProjectPackage,
    groups: Collection[NormalizedName] = (MAIN_GROUP,),
    extras: frozenset[NormalizedName] = frozenset(),
    *,
    with_dependencies: bool = True,
) -> LockedGraph:
    """Read ``lock`` for the dependency ``groups`` of ``project``, with ``extras`` of it always installed.

    Reading the dependencies of locked packages takes time. Without ``with_dependencies`` they are left empty,
    if the lock has format 2.1 or later; for older formats the solver needs them.

    Raises LockError if the lock is damaged or (before format 2.1) inconsistent.
    """
    version: str = lock.data["metadata"]["lock-version"]
    is_recorded = Version(version) >= Version("2.1")
    # Poetry 2.1 compares the names of groups as the project spells them.
    spelt = sorted(n for n in project.dependency_group_names(include_optional=True) if canonicalize_name(n) in groups)
    root = project.with_dependency_groups(spelt, only=True)
    with translate_errors(unreadable):
        for entry in lock.data["package"]:
            _check_entry(entry)
        entries: Iterable[Entry] = _recorded(lock, groups, with_dependencies=with_dependencies)
        unsolved: tuple[BaseMarker, ...] = ()
        if not is_recorded:
            entries, unsolved = _work_out(lock, root, extras)
        packages = _packages(entries, lock.folder)
    return LockedGraph(
        packages=packages,
        dependencies=tuple(_project_dependencies(root, spelt, is_recorded=is_recorded)),
        own_dependencies=tuple(map(project_dependency, filter(_is_required, project.requires))),
        extras=tuple(sorted(project.extras)) if MAIN_GROUP in groups else (),
        python=project.python_constraint,
        lock_version=version,
        records_markers=is_recorded,
        digest=lock.digest,
        content_hash=lock.data["metadata"]["content-hash"],
        unsolved=unsolved,
    )


def _work_out(
    lock: LockFile, root: ProjectPackage, extras: frozenset[NormalizedName]
) -> tuple[Iterable[Entry], tuple[BaseMarker, ...]]:
    # Imported only here: few locks need it.
    from poetry_plugin_lock_package.lock.old_formats.read import work_out

    return work_out(lock, root, extras)


# ---- what the project requires


def _project_dependencies(
    project: ProjectPackage, groups: Collection[str], *, is_recorded: bool
) -> Iterator[Dependency]:
    """What ``project`` requires in ``groups``, as Poetry sees it if the lock records where that is installed or not."""
    for group in groups:
        # For locking: what [project] requires, as narrowed by what [tool.poetry] adds to it.
        for dependency in project.dependency_group(group).dependencies_for_locking:
            if _is_required(dependency):
                # From other locks, Poetry installs what is not optional without the extras that name it as well.
                needs_extra = is_recorded or dependency.is_optional()
                yield project_dependency(dependency) if needs_extra else Dependency.of(dependency, dependency.marker)


def _is_required(dependency: PoetryDependency) -> bool:
    """Whether the project's metadata has ``dependency``, and so not if it is optional and in no extra."""
    return bool(dependency.in_extras) or not dependency.is_optional() or "extra" in str(dependency.marker)


def project_dependency(dependency: PoetryDependency) -> Dependency:
    """The edge for ``dependency`` of the project: the extras that bring it may not be in its marker."""
    marker = dependency.marker
    if dependency.in_extras:
        marker = marker.intersect(any_extra_of(dependency.in_extras))
    return Dependency.of(dependency, marker)


# ---- entries


def _check_entry(entry: Mapping[str, Any]) -> None:
    """Raise LockError, naming the package, if the version or the git address of ``entry`` is not valid."""
    name, version, source = entry["name"], entry["version"], entry.get("source", {})
    canonicalize_name(name)
    try:
        Version(version)
    except InvalidVersion:
        raise unreadable(f"{name!r} has the invalid version {version!r}") from None
    url = source.get("url", "")
    if source.get("type") == "git" and "://" in url:
        # poetry-core would mistake another part of such an address, such as a password, for the host.
        host = urlsplit(url).hostname if is_address(url) else ""
        if (ParsedUrl.parse(url).resource or "").lower() != (host or ""):
            raise unreadable(f"Poetry finds no host in the git address of {name!r}")


def _recorded(lock: LockFile, groups: Collection[NormalizedName], *, with_dependencies: bool) -> Iterator[Entry]:
    """The entries of a lock of format 2.1 or later in one of ``groups``."""
    for data in lock.data["package"]:
        with translate_errors(partial(unreadable_entry, data["name"])):
            markers = _group_markers(data)
            if parse_marker_version_constraint(data["python-versions"]).is_empty():
                raise ValueError("its range of Python versions is empty")
            if asked := sorted(markers.keys() & {*groups}, key=lambda name: (name != MAIN_GROUP, name)):
                marker: BaseMarker = EmptyMarker()
                for group in asked:
                    # Poetry records an empty marker for a group that never reaches the package. A union would write it.
                    if not markers[group].is_empty():
                        marker = marker.union(markers[group])
                yield Entry(data, marker, tuple(_dependencies(data)) if with_dependencies else ())


def _group_markers(entry: Mapping[str, Any]) -> dict[NormalizedName, BaseMarker]:
    """Where Poetry installs ``entry`` for each group that it is in (``Locker.locked_packages``)."""
    recorded = entry.get("markers", "*")
    return {
        # Poetry 2.1 does not normalise the names of groups.
        canonicalize_name(group): parse_marker(recorded if isinstance(recorded, str) else recorded.get(group, "*"))
        for group in entry["groups"]
    }


def _dependencies(entry: Mapping[str, Any]) -> Iterator[Dependency]:
    """What ``entry`` of format 2.1 or later requires."""
    for name, spec in specs_of(entry.get("dependencies", {})):
        yield _dependency(name, spec)
    own = canonicalize_name(entry["name"])
    for extra, texts in entry.get("extras", {}).items():
        for text in texts:
            # The extra stands for others, by Poetry's rule (`Provider.complete_package`) whatever the marker says.
            name, bracket, rest = text.partition("[")
            if bracket and canonicalize_name(name.strip()) == own:
                asked = _extras(rest.partition("]")[0].split(","))
                yield Dependency(own, asked, any_extra_of([canonicalize_name(extra)]))


def _dependency(name: NormalizedName, spec: Mapping[str, Any]) -> Dependency:
    """The edge for ``spec`` of ``name``, which is read as ``Factory.create_dependency`` of poetry-core does."""
    marker = parse_marker(spec.get("markers") or "")
    # Old names for a marker about one variable.
    if python := spec.get("python"):
        marker = marker.intersect(parse_marker(create_nested_marker("python_version", parse_constraint(python))))
    if platform := spec.get("platform"):
        marker = marker.intersect(
            parse_marker(create_nested_marker("sys_platform", parse_generic_constraint(platform)))
        )
    # No version meets an address or a path.
    constraint = None if any(key in spec for key in _ADDRESSES) else parse_constraint(spec.get("version", "*"))
    return Dependency(name, _extras(spec.get("extras", ())), with_alternative_extras(marker), constraint)


def _extras(names: Collection[str]) -> frozenset[NormalizedName]:
    return frozenset(canonicalize_name(name.strip()) for name in names)


def _packages(entries: Iterable[Entry], folder: Path) -> tuple[LockedPackage, ...]:
    """The packages of ``entries``, each once, by name and version."""
    packages = {}
    for entry in entries:
        with translate_errors(partial(unreadable_entry, entry.data["name"])):
            package = _locked_package(entry, folder)
            packages[package.name, package.version, package.source] = package
    return tuple(sorted(packages.values(), key=lambda package: (package.name, Version(package.version))))


def _locked_package(entry: Entry, folder: Path) -> LockedPackage:
    data = entry.data
    name, source, files = data["name"], data.get("source", {}), data["files"]
    if problem := _problem(data):
        raise unreadable(f"{one_line(name)!r} {problem}")
    return LockedPackage(
        name=canonicalize_name(name),
        # Not `str(version)`, which is not normalised before poetry-core 2.3.
        version=PoetryVersion.parse(data["version"]).to_string(),
        marker=entry.marker,
        source=source_of(canonicalize_name(name), source, folder),
        dependencies=entry.dependencies,
        references=tuple(references_of(data.get("dependencies", {}))),
        files=tuple((str(f.get("file", "")), f["hash"]) for f in files if _HASH.fullmatch(f.get("hash", ""))),
    )


def _problem(entry: Mapping[str, Any]) -> str | None:
    """What is wrong with ``entry`` although Poetry's reader accepts it, or None."""
    if not is_name(entry["name"]):
        return "is not a valid package name"
    if problem := problem_of_source(entry.get("source", {})):
        return problem
    files = entry["files"]
    if not isinstance(files, list) or not all(
        isinstance(file, dict) and isinstance(file.get("hash", ""), str) for file in files
    ):
        return "has a list of files that is not valid"
    return None

"""Reads ``poetry.lock`` into a graph of frozen values, with Poetry's own ``Locker``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from poetry.core.packages.dependency_group import MAIN_GROUP
from poetry.core.vcs.git import ParsedUrl

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.lock.edges import (
    dependencies_by_extras,
    is_required,
    project_dependencies,
    project_dependency,
    project_requirements,
    recorded_dependencies,
)
from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
from poetry_plugin_lock_package.lock.sources import references_of, source_of
from poetry_plugin_lock_package.poetry_api import quiet_logging, translate_errors
from poetry_plugin_lock_package.poetry_api.groups import belongs_to, group_marker, spelt
from poetry_plugin_lock_package.poetry_api.locker import is_fresh, with_packages, without_extras
from poetry_plugin_lock_package.project import is_name
from poetry_plugin_lock_package.text import is_address, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.packages.package import Package
    from poetry.core.version.markers import BaseMarker
    from poetry.packages import Locker
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.model import Dependency, Reference, Requirement
    from poetry_plugin_lock_package.lock.solver import Solution

_HASH = re.compile("sha(256|384|512):[0-9a-f]+")
_Read = TypeVar("_Read")
_SOURCE_TYPES = (None, "legacy", "git", "url", "directory", "file")


def read_locked_graph(
    poetry: Poetry,
    groups: Collection[NormalizedName] = (MAIN_GROUP,),
    extras: frozenset[NormalizedName] = frozenset(),
    *,
    with_dependencies: bool = True,
) -> LockedGraph:
    """Read the lock of ``poetry`` for the dependency ``groups``, with ``extras`` of the project always installed.

    Reading the dependencies of locked packages takes time. Without ``with_dependencies`` they are left empty,
    if the lock has format 2.1 or later; for older formats the solver needs them.

    Raises LockError if the lock is missing, out of date, damaged, in a format that Poetry cannot read, or
    (before format 2.1) inconsistent.
    """
    version = _checked_version(poetry)
    references = _read_references(poetry.locker)
    records_markers = poetry.locker.is_locked_groups_and_markers()
    if records_markers:
        contents = _read_recorded(poetry.locker, groups, with_dependencies=with_dependencies)
    else:
        contents = _work_out(poetry, groups, extras)
    packages = [
        _locked_package(
            package,
            marker,
            contents.edges.get(package, ()),
            references.get((package.name, Version(package.version.to_string())), ()),
        )
        for package, marker in contents.solution.items()
    ]
    return LockedGraph(
        packages=tuple(sorted(packages, key=lambda package: (package.name, Version(package.version)))),
        dependencies=tuple(project_dependencies(poetry.package, groups, records_markers=records_markers)),
        own_dependencies=tuple(map(project_dependency, filter(is_required, poetry.package.requires))),
        extras=tuple(sorted(poetry.package.extras)) if MAIN_GROUP in groups else (),
        python=poetry.package.python_constraint,
        lock_version=version,
        digest=sha256(poetry.locker.lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest(),
        content_hash=poetry.locker.lock_data["metadata"]["content-hash"],
        requirements=contents.requirements,
        unsolved=contents.unsolved,
    )


@dataclass(frozen=True, slots=True)
class _Contents:
    """The packages of a lock with their markers, their edges, and (before format 2.1) what was worked out."""

    solution: Solution
    edges: Mapping[Package, tuple[Dependency, ...]]
    requirements: tuple[Requirement, ...] = ()
    unsolved: tuple[BaseMarker, ...] = ()


def _read_references(locker: Locker) -> dict[tuple[NormalizedName, Version], tuple[Reference, ...]]:
    """The references by address of each locked package; raises LockError for names and versions that are not valid."""
    references = {}
    with translate_errors(_unreadable):
        for entry in locker.lock_data["package"]:
            _check_release(entry["name"], entry["version"])
            _check_address(entry["name"], entry.get("source", {}))
            if found := tuple(references_of(entry.get("dependencies", {}))):
                references[canonicalize_name(entry["name"]), Version(entry["version"])] = found
    return references


def _read_recorded(locker: Locker, groups: Collection[NormalizedName], *, with_dependencies: bool) -> _Contents:
    """The contents of a lock of format 2.1 or later, which records where each package is installed."""
    with translate_errors(_unreadable), quiet_logging():
        known = _read_each(without_extras(locker), _with_dependencies) if with_dependencies else ()
        edges = {package: tuple(recorded_dependencies(package)) for package in known}
        # Poetry 2.1 does not normalise the names of groups.
        locked = _read_each(locker, lambda one: one.locked_packages().items())
        return _Contents({p: group_marker(info, groups) for p, info in locked if belongs_to(info, groups)}, edges)


def _work_out(poetry: Poetry, groups: Collection[NormalizedName], extras: frozenset[NormalizedName]) -> _Contents:
    """The contents of a lock before format 2.1, which records nothing of that."""
    # Imported only here: few locks need it, and importing it is slow.
    from poetry_plugin_lock_package.lock.solver import resolve

    with translate_errors(_unreadable), quiet_logging():
        known = list(_read_each(poetry.locker, _with_dependencies))
        edges = {package: tuple(dependencies_by_extras(package)) for package in known}
        solution, unsolved = resolve(poetry.package, known, groups, extras)
        root = poetry.package.with_dependency_groups(spelt(poetry.package, groups), only=True)
        return _Contents(solution, edges, tuple(project_requirements(root, solution)), unsolved)


def _with_dependencies(locker: Locker) -> Iterable[Package]:
    return locker.locked_repository().packages


def _read_each(locker: Locker, read: Callable[[Locker], Iterable[_Read]]) -> Iterator[_Read]:
    """What ``read`` finds in each entry of the lock. Poetry's own errors do not name the package."""
    for entry in locker.lock_data["package"]:
        with translate_errors(partial(_unreadable_entry, entry["name"])):
            yield from read(with_packages(locker, [entry]))


def _unreadable_entry(name: str, problem: str) -> LockError:
    return _unreadable(f"the entry of {one_line(name)!r} has an error: {problem}")


def _check_release(name: str, version: str) -> None:
    """Raise LockError, naming the package, if its version is not valid: Poetry's own message does not name it."""
    try:
        Version(version)
    except InvalidVersion:
        raise _unreadable(f"{name!r} has the invalid version {version!r}") from None


def _check_address(name: str, source: Mapping[str, str]) -> None:
    """Raise LockError if poetry-core would mistake another part of a git address, such as a password, for the host."""
    url = source.get("url", "")
    if source.get("type") == "git" and "://" in url:
        host = urlsplit(url).hostname if is_address(url) else ""
        if (ParsedUrl.parse(url).resource or "").lower() != (host or ""):
            raise _unreadable(f"Poetry finds no host in the git address of {name!r}")


def _checked_version(poetry: Poetry) -> str:
    """The format version of the lock. Raises LockError if the lock is missing, unreadable or out of date."""
    if not poetry.locker.is_locked():
        raise LockError("poetry.lock does not exist. Run `poetry lock` to create it")
    if not poetry.locker.lock.is_file():
        # A pipe or a device may never end.
        raise LockError("poetry.lock is not a file. Remove it, and run `poetry lock` to create it again")
    with translate_errors(_unreadable):
        version: str = poetry.locker.lock_data["metadata"]["lock-version"]
        fresh = is_fresh(poetry.locker)
    if not fresh:
        # The message of `poetry install` and `poetry export`.
        raise LockError(
            "pyproject.toml changed significantly since poetry.lock was last generated."
            " Run `poetry lock` to fix the lock file"
        )
    return version


def _unreadable(problem: str) -> LockError:
    return LockError(f"poetry.lock cannot be read: {problem}. Run `poetry lock` to create it again")


def _locked_package(
    package: Package, marker: BaseMarker, dependencies: tuple[Dependency, ...], references: tuple[Reference, ...]
) -> LockedPackage:
    if problem := _problem(package):
        raise _unreadable(f"{one_line(package.pretty_name)!r} {problem}")
    return LockedPackage(
        name=package.name,
        # Not `str(version)`, which is not normalised before poetry-core 2.3.
        version=package.version.to_string(),
        marker=marker,
        source=source_of(package),
        dependencies=dependencies,
        references=references,
        hashes=tuple(sorted(filter(_is_trusted, {file.get("hash", "") for file in package.files}))),
    )


def _problem(package: Package) -> str | None:
    """What is wrong with ``package`` although Poetry's reader accepts it, or None."""
    source = (package.source_url, package.source_reference, package.source_resolved_reference)
    commit = package.source_resolved_reference or package.source_reference
    if not is_name(package.pretty_name):
        return "is not a valid package name"
    if package.source_type not in _SOURCE_TYPES or not all(isinstance(text, str | None) for text in source):
        return "has a source that is not valid"
    # Before format 1.1, the reference was the commit.
    if package.source_type == "git" and not re.fullmatch("[0-9a-f]{40,64}", commit or ""):
        return "has no git commit"
    if not _are_files(package.files):
        return "has a list of files that is not valid"
    return None


def _are_files(files: object) -> bool:
    return isinstance(files, list) and all(
        isinstance(file, dict) and isinstance(file.get("hash", ""), str) for file in files
    )


def _is_trusted(text: str) -> bool:
    """Whether pip accepts ``text`` as a hash: https://pip.pypa.io/en/stable/topics/secure-installs/."""
    return bool(_HASH.fullmatch(text))

"""``poetry.lock`` as a graph of frozen values, read by Poetry's own ``Locker``."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.core.packages.dependency_group import MAIN_GROUP
from poetry.core.vcs.git import ParsedUrl

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.identity import is_name
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
from poetry_plugin_lock_package.poetry_api.groups import belongs_to, group_marker, spelt
from poetry_plugin_lock_package.poetry_api.locker import is_fresh, without_extras
from poetry_plugin_lock_package.poetry_api.quiet_logging import quiet_poetry_core
from poetry_plugin_lock_package.poetry_api.reading import translate_errors
from poetry_plugin_lock_package.text import one_line
from poetry_plugin_lock_package.urls import is_address

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.utils import NormalizedName
    from poetry.core.packages.package import Package
    from poetry.core.version.markers import BaseMarker
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.model import Dependency, Reference, Requirement
    from poetry_plugin_lock_package.lock.solver import Solution

_HASH = re.compile("sha(256|384|512):[0-9a-f]+")
_SOURCE_TYPES = (None, "legacy", "git", "url", "directory", "file")


def read_locked_graph(
    poetry: Poetry,
    groups: Collection[NormalizedName] = (MAIN_GROUP,),
    extras: frozenset[NormalizedName] = frozenset(),
    *,
    with_dependencies: bool = True,
) -> LockedGraph:
    """Read the lock of ``poetry``, for the dependency ``groups`` named, and ``extras`` of the project in any case.

    The edges between packages take time to read; without ``with_dependencies`` the packages
    have none.

    Raises LockError if the lock is missing, older than pyproject.toml, damaged, of a
    format that Poetry cannot read, or (before format 2.1) inconsistent.
    """
    version = _checked_version(poetry)
    is_recorded = poetry.locker.is_locked_groups_and_markers()
    with translate_errors(_unreadable), quiet_poetry_core():
        references = {}
        for entry in poetry.locker.lock_data["package"]:
            _check_address(entry["name"], entry.get("source", {}))
            if found := tuple(references_of(entry.get("dependencies", {}))):
                references[canonicalize_name(entry["name"]), Version(entry["version"])] = found
        known: list[Package] = []
        if not is_recorded:
            known = poetry.locker.locked_repository().packages
        elif with_dependencies:
            known = without_extras(poetry.locker).locked_repository().packages
        read = recorded_dependencies if is_recorded else dependencies_by_extras
        edges = {package: tuple(read(package)) for package in known}
        locked = poetry.locker.locked_packages() if is_recorded else {}
        # Poetry 2.1 leaves it to its callers what is in the names of groups.
        solution: Solution = {p: group_marker(info, groups) for p, info in locked.items() if belongs_to(info, groups)}
    requirements: tuple[Requirement, ...] = ()
    unsolved: tuple[BaseMarker, ...] = ()
    if not is_recorded:
        # Few locks need it.
        from poetry_plugin_lock_package.lock.solver import resolve

        with quiet_poetry_core():
            solution, unsolved = resolve(poetry.package, known, groups, extras)
        root = poetry.package.with_dependency_groups(spelt(poetry.package, groups), only=True)
        requirements = tuple(project_requirements(root, solution))
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
        dependencies=tuple(project_dependencies(poetry.package, groups)),
        own_dependencies=tuple(map(project_dependency, filter(is_required, poetry.package.requires))),
        extras=tuple(sorted(poetry.package.extras)) if MAIN_GROUP in groups else (),
        python=poetry.package.python_constraint,
        lock_version=version,
        digest=sha256(poetry.locker.lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest(),
        content_hash=poetry.locker.lock_data["metadata"]["content-hash"],
        requirements=requirements,
        unsolved=unsolved,
    )


def _check_address(name: str, source: Mapping[str, str]) -> None:
    """Raise LockError if poetry-core would take another part of a git address for its host: a password, maybe."""
    url = source.get("url", "")
    if source.get("type") == "git" and "://" in url:
        host = urlsplit(url).hostname if is_address(url) else ""
        if (ParsedUrl.parse(url).resource or "").lower() != (host or ""):
            raise _unreadable(f"the git address of {name!r} has no host that Poetry knows")


def _checked_version(poetry: Poetry) -> str:
    """The format of the lock; raises LockError unless it can be read and is fresh."""
    if not poetry.locker.is_locked():
        raise LockError("poetry.lock does not exist. Run `poetry lock` to create it")
    with translate_errors(_unreadable):
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
        source=source_of(package),
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

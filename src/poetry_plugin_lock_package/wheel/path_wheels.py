"""The files of path dependencies, and references by path in the METADATA of wheels.

Folders are built, and files that the lock has a hash of are copied. Poetry and other build backends write the path of
a dependency as a URL of the machine at hand (``core @ file:///home/me/core``), which no other machine can follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import LockPackageError, WheelError
from poetry_plugin_lock_package.lock.model import is_hash_of
from poetry_plugin_lock_package.poetry_api import clone, load_path_project, path_of, quiet_logging, translate_errors
from poetry_plugin_lock_package.project import Release, release_key_of
from poetry_plugin_lock_package.wheel.requirements import read_metadata
from poetry_plugin_lock_package.wheel.rewrite import with_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.model import LockedPackage, Source
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheel.rewrite import Wheel


@dataclass(frozen=True, slots=True)
class PathDependency:
    """A locked package from a path of this machine."""

    package: LockedPackage
    path: Path
    """A folder that is built, or a file."""
    project: Poetry | None = None
    """What Poetry has loaded from the folder, if it is one of its projects."""

    @property
    def is_file(self) -> bool:
        """Whether it is a wheel or sdist that is taken as it is."""
        return self.package.source is not None and self.package.source.type == "file"


# ---- path dependencies


def find_path_dependencies(packages: Iterable[LockedPackage]) -> tuple[PathDependency, ...]:
    """Look at the folders and files of those of ``packages`` that were locked from a path; nothing is built.

    Raises WheelError, naming all of them, if there are some of which there can be no wheel.
    """
    found, problems = [], []
    for package in packages:
        if package.source and package.source.path:
            try:
                found.append(_path_dependency(package, package.source, Path(package.source.path)))
            except LockPackageError as error:
                problems.append(str(error))
    if problems:
        raise WheelError(f"--all-wheels: {'; '.join(problems)}")
    return tuple(found)


def clone_git_dependencies(packages: Iterable[LockedPackage], folder: Path) -> Iterator[PathDependency]:
    """Clone the git repositories of those of ``packages`` that are locked from one into ``folder``, at their commits.

    Raises WheelError if that is not possible.
    """
    for package in packages:
        source = package.source
        if source and source.type == "git" and source.address and source.commit:
            with translate_errors(partial(_not_cloned, package.name)), quiet_logging():
                target = folder / f"git-{package.name}"
                path = clone(source.address, source.commit, target) / source.subdirectory
                yield PathDependency(package, path, load_path_project(path))


def _not_cloned(name: str, problem: str) -> WheelError:
    return WheelError(f"{name} cannot be cloned: {problem}. Check the address in pyproject.toml")


def copy_file(dependency: PathDependency, folder: Path) -> Path:
    """Copy the file of ``dependency`` into ``folder``; raises WheelError unless the lock has a hash of it."""
    copied = folder / dependency.path.name
    # Read anew: what is delivered is what was compared with the lock.
    copied.write_bytes(_read_file(dependency.package, dependency.path))
    return copied


def _path_dependency(package: LockedPackage, source: Source, path: Path) -> PathDependency:
    if source.type == "file":
        _read_file(package, path)
        # No other file of the output folder has such a name.
        if release_key_of(path.name) != Release(package.name, package.version).key:
            raise WheelError(
                f"{package.name} comes from {path.name}, which is not the name of a wheel or sdist of {package.name}"
                f" {package.version}. Rename the file, also in pyproject.toml, and run `poetry lock`"
            )
        if path.suffix == ".whl":
            _check_wheel(package, path)
        return PathDependency(package, path)
    if not path.is_dir():
        raise WheelError(f"{package.name} has no folder where poetry.lock says. Get it, or run `poetry lock`")
    with (
        translate_errors(lambda problem: WheelError(f"{package.name} cannot be loaded: {problem}. Correct that")),
        # It would name folders of this machine.
        quiet_logging(),
    ):
        project = load_path_project(path)
    if project and not project.is_package_mode:
        raise WheelError(
            f"{package.name} is in non-package mode, so there is no wheel of it. Remove `package-mode = false` from its"
            f" pyproject.toml, or leave it out with --ignore {package.name}"
        )
    return PathDependency(package, path, project)


def _read_file(package: LockedPackage, path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WheelError(f"{package.name} has no {path.name}: {error.strerror}. Get it, or run `poetry lock`") from None
    if not any(is_hash_of(text, content) for text in package.hashes):
        raise WheelError(
            f"{package.name} is not from the {path.name} that poetry.lock has a hash of. Run `poetry lock`"
        )
    return content


def _check_wheel(package: LockedPackage, path: Path) -> None:
    """Raise WheelError if the wheel ``path``, whose hash is locked, requires something from a path of a machine."""
    with translate_errors(lambda problem: WheelError(f"{path.name} is no wheel: {problem}. Get another one")):
        required = parse_email(read_metadata(path))[0].get("requires_dist", [])
    if by_path := [text.partition("@")[0].strip() for text in required if has_path(text)]:
        raise WheelError(
            f"{package.name} comes from {path.name}, which requires {', '.join(by_path)} from a path. Build it anew"
            " with versions instead, and run `poetry lock`"
        )


# ---- references by path


def pinned_paths(plan: Plan) -> dict[Release, str]:
    """What references by path become: each pinned release with its path on this machine, or "" if it has none."""
    pinned = {
        Release(package.name, package.version): (package.source and package.source.path) or ""
        for package in plan.pinned_packages
    }
    root = plan.release if plan.pinned_metadata else plan.root and plan.root.release
    return {**pinned, root: ""} if root else pinned


def without_paths(wheel: Wheel, pinned: Mapping[Release, str], *, urls: bool = False) -> Wheel:
    """``wheel`` without references by path in its METADATA, or (``urls``) by any URL; every other byte of it stays.

    Raises WheelError if a requirement cannot be understood.
    """
    changed = with_requirements(wheel, lambda text: without_path(text, pinned, urls=urls))
    if left := [text for text in changed.fields.get("requires_dist", []) if has_path(text)]:
        raise WheelError(f"{wheel.name} has a reference by path that is no valid requirement: {left[0]}")
    return changed


def without_path(requirement: str, pinned: Mapping[Release, str], *, urls: bool = False) -> str:
    """``requirement`` (PEP 508) without a path: by the version in ``pinned``, or by its name if it is not pinned.

    With ``urls``, a requirement by any other URL becomes one by version if it is pinned. Extras and marker stay as they
    are written. What is neither comes back as it is.
    """
    try:
        parsed = Requirement(requirement)
    except InvalidRequirement:
        return requirement
    if parsed.url is None or not (urls or _is_path(parsed.url)):
        return requirement
    named, _, rest = requirement.partition("@")
    marker = rest.partition(parsed.url)[2].strip()
    version = _pinned_version(parsed.name, parsed.url, pinned)
    if version is None and not _is_path(parsed.url):
        return requirement
    return f"{named.rstrip()}{f'=={version}' if version else ''}{f' {marker}' if marker else ''}"


def has_path(requirement: str) -> bool:
    """Whether ``requirement`` is a reference by path, or has one in it but is not PEP 508."""
    try:
        url = Requirement(requirement).url
    except InvalidRequirement:
        return "file:" in requirement
    return bool(url and _is_path(url))


def _is_path(url: str) -> bool:
    """Whether ``url`` is a path of a machine: ``file:``, ``git+file:``, or without a scheme but a drive letter."""
    scheme = urlsplit(url).scheme
    return len(scheme) <= 1 or scheme.rpartition("+")[2] == "file"


def _pinned_version(name: str, url: str, pinned: Mapping[Release, str]) -> str | None:
    """The version at which ``name`` is pinned; of several, that which was locked from the path of ``url``."""
    paths = {
        one.version: path for one, path in pinned.items() if canonicalize_name(one.name) == canonicalize_name(name)
    }
    if len(paths) > 1:
        wanted = path_of(url) if url.startswith("file:") else url
        paths = {version: path for version, path in paths.items() if path == wanted}
    return next(iter(paths), None)

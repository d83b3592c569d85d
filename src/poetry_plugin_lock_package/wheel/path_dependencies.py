"""Locked packages from paths of this machine, and whether there can be a wheel of each."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import new
from pathlib import Path
from typing import TYPE_CHECKING

from installer.sources import WheelFile
from packaging.metadata import parse_email
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from poetry_plugin_lock_package.errors import LockPackageError, WheelError
from poetry_plugin_lock_package.poetry_api import quiet_logging, translate_errors
from poetry_plugin_lock_package.poetry_api.path_project import load_path_project
from poetry_plugin_lock_package.wheel.path_references import has_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.model import LockedPackage, Source


@dataclass(frozen=True, slots=True)
class PathDependency:
    """A locked package from a ``path``: a folder that is built, as a project of Poetry's if it is one, or a file."""

    package: LockedPackage
    path: Path
    project: Poetry | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a wheel or sdist that is taken as it is."""
        return self.package.source is not None and self.package.source.type == "file"


def find_path_dependencies(packages: Sequence[LockedPackage]) -> tuple[PathDependency, ...]:
    """Look at the folders and files of those of ``packages`` that were locked from a path; nothing is built.

    Raises WheelError, naming all of them, if there are some of which there can be no wheel.
    """
    found = [_found(package, package.source) for package in packages if package.source and package.source.path]
    if problems := [problem for problem in found if isinstance(problem, str)]:
        raise WheelError(f"--path-wheels: {'; '.join(problems)}")
    return tuple(dependency for dependency in found if isinstance(dependency, PathDependency))


def _found(package: LockedPackage, source: Source) -> PathDependency | str:
    """The path dependency, or what is wrong with it."""
    try:
        return _path_dependency(package, source)
    except LockPackageError as error:
        return str(error)


def _path_dependency(package: LockedPackage, source: Source) -> PathDependency:
    path = Path(str(source.path))
    if source.type == "file":
        read_file(package, path)
        if not _has_name_of(package, path.name):
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


def _has_name_of(package: LockedPackage, name: str) -> bool:
    """Whether ``name`` is that of a wheel or sdist of ``package``; then no other file of the output folder has it."""
    with suppress(InvalidWheelFilename):
        return parse_wheel_filename(name)[:2] == (package.name, Version(package.version))
    with suppress(InvalidSdistFilename):
        return parse_sdist_filename(name) == (package.name, Version(package.version))
    return False


def read_file(package: LockedPackage, path: Path) -> bytes:
    """The content of the file ``path`` of ``package``; raises WheelError unless the lock has a hash of it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WheelError(f"{package.name} has no {path.name}: {error.strerror}. Get it, or run `poetry lock`") from None
    found = {f"{name}:{new(name, content).hexdigest()}" for name in {text.partition(":")[0] for text in package.hashes}}
    if not found.intersection(package.hashes):
        raise WheelError(
            f"{package.name} is not from the {path.name} that poetry.lock has a hash of. Run `poetry lock`"
        )
    return content


def _check_wheel(package: LockedPackage, path: Path) -> None:
    """Raise WheelError if the wheel ``path``, whose hash is locked, requires something from a path of a machine."""
    with (
        translate_errors(lambda problem: WheelError(f"{path.name} is no wheel: {problem}. Get another one")),
        WheelFile.open(path) as wheel,
    ):
        required = parse_email(wheel.read_dist_info("METADATA"))[0].get("requires_dist", [])
    if by_path := [text.partition("@")[0].strip() for text in required if has_path(text)]:
        raise WheelError(
            f"{package.name} comes from {path.name}, which requires {', '.join(by_path)} from a path. Build it anew"
            " with versions instead, and run `poetry lock`"
        )

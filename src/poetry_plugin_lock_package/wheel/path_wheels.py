"""The files of path dependencies: wheels built from their folders, and copies of files that the lock has a hash of."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.poetry_api.path_project import build_isolated
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.wheel.path_dependencies import read_file
from poetry_plugin_lock_package.wheel.path_references import replace_paths
from poetry_plugin_lock_package.wheel.project_wheel import (
    backend_errors,
    build_environment,
    build_with_poetry,
    read_project_wheel,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from poetry.poetry import Poetry
    from poetry.utils.env import Env

    from poetry_plugin_lock_package.wheel.path_dependencies import PathDependency
    from poetry_plugin_lock_package.wheel.path_references import PinnedRelease
    from poetry_plugin_lock_package.wheel.project_wheel import ProjectWheel

_REMEDY = "Run `pip wheel --no-deps .` in its folder to see why"


def build_path_wheels(
    dependencies: Sequence[PathDependency],
    root: Release | None,
    poetry: Poetry,
    pinned: Sequence[PinnedRelease],
    folder: Path,
) -> dict[Path, tuple[str, ...]]:
    """Make the files of ``dependencies``, and the wheel of the project ``root`` if it is given.

    Returns the path of each file with the fields of its METADATA from which secrets were removed.
    ``poetry`` has loaded that project. In the wheels that are built, references by path become versions of
    ``pinned``. They are built one after the other in ``folder``, which has to be away from all of these projects:
    their build backends would take what lies there for a part of them. Raises WheelError if one cannot be built, or
    is of another version than the one pinned.
    """
    made = folder / "made"
    made.mkdir()
    # The lock has hashes of what is copied, so that stays as it is.
    files: list[tuple[Path, tuple[str, ...]]] = [(_copy(file, made), ()) for file in dependencies if file.is_file]
    folders = [dependency for dependency in dependencies if not dependency.is_file]
    if folders or root:
        with ExitStack() as stack:
            with backend_errors("A wheel", poetry.pyproject_path.parent, "Run `poetry env info` to see why"):
                environment = stack.enter_context(build_environment(poetry))
            wheels = [_build(dependency, poetry, environment, folder) for dependency in folders]
            if root:
                wheels.append(_build_root(root, poetry, environment, folder))
        written = [replace_paths(wheel.without_secrets(), pinned, made) for wheel in wheels]
        files += [(wheel.path, wheel.cleaned) for wheel in written]
    names = [file.name for file, _ in files]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WheelError(f"Two paths lead to one file: {', '.join(twice)}. Give one of them another version")
    return dict(files)


def _build(dependency: PathDependency, poetry: Poetry, environment: Env, folder: Path) -> ProjectWheel:
    name, version = dependency.package.name, dependency.package.version
    target = Path(mkdtemp(dir=folder))
    with backend_errors(name, dependency.path, _REMEDY):
        if dependency.project:
            built = build_with_poetry(dependency.project, environment, target)
        else:
            built = build_isolated(dependency.path, poetry, environment, target)
    wheel = read_project_wheel(built)
    if not wheel.is_of(Release(name, version)):
        raise WheelError(
            f"{name} {version} is in poetry.lock, and {_described(wheel)} in its folder. Run `poetry lock`"
        )
    return wheel


def _build_root(root: Release, poetry: Poetry, environment: Env, folder: Path) -> ProjectWheel:
    with backend_errors(root.name, poetry.pyproject_path.parent, "Run `poetry build --format wheel` to see why"):
        built = build_with_poetry(poetry, environment, Path(mkdtemp(dir=folder)))
    wheel = read_project_wheel(built)
    if not wheel.is_of(root):
        raise WheelError(
            f"{root.name} {root.version} is pinned, and {_described(wheel)} is what its build backend makes. Give this"
            " version in pyproject.toml, or with --set-version"
        )
    return wheel


def _described(wheel: ProjectWheel) -> str:
    return f"{wheel.fields.get('name')} {wheel.fields.get('version')}"


def _copy(dependency: PathDependency, folder: Path) -> Path:
    copied = folder / dependency.path.name
    # Read anew: what is delivered is what was compared with the lock.
    copied.write_bytes(read_file(dependency.package, dependency.path))
    return copied

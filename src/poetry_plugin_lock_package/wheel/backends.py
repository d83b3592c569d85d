"""Wheels from build backends: of the project itself, and of its path dependencies.

A build backend runs in the folder of its project, and may leave files there, as in ``poetry build``.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.poetry_api import quiet_logging
from poetry_plugin_lock_package.poetry_api.build import build_environment, build_isolated, build_with_poetry
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.text import redacted, without_folders
from poetry_plugin_lock_package.wheel.rewrite import read_wheel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from poetry.poetry import Poetry
    from poetry.utils.env import Env

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheel.path_wheels import PathDependency
    from poetry_plugin_lock_package.wheel.rewrite import Wheel

_REMEDY = "Run `poetry build --format wheel` to see why"


@contextmanager
def scratch_folder(problem: str) -> Iterator[Path]:
    """A temporary folder outside all projects, whose build backends would take what is in them for a part of them.

    Raises WheelError with ``problem`` if there can be none.
    """
    # The default may be the temporary folder of the output, which is inside the project.
    with _temporary_files_in(None):
        try:
            temporary = tempfile.TemporaryDirectory(prefix="lock-package-", ignore_cleanup_errors=True)
        except OSError:
            raise WheelError(f"{problem}: set TMPDIR to a folder that can be written") from None
    with temporary as scratch:
        yield Path(scratch)


@contextmanager
def _temporary_files_in(folder: str | None) -> Iterator[None]:
    """Make ``folder`` the default for temporary files, or (None) that of the system."""
    before, tempfile.tempdir = tempfile.tempdir, folder
    try:
        yield
    finally:
        tempfile.tempdir = before


def run_backends(
    plan: Plan, poetry: Poetry, dependencies: Collection[PathDependency], scratch: Path
) -> tuple[list[Wheel], list[Wheel]]:
    """The wheels of the project, and those of the folders among ``dependencies``, as they are built.

    The project has those that were given, or one if its wheel is needed. Raises WheelError if one cannot be built, or
    is of another release than planned.
    """
    given, root = plan.options.from_wheel, plan.root if plan.options.path_wheels else None
    wheels = [read_wheel(path) for path in given]
    folders = [dependency for dependency in dependencies if not dependency.is_file]
    builds_project = not given and bool(plan.pinned_metadata or root)
    beside: list[Wheel] = []
    if folders or builds_project:
        name, place = poetry.package.pretty_name, poetry.pyproject_path.parent
        with ExitStack() as stack:
            stack.enter_context(_temporary_files_in(str(scratch)))
            with backend_errors(name, place, _REMEDY):
                environment = stack.enter_context(build_environment(poetry))
            beside = [_build_folder(one, poetry, environment, Path(mkdtemp(dir=scratch))) for one in folders]
            if builds_project:
                with backend_errors(name, place, _REMEDY):
                    wheels.append(read_wheel(build_with_poetry(poetry, environment, Path(mkdtemp(dir=scratch)))))
    _check_releases(plan, wheels)
    return wheels, beside


def _check_releases(plan: Plan, wheels: Iterable[Wheel]) -> None:
    """Raise WheelError unless the ``wheels`` of the project are of the release that ``plan`` has."""
    project = plan.project.release
    # A build backend may know the version better than pyproject.toml, but a new one follows from the latter.
    is_new = plan.pinned_metadata is not None and plan.pinned_metadata.release is not None
    if not (is_new or plan.options.from_wheel or plan.options.path_wheels):
        return
    others = [wheel for wheel in wheels if not wheel.is_of(project)]
    if others and plan.pinned_metadata:
        names = ", ".join(wheel.path.name for wheel in others)
        raise WheelError(f"Not a wheel of {project.name} {project.version}: {names}")
    for wheel in others:
        raise WheelError(
            f"{project.name} {project.version} is pinned, and {wheel.named} is what its build backend makes. Give this"
            " version in pyproject.toml, or with --set-version"
        )


def _build_folder(dependency: PathDependency, poetry: Poetry, environment: Env, target: Path) -> Wheel:
    release = Release(dependency.package.name, dependency.package.version)
    with backend_errors(release.name, dependency.path, "Run `pip wheel --no-deps .` in its folder to see why"):
        if dependency.project:
            built = build_with_poetry(dependency.project, environment, target)
        else:
            built = build_isolated(dependency.path, poetry, environment, target)
    wheel = read_wheel(built)
    if not wheel.is_of(release):
        raise WheelError(
            f"{release.name} {release.version} is in poetry.lock, and {wheel.named} in its folder. Run `poetry lock`"
        )
    return wheel


@contextmanager
def backend_errors(name: str, folder: Path, remedy: str) -> Iterator[None]:
    """Turn whatever is raised while the project ``name`` in ``folder`` is built into a WheelError with ``remedy``."""
    try:
        with quiet_logging():
            yield
    except Exception as error:
        # Poetry adds advice for other situations to the backend's error. After the first paragraph come logs.
        text = str(getattr(error, "exception", error)).strip().partition("\n\n")[0] or type(error).__name__
        # Files of the project by their paths in it, all others by their names.
        reason = without_folders(redacted(" ".join(text.split())).replace(f"{folder}{os.sep}", ""))
        raise WheelError(f"{name} cannot be built: {reason.removesuffix('.')}. {remedy}") from error

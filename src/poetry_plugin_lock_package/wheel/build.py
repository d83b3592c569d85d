"""The wheels of a plan: the lock package, or the project's own wheels with the pins, and what has to go along.

A build backend runs in the folder of its project, and may leave files there, as in ``poetry build``.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packaging.metadata import parse_email
from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder

from poetry_plugin_lock_package.errors import OptionError, VerificationError, WheelError
from poetry_plugin_lock_package.poetry_api import build_environment, build_isolated, build_with_poetry, quiet_logging
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.pyproject import write_files
from poetry_plugin_lock_package.text import message_of, redacted, without_folders
from poetry_plugin_lock_package.wheel import path_wheels
from poetry_plugin_lock_package.wheel.requirements import find_differences, read_metadata
from poetry_plugin_lock_package.wheel.rewrite import lock_wheels, read_wheel, twice_in, write_wheel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from poetry.poetry import Poetry
    from poetry.utils.env import Env

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheel.path_wheels import PathDependency
    from poetry_plugin_lock_package.wheel.rewrite import Wheel

# The first second of 2108: a ZIP file cannot hold a later year than 2107.
_TOO_LATE = 4_354_819_200
_REMEDY = "Run `poetry build --format wheel` to see why"
_OTHER_BUILDER = (
    "Build it with the command that you have for that, such as `poetry build-project`, and give the wheel with"
    " --project-wheel --from-wheel"
)


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file that was built or copied."""

    path: Path
    kind: Literal["lock", "own", "path"]
    """The lock package, the project's own wheel with the pins, or what goes along with ``--all-wheels``."""
    copied: bool = False
    """Whether it is the file of a path dependency, unchanged."""
    cleaned: tuple[str, ...] = ()
    """The fields of METADATA from which secrets were removed."""


def announce(plan: Plan) -> Iterator[str]:
    """What would be done for ``--all-wheels`` if this was no dry run.

    Raises WheelError, naming all of them, if there can be no wheel of some path dependencies.
    """
    if not plan.options.all_wheels:
        return
    for dependency in path_wheels.find_path_dependencies(plan.pinned_packages):
        package = dependency.package
        yield f"copy {dependency.path.name}" if dependency.is_file else f"build {package.name} {package.version}"
    if plan.root:
        yield f"build {plan.root.name} {plan.root.version}"


def build_wheels(
    plan: Plan, poetry: Poetry, folder: Path, output: Path, *, dry_run: bool = False
) -> tuple[BuiltFile, ...]:
    """Build the wheels of ``plan``, and read them back; ``poetry`` has loaded its project.

    The files are somewhere in the temporary ``folder``, those of ``--all-wheels`` last, and are to be moved to
    ``output``. In a ``dry_run`` the latter are not built. Build backends run while ``folder`` is still empty.
    Raises a LockPackageError if a file cannot be built or is not as planned, and OSError if it cannot be written.
    """
    with_paths = plan.options.all_wheels and not dry_run
    if plan.pinned_metadata is None and not with_paths:
        return (BuiltFile(build_lock_wheel(plan, folder), "lock"),)
    dependencies = path_wheels.find_path_dependencies(plan.pinned_packages) if with_paths else ()
    problem = f"{plan.project.name} cannot be built" if plan.pinned_metadata else "No wheel can be built"
    with scratch_folder(problem) as scratch:
        if plan.options.wheelhouse and with_paths:
            dependencies += tuple(path_wheels.clone_git_dependencies(plan.pinned_packages, scratch))
        project, beside = run_backends(plan, poetry, dependencies, scratch)
        if plan.options.all_wheels:
            pinned, urls = path_wheels.pinned_paths(plan), plan.options.wheelhouse
            project, beside = (
                [path_wheels.without_paths(wheel, pinned, urls=urls) for wheel in wheels]
                for wheels in (project, beside)
            )
        if plan.pinned_metadata is None:
            files = [BuiltFile(build_lock_wheel(plan, folder), "lock")]
            beside += project
        else:
            locked = lock_wheels(project, plan.pinned_metadata, folder, output)
            files = [BuiltFile(wheel.path, "own", cleaned=wheel.cleaned) for wheel in locked]
        return (*files, *_path_files(dependencies, beside, folder / "beside"))


def _path_files(
    dependencies: Collection[PathDependency], wheels: Collection[Wheel], folder: Path
) -> Iterator[BuiltFile]:
    """Copy the files of ``dependencies`` into the new ``folder``, and write ``wheels`` there."""
    folder.mkdir()
    # The lock has hashes of what is copied, so that stays as it is.
    files = [path_wheels.copy_file(one, folder) for one in dependencies if one.is_file]
    if twice := twice_in(path.name for path in (*files, *(wheel.path for wheel in wheels))):
        raise WheelError(f"Two paths lead to one file: {', '.join(twice)}. Give one of them another version")
    for file in files:
        yield BuiltFile(file, "path", copied=True)
    for wheel in wheels:
        yield BuiltFile(write_wheel(wheel, folder).path, "path", cleaned=wheel.cleaned)


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
    given, root = plan.options.from_wheel, plan.root if plan.options.all_wheels else None
    wheels = [read_wheel(path, str(path)) for path in given]
    folders = [dependency for dependency in dependencies if not dependency.is_file]
    builds_project = not given and bool(plan.pinned_metadata or root)
    beside: list[Wheel] = []
    if folders or builds_project:
        name, place = poetry.package.pretty_name, poetry.pyproject_path.parent
        with ExitStack() as stack:
            stack.enter_context(_temporary_files_in(str(scratch)))
            with backend_errors(name, place, _REMEDY):
                environment = stack.enter_context(build_environment(poetry))
            beside = [_build_folder(one, poetry, environment, Path(tempfile.mkdtemp(dir=scratch))) for one in folders]
            if builds_project:
                with backend_errors(name, place, _REMEDY, _OTHER_BUILDER):
                    wheels.append(
                        read_wheel(build_with_poetry(poetry, environment, Path(tempfile.mkdtemp(dir=scratch))))
                    )
    _check_releases(plan, wheels)
    return wheels, beside


def _check_releases(plan: Plan, wheels: Iterable[Wheel]) -> None:
    """Raise WheelError unless the ``wheels`` of the project are of the release that ``plan`` has."""
    project = plan.project.release
    # A build backend may know the version better than pyproject.toml, but a new one follows from the latter.
    is_new = plan.pinned_metadata is not None and plan.pinned_metadata.release is not None
    if not (is_new or plan.options.from_wheel or plan.options.all_wheels):
        return
    others = [wheel for wheel in wheels if not wheel.is_of(project)]
    if others and plan.pinned_metadata:
        names = ", ".join(wheel.name for wheel in others)
        raise WheelError(f"{names} {'is not a wheel' if len(others) == 1 else 'are not wheels'} of {project}")
    for wheel in others:
        raise WheelError(
            f"{project} is pinned, and {wheel.release} is what its build backend makes. Give this version in"
            " pyproject.toml, or with --set-version"
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
        raise WheelError(f"{release} is in poetry.lock, and {wheel.release} in its folder. Run `poetry lock`")
    return wheel


@contextmanager
def backend_errors(name: str, folder: Path, remedy: str, if_outside: str = "Move them into it") -> Iterator[None]:
    """Turn whatever is raised while the project ``name`` in ``folder`` is built into a WheelError with ``remedy``.

    ``if_outside`` is the remedy if files of the project are outside ``folder``.
    """
    try:
        with quiet_logging():
            yield
    except Exception as error:
        # Poetry adds advice for other situations to the backend's error. After the first paragraph come logs.
        text = str(getattr(error, "exception", error)).strip().partition("\n\n")[0] or type(error).__name__
        if "is not in the subpath of" in text:
            # poetry-core compares paths, and shows what Python says of them.
            problem = f"{name} takes files from outside its folder, so its build backend cannot build it"
            raise WheelError(f"{problem}. {if_outside}") from error
        # Files of the project by their paths in it, all others by their names.
        reason = without_folders(redacted(" ".join(text.split())).replace(f"{folder}{os.sep}", ""))
        raise WheelError(f"{name} cannot be built: {reason.removesuffix('.')}. {remedy}") from error


def build_lock_wheel(plan: Plan, folder: Path) -> Path:
    """Build the lock package of ``plan`` in the temporary ``folder``, and return its path.

    Raises VerificationError unless the wheel, read back, requires exactly the pins of ``plan`` and offers exactly its
    extras; OptionError if SOURCE_DATE_EPOCH is too late; OSError if a file cannot be written.
    """
    with suppress(ValueError):
        # poetry-core would fail. It ignores invalid and pre-1980 values.
        if abs(int(os.environ.get("SOURCE_DATE_EPOCH", ""))) >= _TOO_LATE:
            raise OptionError("SOURCE_DATE_EPOCH", "is after the year 2107, the last that a wheel can have. Correct it")
    lock_project = folder / plan.lock_project.name
    write_files(plan.lock_project, lock_project)
    try:
        with quiet_logging():
            # Poetry's own factory would load configuration and plugins again.
            wheel = _LockWheelBuilder(Factory().create_poetry(lock_project)).build(folder / "dist")
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it raises
        # Invalid input is found earlier, so this is a bug.
        text = message_of(error).replace(str(folder), "")
        # Not chained: the original message may have an address with a password in it.
        raise VerificationError(f"poetry-core cannot build the lock project: {text}") from None
    metadata = parse_email(read_metadata(wheel))[0]
    if differences := sorted(find_differences(metadata, plan.pins, plan.graph.extras, plan.graph.python)):
        raise VerificationError(*differences)
    return wheel


class _LockWheelBuilder(WheelBuilder):
    """poetry-core's builder without its call of git for ignored files: the lock project has none."""

    def find_excluded_files(self, fmt: str | None = None) -> set[str]:  # noqa: ARG002 - as poetry-core declares it
        return set()

"""The wheels of a plan: the lock package, or the project's own wheels with the pins, and what has to go along."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from packaging.metadata import parse_email
from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder

from poetry_plugin_lock_package.errors import OptionError, VerificationError, WheelError
from poetry_plugin_lock_package.poetry_api import quiet_logging
from poetry_plugin_lock_package.pyproject import write_files
from poetry_plugin_lock_package.text import message_of
from poetry_plugin_lock_package.wheel.requirements import find_differences, read_metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheel.path_wheels import PathDependency
    from poetry_plugin_lock_package.wheel.rewrite import Wheel

# The first second of 2108: a ZIP file cannot hold a later year than 2107.
_TOO_LATE = 4_354_819_200


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file that was built or copied."""

    path: Path
    kind: Literal["lock", "own", "path"]
    """The lock package, the project's own wheel with the pins, or what goes along with ``--path-wheels``."""
    copied: bool = False
    """Whether it is the file of a path dependency, unchanged."""
    cleaned: tuple[str, ...] = ()
    """The fields of METADATA from which secrets were removed."""


def announce(plan: Plan) -> Iterator[str]:
    """What would be done for ``--path-wheels`` if this was no dry run.

    Raises WheelError, naming all of them, if there can be no wheel of some path dependencies.
    """
    if not plan.options.path_wheels:
        return
    from poetry_plugin_lock_package.wheel.path_wheels import find_path_dependencies

    for dependency in find_path_dependencies(plan.pinned_packages):
        package = dependency.package
        yield f"copy {dependency.path.name}" if dependency.is_file else f"build {package.name} {package.version}"
    if plan.root:
        yield f"build {plan.root.name} {plan.root.version}"


def build_wheels(
    plan: Plan, poetry: Poetry, folder: Path, output: Path, *, dry_run: bool = False
) -> tuple[BuiltFile, ...]:
    """Build the wheels of ``plan``, and read them back; ``poetry`` has loaded its project.

    The files are somewhere in the temporary ``folder``, those of ``--path-wheels`` last, and are to be moved to
    ``output``. In a ``dry_run`` the latter are not built. Build backends run while ``folder`` is still empty.
    Raises a LockPackageError if a file cannot be built or is not as planned, and OSError if it cannot be written.
    """
    with_paths = plan.options.path_wheels and not dry_run
    if plan.pinned_metadata is None and not with_paths:
        return (BuiltFile(build_lock_wheel(plan, folder), "lock"),)
    # Loaded only here: few runs need it.
    from poetry_plugin_lock_package.wheel import backends, path_wheels, rewrite

    dependencies = path_wheels.find_path_dependencies(plan.pinned_packages) if with_paths else ()
    problem = f"{plan.project.name} cannot be built" if plan.pinned_metadata else "No wheel can be built"
    with backends.scratch_folder(problem) as scratch:
        project, beside = backends.run_backends(plan, poetry, dependencies, scratch)
        if plan.options.path_wheels:
            pinned = path_wheels.pinned_paths(plan)
            project, beside = (
                [path_wheels.without_paths(wheel, pinned) for wheel in wheels] for wheels in (project, beside)
            )
        if plan.pinned_metadata is None:
            files = [BuiltFile(build_lock_wheel(plan, folder), "lock")]
            beside += project
        else:
            locked = rewrite.lock_wheels(project, plan.pinned_metadata, folder, output)
            files = [BuiltFile(wheel.path, "own", cleaned=wheel.cleaned) for wheel in locked]
        return (*files, *_path_files(dependencies, beside, folder / "path-wheels"))


def _path_files(
    dependencies: Collection[PathDependency], wheels: Collection[Wheel], folder: Path
) -> Iterator[BuiltFile]:
    """Copy the files of ``dependencies`` into the new ``folder``, and write ``wheels`` there."""
    from poetry_plugin_lock_package.wheel import path_wheels, rewrite

    folder.mkdir()
    # The lock has hashes of what is copied, so that stays as it is.
    files = [path_wheels.copy_file(one, folder) for one in dependencies if one.is_file]
    names = [file.name for file in (*files, *(wheel.path for wheel in wheels))]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WheelError(f"Two paths lead to one file: {', '.join(twice)}. Give one of them another version")
    for file in files:
        yield BuiltFile(file, "path", copied=True)
    for wheel in wheels:
        yield BuiltFile(rewrite.write_wheel(wheel, folder).path, "path", cleaned=wheel.cleaned)


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

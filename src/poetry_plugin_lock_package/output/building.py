"""The wheels of a plan: the lock package, or the project's own wheels with the pins in them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.wheel.lock_wheel import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheel.project_wheel import ProjectWheel


def build_wheels(plan: Plan, own: Sequence[ProjectWheel], folder: Path, output: Path) -> tuple[Path, ...]:
    """Build the wheels of ``plan`` somewhere in ``folder``, and read them back; return their paths.

    ``own`` are the project's own wheels, if the pins go into those. The new ones are to be moved to ``output``.
    Raises a LockPackageError if they cannot be built or are not as planned, and OSError if they cannot be written.
    """
    if plan.pinned_metadata is None:
        return (build_wheel(plan.lock_project, plan.pins, plan.graph.extras, plan.graph.python, folder),)
    # Loaded only here: few runs need it.
    from poetry_plugin_lock_package.wheel.locked_wheel import lock_wheels

    return lock_wheels(own, plan.pinned_metadata, folder, output)


@contextmanager
def own_wheels(plan: Plan, poetry: Poetry) -> Iterator[tuple[ProjectWheel, ...]]:
    """The project's own wheels that the pins go into, if they do: those that were given, or one that is built now.

    It is built outside the project, whose build backend would take it for a part of it, and is gone afterwards.
    Raises WheelError if it cannot be built, or if a wheel that was given is not one of the project.
    """
    if plan.pinned_metadata is None:
        yield ()
        return
    from poetry_plugin_lock_package.wheel.project_wheel import build_project_wheel, read_project_wheel

    project = plan.project.release
    given = plan.options.from_wheel
    try:
        temporary = TemporaryDirectory(prefix="lock-package-", ignore_cleanup_errors=True)
    except OSError:
        raise WheelError(f"{project.name} cannot be built: set TMPDIR to a folder that can be written") from None
    with temporary as scratch:
        paths = given or (build_project_wheel(poetry, Path(scratch)),)
        wheels = [read_project_wheel(path).without_secrets() for path in paths]
        # A build backend may know the version better than pyproject.toml, but a new one is made of the latter.
        is_checked = given or plan.pinned_metadata.release or plan.options.path_wheels
        if is_checked and (others := [wheel.path.name for wheel in wheels if not wheel.is_of(project)]):
            raise WheelError(f"Not a wheel of {project.name} {project.version}: {', '.join(others)}")
        yield _without_paths(wheels, plan, Path(scratch, "without-paths"))


def _without_paths(wheels: Sequence[ProjectWheel], plan: Plan, folder: Path) -> tuple[ProjectWheel, ...]:
    """``wheels`` as they are, or with ``--path-wheels`` new ones in ``folder`` that have no references by path."""
    if not plan.options.path_wheels:
        return tuple(wheels)
    from poetry_plugin_lock_package.output.path_files import pinned_releases
    from poetry_plugin_lock_package.wheel.path_references import replace_paths

    folder.mkdir()
    return tuple(replace_paths(wheel, pinned_releases(plan), folder) for wheel in wheels)

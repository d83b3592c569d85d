"""What has to travel with a lock package: the files of its path dependencies, and the wheel of its project."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import WheelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.wheel.path_dependencies import PathDependency
    from poetry_plugin_lock_package.wheel.path_references import PinnedRelease


def path_dependencies(plan: Plan) -> tuple[PathDependency, ...]:
    """The path dependencies whose files go beside the lock package of ``plan``: none unless its options say so.

    Raises WheelError, naming all of them, if there can be no wheel of some.
    """
    if not plan.options.path_wheels:
        return ()
    from poetry_plugin_lock_package.wheel.path_dependencies import find_path_dependencies

    return find_path_dependencies(plan.pinned_packages)


def pinned_releases(plan: Plan) -> tuple[PinnedRelease, ...]:
    """What references by path become: the packages that ``plan`` pins, and the project if there is a wheel of it."""
    from poetry_plugin_lock_package.wheel.path_references import PinnedRelease

    root = plan.release if plan.pinned_metadata else plan.root and plan.root.release
    return (
        *(PinnedRelease(p.name, p.version, p.source.path if p.source else None) for p in plan.pinned_packages),
        *([PinnedRelease(canonicalize_name(root.name), root.version)] if root else []),
    )


def announce(plan: Plan, dependencies: Sequence[PathDependency]) -> Iterator[str]:
    """What would be done with ``dependencies`` and with the project, if this was no dry run."""
    for dependency in dependencies:
        package = dependency.package
        yield f"copy {dependency.path.name}" if dependency.is_file else f"build {package.name} {package.version}"
    if plan.options.path_wheels and plan.root:
        yield f"build {plan.root.name} {plan.root.version}"


@contextmanager
def path_files(
    plan: Plan, poetry: Poetry, dependencies: Sequence[PathDependency], *, dry_run: bool
) -> Iterator[dict[Path, tuple[str, ...]]]:
    """The files of ``dependencies`` and the wheel of the project, if ``plan`` has them go beside the lock package.

    Each comes with the fields of its METADATA from which secrets were removed. There are none in a ``dry_run``.

    They are made outside all projects, whose build backends would take them for a part of these, and are gone
    afterwards. Raises WheelError if one cannot be built, or is not of the version that is pinned.
    """
    if dry_run or not plan.options.path_wheels:
        yield {}
        return
    from poetry_plugin_lock_package.wheel.path_wheels import build_path_wheels

    try:
        temporary = TemporaryDirectory(prefix="lock-package-", ignore_cleanup_errors=True)
    except OSError:
        raise WheelError("No wheel can be built: set TMPDIR to a folder that can be written") from None
    with temporary as scratch:
        root = plan.root.release if plan.root else None
        yield build_path_wheels(dependencies, root, poetry, pinned_releases(plan), Path(scratch))

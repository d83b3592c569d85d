"""The wheel of the lock package: built by poetry-core, then read back."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.metadata import parse_email
from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder

from poetry_plugin_lock_package.errors import OptionError, VerificationError
from poetry_plugin_lock_package.poetry_api import quiet_logging
from poetry_plugin_lock_package.poetry_api.dependencies import add_dependency
from poetry_plugin_lock_package.text import message_of
from poetry_plugin_lock_package.wheel.lock_project import write_files
from poetry_plugin_lock_package.wheel.verify import find_differences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from packaging.metadata import RawMetadata
    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint

    from poetry_plugin_lock_package.selection.pins import Pin
    from poetry_plugin_lock_package.wheel.lock_project import LockProject

# The first second of 2108: a ZIP file cannot hold a later year than 2107.
_TOO_LATE = 4_354_819_200


def build_wheel(
    lock_project: LockProject,
    pins: Collection[Pin],
    extras: Collection[NormalizedName],
    python: VersionConstraint,
    folder: Path,
) -> Path:
    """Build the wheel of ``lock_project`` in ``folder``, a temporary folder, and return its path.

    Raises VerificationError unless the wheel, read back, requires exactly ``pins`` and offers exactly ``extras``
    within the range ``python``; OptionError if SOURCE_DATE_EPOCH is too late; OSError if a file cannot be written.
    """
    _check_date()
    built = _built(lock_project, pins, folder)
    if differences := sorted(find_differences(_read_metadata(built), pins, extras, python)):
        raise VerificationError(*differences)
    return built


def _check_date() -> None:
    """Refuse a date for which poetry-core would fail. It ignores invalid and pre-1980 values."""
    with suppress(ValueError):
        if abs(int(os.environ.get("SOURCE_DATE_EPOCH", ""))) >= _TOO_LATE:
            raise OptionError("SOURCE_DATE_EPOCH", "is after the year 2107, the last that a wheel can have. Correct it")


class _LockWheelBuilder(WheelBuilder):
    """poetry-core's builder without its call of git for ignored files: the lock project has none."""

    def find_excluded_files(self, fmt: str | None = None) -> set[str]:  # noqa: ARG002 - as poetry-core declares it
        return set()


def _built(lock_project: LockProject, pins: Iterable[Pin], scratch: Path) -> Path:
    folder = scratch / lock_project.name
    # Reading the pins takes poetry-core longer than the rest of the build, so it gets them as objects if possible.
    outline = lock_project.outline
    write_files(replace(lock_project, pyproject=outline) if outline else lock_project, folder)
    try:
        with quiet_logging():
            # Poetry's own factory would load configuration and plugins again.
            poetry = Factory().create_poetry(folder)
            for pin in pins if outline else ():
                add_dependency(poetry.package, pin.requirement, pin.marker, pin.extra)
            return _LockWheelBuilder(poetry).build(scratch / "dist")
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it raises
        # Invalid input is found earlier, so this is a bug.
        text = message_of(error).replace(str(scratch), "")
        # Not chained: the original message may have an address with a password in it.
        raise VerificationError(f"poetry-core cannot build the lock project: {text}") from None


def _read_metadata(wheel: Path) -> RawMetadata:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return parse_email(archive.read(name))[0]

"""The lock package itself: a wheel, made by poetry-core and read back."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.metadata import parse_email
from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder

from poetry_plugin_lock_package.errors import OptionError, VerificationError
from poetry_plugin_lock_package.poetry_api.quiet_logging import quiet_poetry_core
from poetry_plugin_lock_package.text import message_of
from poetry_plugin_lock_package.wheels.lock_project import write_files
from poetry_plugin_lock_package.wheels.verify import find_differences

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from packaging.metadata import RawMetadata
    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint

    from poetry_plugin_lock_package.selection.pins import Pin
    from poetry_plugin_lock_package.wheels.lock_project import LockProject

# The first second of 2108, which is too much for a ZIP file.
_TOO_LATE = 4_354_819_200


def build_wheel(
    lock_project: LockProject,
    pins: Collection[Pin],
    extras: Collection[NormalizedName],
    python: VersionConstraint,
    folder: Path,
) -> Path:
    """Build the wheel of ``lock_project`` somewhere in ``folder``, which nobody else looks into; return its path.

    It is read back and found to require exactly ``pins`` and to offer exactly ``extras`` within the
    range ``python``. Raises VerificationError if it does not, OptionError if SOURCE_DATE_EPOCH is too late
    a date, and OSError if it cannot be written.
    """
    _check_date()
    built = _built(lock_project, folder)
    if differences := sorted(find_differences(_read_metadata(built), pins, extras, python)):
        raise VerificationError(*differences)
    return built


def _check_date() -> None:
    """Refuse a date on which poetry-core would fail; what is none, or before 1980, it counts as unset."""
    with suppress(ValueError):
        if abs(int(os.environ.get("SOURCE_DATE_EPOCH", ""))) >= _TOO_LATE:
            raise OptionError("SOURCE_DATE_EPOCH", "is after the year 2107, the last that a wheel can have. Correct it")


class _LockWheelBuilder(WheelBuilder):
    """poetry-core's, which would run git to ask what is ignored around the lock project: nothing of it is."""

    def find_excluded_files(self, fmt: str | None = None) -> set[str]:  # noqa: ARG002 - as poetry-core declares it
        return set()


def _built(lock_project: LockProject, scratch: Path) -> Path:
    folder = scratch / lock_project.name
    write_files(lock_project, folder)
    try:
        with quiet_poetry_core():
            # poetry-core's factory, not Poetry's: that one would load configuration and plugins again.
            return _LockWheelBuilder(Factory().create_poetry(folder)).build(scratch / "dist")
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it raises
        # What it cannot take should have been found before: never the user's fault.
        text = message_of(error).replace(str(scratch), "")
        # Not chained: the original message may have an address with a password in it.
        raise VerificationError(f"poetry-core cannot build the lock project: {text}") from None


def _read_metadata(wheel: Path) -> RawMetadata:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return parse_email(archive.read(name))[0]

"""Wheels of the project itself: building one with its build backend, and reading one."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from cleo.io.null_io import NullIO
from installer.sources import WheelFile
from packaging.metadata import parse_email
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version
from poetry.console.commands.build import BuildHandler, BuildOptions
from poetry.utils.env import EnvManager, ephemeral_environment
from poetry.utils.env.python import Python

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.poetry_api import quiet_logging
from poetry_plugin_lock_package.text import message_of, redacted, without_folders
from poetry_plugin_lock_package.wheel.metadata import changed_fields, without_secrets
from poetry_plugin_lock_package.wheel.problems import (
    member_problems,
    metadata_problems,
    record_problems,
    wheel_version_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from packaging.metadata import RawMetadata
    from poetry.poetry import Poetry
    from poetry.utils.env import Env

    from poetry_plugin_lock_package.project import Release

# A damaged wheel may have as many problems as files.
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class ProjectWheel:
    """A valid wheel: its file, the name of its ``.dist-info`` folder, and its METADATA.

    ``cleaned`` are the fields from which secrets were removed after the file was read.
    """

    path: Path
    info: str
    metadata: bytes
    cleaned: tuple[str, ...] = ()

    def without_secrets(self) -> ProjectWheel:
        """The wheel with the METADATA that goes into a new file."""
        metadata = without_secrets(self.metadata)
        return replace(self, metadata=metadata, cleaned=changed_fields(self.metadata, metadata))

    @property
    def fields(self) -> RawMetadata:
        """The fields of METADATA that packaging knows."""
        return parse_email(self.metadata)[0]

    def is_of(self, project: Release) -> bool:
        """Whether the file name and METADATA both have the name and version of ``project``."""
        name, version, *_ = parse_wheel_filename(self.path.name)
        names = {name, canonicalize_name(self.fields.get("name", ""))}
        versions = {version, Version(self.fields.get("version", ""))}
        return (names, versions) == ({canonicalize_name(project.name)}, {Version(project.version)})


def read_project_wheel(path: Path) -> ProjectWheel:
    """Read the wheel at ``path``, and check all files in it against its RECORD.

    Raises WheelError if it is not a wheel, damaged, unsafe to unpack, too large, of an unknown format, or signed.
    """
    try:
        with ZipFile(path) as archive:
            _refuse(path, member_problems(archive.infolist()))
            source = WheelFile(archive)
            info = source.dist_info_dir
            _refuse(path, wheel_version_problems(archive.read(f"{info}/WHEEL")))
            source.validate_record()
            _refuse(path, record_problems(source.read_dist_info("RECORD")))
            # https://packaging.python.org/en/latest/specifications/binary-distribution-format/#signed-wheel-files
            signed = [name for name in ("RECORD.jws", "RECORD.p7s") if f"{info}/{name}" in archive.namelist()]
            wheel = ProjectWheel(path, info, archive.read(f"{info}/METADATA"))
            _refuse(path, metadata_problems(wheel.metadata))
            parse_wheel_filename(path.name)
            Version(wheel.fields.get("version", ""))
    except WheelError:
        raise
    except OSError as error:
        raise WheelError(f"{path.name} cannot be read: {message_of(error)}. Check the path of the wheel") from error
    except Exception as error:  # a damaged file makes the parsers raise errors of any kind
        raise _unusable(path, _explain(error, path)) from error
    if signed:
        raise WheelError(
            f"{path.name} is signed ({', '.join(signed)}), and the signature does not cover other dependencies."
            " Give the wheel as it was before it was signed"
        )
    return wheel


def _refuse(path: Path, problems: Iterable[str]) -> None:
    found = [*problems]
    if found:
        more = f"; and {len(found) - _MOST_NAMED} more problems" if len(found) > _MOST_NAMED else ""
        raise _unusable(path, "; ".join(found[:_MOST_NAMED]) + more)


def _unusable(path: Path, problem: str) -> WheelError:
    return WheelError(f"{path.name} is not a valid wheel: {problem}. Build it again, or give another one")


def _explain(error: Exception, path: Path) -> str:
    """What ``error`` says about the wheel at ``path``, without its folder."""
    if isinstance(error, BadZipFile):
        return f"it is not a zip file, or damaged ({message_of(error)})"
    issues = getattr(error, "issues", None)
    text = "; ".join(issues) if issues else message_of(error)
    return text.replace(f"In {path}, ", "").replace(str(path), path.name)


def build_project_wheel(poetry: Poetry, folder: Path) -> Path:
    """Build the wheel of the project into ``folder`` as ``poetry build --format wheel`` does, and return its path.

    The build backend runs in the project's folder and may leave files there, as in ``poetry build``. Raises
    WheelError if it fails.
    """
    remedy = "Run `poetry build --format wheel` to see why"
    with (
        backend_errors(poetry.package.pretty_name, poetry.pyproject_path.parent, remedy),
        build_environment(poetry) as environment,
    ):
        return build_with_poetry(poetry, environment, folder)


def build_with_poetry(poetry: Poetry, environment: Env, folder: Path) -> Path:
    """Build the wheel of ``poetry``'s project into the empty ``folder``; raises whatever Poetry and backends raise."""
    options = BuildOptions(clean=False, formats=["wheel"], output=str(folder))
    BuildHandler(poetry, environment, NullIO()).build(options)
    (wheel,) = folder.glob("*.whl")
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


@contextmanager
def build_environment(poetry: Poetry) -> Iterator[Env]:
    """An environment with the Python of ``poetry build``, which would create a permanent one if there is none."""
    environment = EnvManager(poetry).get()
    if not poetry.config.get("virtualenvs.create") or (environment.is_venv() and environment.is_sane()):
        yield environment
        return
    python = Python.get_preferred_python(poetry.config)
    if not poetry.package.python_constraint.allows(python.patch_version):
        python = Python.get_compatible_python(poetry)
    with ephemeral_environment(python.executable, flags={"no-pip": True}) as environment:
        yield environment

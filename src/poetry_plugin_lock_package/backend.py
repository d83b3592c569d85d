"""The build backend: wheels of poetry-core with the pins in them, wherever they are built (PEP 517, PEP 660).

A frontend such as pip calls these functions in the folder of the project, in an environment that has neither Poetry nor
cleo. ``--config-setting lock=off`` builds what poetry-core alone would build.
"""

from __future__ import annotations

import sys
import tarfile
from contextlib import contextmanager
from dataclasses import replace
from gzip import GzipFile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from poetry.core.factory import Factory
from poetry.core.masonry import api

from poetry_plugin_lock_package.cli.options import check_rules
from poetry_plugin_lock_package.cli.request import make_options, merge, origin_of, read_settings
from poetry_plugin_lock_package.errors import LockPackageError, OptionError
from poetry_plugin_lock_package.lock.freshness import read_lock_file
from poetry_plugin_lock_package.markers.operations import with_extras
from poetry_plugin_lock_package.notices import OutputFacts, find_notices
from poetry_plugin_lock_package.plan import plan
from poetry_plugin_lock_package.poetry_api import quiet_logging, read_pyproject, translate_errors, unreadable_project
from poetry_plugin_lock_package.pyproject import ALL_FIELDS
from poetry_plugin_lock_package.text import message_of
from poetry_plugin_lock_package.wheel.build import backend_errors
from poetry_plugin_lock_package.wheel.rewrite import lock_wheel, pin_metadata, read_wheel, without_secrets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from poetry.core.poetry import Poetry

    from poetry_plugin_lock_package.cli.request import Values
    from poetry_plugin_lock_package.plan import Options, Plan
    from poetry_plugin_lock_package.pyproject import Field, PinnedMetadata

    Settings = Mapping[str, Any] | None

# The setting of poetry-core.
_POETRY_CORE = ("local-version",)
# Settings in pyproject.toml that are about the command alone.
_COMMAND = ("output", "strict", "no-root", "name", "set-version", "project-wheel")

get_requires_for_build_wheel = api.get_requires_for_build_wheel
get_requires_for_build_sdist = api.get_requires_for_build_sdist
get_requires_for_build_editable = api.get_requires_for_build_editable


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:  # noqa: ARG001 - METADATA is made anew
    """Build the wheel with the pins into ``wheel_directory``; return its name. Exits with one line for an error."""
    with _errors(), TemporaryDirectory() as scratch:
        locked = _plan(config_settings)
        with _building():
            name = api.build_wheel(scratch if locked else wheel_directory, _for_poetry_core(config_settings))
        if locked:
            planned, pinned = locked
            for notice in find_notices(planned, OutputFacts()):
                # Frontends show it with `-v`.
                sys.stderr.write(f"{notice.shown()}\n")
            lock_wheel(read_wheel(Path(scratch, name)), pinned, Path(wheel_directory))
        return name


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: Settings = None) -> str:
    """Write the ``.dist-info`` folder of that wheel, with the same METADATA; return its name."""
    with _errors():
        locked = _plan(config_settings, is_strict=False)
        with _building():
            name = api.prepare_metadata_for_build_wheel(metadata_directory, _for_poetry_core(config_settings))
        if locked:
            path = Path(metadata_directory, name, "METADATA")
            path.write_bytes(pin_metadata(without_secrets(path.read_bytes()), locked[1], name))
        return name


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Build an sdist that has poetry.lock, and the pins in PKG-INFO; return its name.

    The wheel that is built from it is the same as that from the folder.
    """
    with _errors(), TemporaryDirectory() as scratch:
        locked = _plan(config_settings)
        with _building():
            name = api.build_sdist(scratch if locked else sdist_directory, _for_poetry_core(config_settings))
        if locked:
            _lock_sdist(Path(scratch, name), Path(sdist_directory, name), *locked)
        return name


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build poetry-core's editable wheel, without pins: developers need their ranges."""
    with _errors(), _building():
        return api.build_editable(wheel_directory, _for_poetry_core(config_settings), metadata_directory)


def prepare_metadata_for_build_editable(metadata_directory: str, config_settings: Settings = None) -> str:
    """Write the ``.dist-info`` folder of that wheel; return its name."""
    with _errors(), _building():
        return api.prepare_metadata_for_build_editable(metadata_directory, _for_poetry_core(config_settings))


@contextmanager
def _errors() -> Iterator[None]:
    """Show an error as one line: of an exception, frontends would show all frames."""
    try:
        yield
    except LockPackageError as error:
        raise SystemExit(f"Error: {error}") from None
    except OSError as error:
        raise SystemExit(f"Error: The files cannot be written: {message_of(error)}") from None


@contextmanager
def _building() -> Iterator[None]:
    with backend_errors("The project", Path.cwd(), "Run `poetry build` to see why"):
        yield


def _for_poetry_core(config_settings: Settings) -> dict[str, Any]:
    return {name: value for name, value in (config_settings or {}).items() if name in _POETRY_CORE}


def _plan(config_settings: Settings, *, is_strict: bool = True) -> tuple[Plan, PinnedMetadata] | None:
    """What to pin, or None if ``config_settings`` switch that off; if ``is_strict``, unknown ones are errors."""
    frontend = dict(config_settings or {})
    lock = frontend.pop("lock", None)
    if is_strict and (unknown := sorted(frontend.keys() - _POETRY_CORE)):
        raise LockPackageError(
            f"--config-setting {unknown[0]} is not known. Use lock=off, or local-version=TEXT, which is for poetry-core"
        )
    if lock == "off":
        return None
    if lock is not None:
        raise LockPackageError(f"--config-setting lock={lock} is not possible. Use lock=off, or leave it out")
    with translate_errors(unreadable_project), quiet_logging():
        poetry = Factory().create_poetry(Path.cwd())
        pyproject = read_pyproject(poetry)
    settings = {name: value for name, value in read_settings(pyproject).items() if name not in _COMMAND}
    values = merge({}, settings)
    try:
        planned = _plan_by(values, poetry, pyproject)
    except LockPackageError as error:
        raise LockPackageError(f"{error}{origin_of(error, values)}") from None
    # The options ask for a wheel that has them.
    return (planned, planned.pinned_metadata) if planned.pinned_metadata else None


def _plan_by(values: Values, poetry: Poetry, pyproject: Mapping[str, Any]) -> Plan:
    check_rules(values)
    if "-" in (values["provided"] or ()):
        raise OptionError("--provided", "cannot be standard input in a build. Name a file")
    kept = frozenset(field for field in ALL_FIELDS if pyproject.get("project", {}).get(field))
    options = replace(
        make_options(poetry, values, explain=False),
        project_wheel=not values["as-extra"],
        as_extra=values["as-extra"],
        kept=kept,
    )
    planned = plan(poetry, options, read_lock_file(poetry.pyproject_path.parent, pyproject))
    _check_dynamic(pyproject, planned, kept)
    _check_ignored(planned, kept)
    return planned


def _check_dynamic(pyproject: Mapping[str, Any], planned: Plan, kept: Collection[Field]) -> None:
    """Raise LockPackageError if a field of [project] gets pins and is not dynamic.

    Frontends such as uv read a static field, and would not ask for the pins.
    """
    project, poetry = pyproject.get("project"), pyproject.get("tool", {}).get("poetry", {})
    if project is None:
        return
    as_extra = planned.options.as_extra
    has_base, has_extras = (any(bool(pin.extra) is of_extra for pin in planned.pins) for of_extra in (False, True))
    # Without a list in either table, the project declares that it needs nothing.
    is_declared = "dependencies" in project or "dependencies" not in poetry
    changed: list[Field] = []
    if not as_extra and is_declared and ("dependencies" in kept or has_base):
        changed.append("dependencies")
    if as_extra or ("optional-dependencies" in kept and has_extras):
        changed.append("optional-dependencies")
    dynamic = project.get("dynamic", [])
    if missing := [field for field in changed if field not in dynamic]:
        listed = ", ".join(f'"{field}"' for field in sorted({*dynamic, *missing}))
        raise LockPackageError(
            f"pyproject.toml does not list {' and '.join(missing)} as dynamic, so some installers would not see the"
            f" pins. Write dynamic = [{listed}] in [project]"
        )


def _check_ignored(planned: Plan, kept: Collection[Field]) -> None:
    """Raise LockPackageError if a field of [project] that is ``kept`` requires what is ignored."""
    requiring: dict[str, set[Field]] = {}
    for dependency in planned.graph.own_dependencies:
        is_optional = with_extras(dependency.marker, ()).is_empty()
        field: Field = "optional-dependencies" if is_optional else "dependencies"
        requiring.setdefault(dependency.name, set()).add(field)
    ignored = [name for name, by in planned.selection.required if by is None and requiring[name].intersection(kept)]
    if ignored and not planned.options.as_extra:
        raise LockPackageError(
            f"{', '.join(ignored)} cannot be ignored, because [project] in pyproject.toml requires it, which no build"
            " backend may change. Move it to [tool.poetry.dependencies]"
        )


def _lock_sdist(source: Path, target: Path, planned: Plan, pinned: PinnedMetadata) -> None:
    """Write the sdist ``source`` to ``target`` with the lock, the lists of what is provided, and pins in PKG-INFO."""
    folder = planned.project.folder
    root = source.name.removesuffix(".tar.gz")
    with tarfile.open(source) as old:
        members = {member.name: member for member in old.getmembers()}
        # What is a link to another file has no content of its own.
        contents = {
            name: read.read() for name, one in members.items() if one.isreg() and (read := old.extractfile(one))
        }
    info = f"{root}/PKG-INFO"
    contents[info] = pin_metadata(without_secrets(contents[info]), pinned, source.name)
    added = {f"{root}/{name}": (folder / name).read_bytes() for name in _added_files(planned.options)}
    added = {name: content for name, content in added.items() if name not in members}
    contents |= added
    pkg_info = members.pop(info)
    for name in added:
        members[name] = tarfile.TarInfo(name)
        members[name].mtime, members[name].mode = pkg_info.mtime, pkg_info.mode
    members[info] = pkg_info
    with (
        GzipFile(target, mode="wb", mtime=pkg_info.mtime) as gz,
        tarfile.open(target, mode="w", fileobj=gz, format=tarfile.PAX_FORMAT) as new,
    ):
        for name, member in members.items():
            content = contents.get(name)
            if content is not None:
                member.size = len(content)
            new.addfile(member, BytesIO(content) if content is not None else None)


def _added_files(options: Options) -> Iterator[str]:
    """The files that the build of a wheel from an sdist needs, relative to the project; raises for one outside."""
    yield "poetry.lock"
    for file in options.provided:
        # Not where links lead to: the setting and other lists have this name.
        name = Path(file.name)
        if name.is_absolute() or ".." in name.parts:
            raise LockPackageError(f"{file.name} is outside the project, so it cannot be in an sdist. Move it")
        yield name.as_posix()

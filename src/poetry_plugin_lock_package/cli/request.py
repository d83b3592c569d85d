"""What a run is asked to do: options and settings, merged once and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.cli.groups import activated_groups, split_names
from poetry_plugin_lock_package.cli.rules import check_rules
from poetry_plugin_lock_package.cli.values import Mode
from poetry_plugin_lock_package.plan import Options
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning
from poetry_plugin_lock_package.project import checked_version
from poetry_plugin_lock_package.selection.ignore import IgnorePattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.cli.values import Values
    from poetry_plugin_lock_package.selection.provided import ProvidedFile


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do: its ``mode``, and the ``options`` of the lock package.

    ``output`` is the folder for the wheel. ``warnings`` are those about the options themselves; if the run is
    ``strict``, a warning is an error. ``compared`` is a wheel to compare with what would be built.
    """

    mode: Mode
    options: Options
    output: Path
    constraints: bool = False
    sbom: bool = False
    compared: Path | None = None
    as_json: bool = False
    dry_run: bool = False
    strict: bool = False
    warnings: tuple[PlanWarning, ...] = ()


def make_request(poetry: Poetry, values: Values, *, explain: bool = False) -> Request:
    """What ``values`` ask for in the project of ``poetry``; with ``explain``, the reason for each pin as well.

    Raises OptionsError if they do not go together, and OptionError, GroupError, PatternError or ProvidedError if one
    is not what it has to be.
    """
    check_rules(values)
    return Request(
        mode=values.mode,
        # An SBOM has the edges between packages, too.
        options=_options(poetry, values, explain=explain or values["sbom"]),
        output=Path(values["output"] or "dist"),
        constraints=values["constraints"],
        sbom=values["sbom"],
        compared=Path(values["diff"]) if values["diff"] else None,
        as_json=values["format"] == "json",
        dry_run=values["dry-run"],
        strict=values["strict"],
        warnings=tuple(_warnings(values)),
    )


def _options(poetry: Poetry, values: Values, *, explain: bool) -> Options:
    # As settings, the options for the project's own wheel are for the runs that build.
    builds = values.mode is not Mode.WRITE
    return Options(
        groups=activated_groups(poetry.package, values),
        extras=_extras(poetry, values),
        ignore=tuple(map(IgnorePattern.parse, values["ignore"])),
        provided=_provided(poetry, values) if values["provided"] else (),
        no_root=bool(values["no-root"]),
        include_root=bool(values["include-root"] and builds),
        as_extra=values["as-extra"] if builds else None,
        from_wheel=tuple(map(Path, values["from-wheel"])),
        path_wheels=values["path-wheels"],
        name=values["name"],
        version=checked_version(values["set-version"]) if values["set-version"] else None,
        post=values["post"],
        explain=explain,
    )


def _provided(poetry: Poetry, values: Values) -> tuple[ProvidedFile, ...]:
    # What it takes to read these lists is loaded only for that.
    from poetry_plugin_lock_package.selection.provided import read_provided, read_standard_input

    # As other programs do with the files that they are given; the settings belong to the project.
    folder = Path() if values.is_given("provided") else poetry.pyproject_path.parent
    files: list[ProvidedFile] = []
    for path in dict.fromkeys(values["provided"]):
        files += read_standard_input() if path == "-" else read_provided(folder / path)
    return tuple(files)


def _extras(poetry: Poetry, values: Values) -> frozenset[NormalizedName]:
    if values["all-extras"]:
        return frozenset(poetry.package.extras)
    names = (name for extras in values["extras"] for name in split_names(extras) if name)
    return frozenset(map(canonicalize_name, names))


def _warnings(values: Values) -> Iterator[PlanWarning]:
    if values["only"] and (values["with"] or values["without"]):
        yield PlanWarning("groups-without-effect", "--with and --without have no effect together with --only")

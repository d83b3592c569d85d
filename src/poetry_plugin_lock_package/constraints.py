"""Constraints: the pins of a lock package with the hashes of their files, for installs that check hashes.

Core metadata cannot hold hashes, but a requirements file can:
https://pip.pypa.io/en/stable/topics/secure-installs/. Unlike the lock package, it has no extras, and allows
only one version of a name in each environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from itertools import combinations
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename
from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import LockPackageError, OutputError
from poetry_plugin_lock_package.markers.regions import NOWHERE, Environments
from poetry_plugin_lock_package.project import Release, release_key_of
from poetry_plugin_lock_package.selection.select import requirement
from poetry_plugin_lock_package.text import shown_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from packaging.utils import NormalizedName
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import LockedPackage
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.project import ReleaseKey
    from poetry_plugin_lock_package.selection.select import Pin

HEADER = "# Made by `poetry lock-package` from poetry.lock, to install with (pip 26.1 or later):"


@dataclass(frozen=True, slots=True)
class Constraint:
    """An exact requirement, and the hashes of the files that meet it."""

    requirement: str
    """PEP 508, without extras."""
    hashes: tuple[str, ...]
    markers: tuple[BaseMarker, ...] = (AnyMarker(),)
    """Alternatives, each of which becomes a line."""

    def __str__(self) -> str:
        """The lines in a requirements file."""
        hashes = "".join(f" \\\n    --hash={text}" for text in self.hashes)
        texts = (f" ; {marker}" if not marker.is_any() else "" for marker in self.markers)
        return "".join(f"{self.requirement}{text}{hashes}\n" for text in texts)


def make_constraints(plan: Plan, folder: Path | None) -> tuple[Constraint, ...]:
    """Constrain the project, if it is pinned, and every pinned package to their files, each once for all extras.

    poetry.lock has no hashes of what is built on this machine: the project, and packages from a folder. Their wheels
    and sdists are in ``folder``, or (None) still to be built. Only the project may have none there. Raises
    LockPackageError with all packages that have no hash, or of which extras need several versions, and OutputError if a
    file cannot be read.
    """
    markers = _markers(plan)
    keys = {package: Release(package.name, package.version).key for package in markers}
    releases = {key for package, key in keys.items() if package.source and package.source.type == "directory"}
    own = plan.root.release if plan.root else None
    if own:
        releases.add(own.key)
    built = find_hashes(folder, releases, plan.project.folder) if folder else dict.fromkeys(releases, ())
    constraints = [Constraint(f"{own.name}=={own.version}", built.get(own.key, ()))] if own else []
    missing: dict[tuple[str, str], None] = {}
    for package, key in keys.items():
        constraints.append(Constraint(requirement(package), package.hashes or built.get(key, ()), markers[package]))
        if not package.hashes and key not in built:
            missing[package.name, _why(package)] = None
    if missing:
        found = "; ".join(
            f"{', '.join(name for name, why in missing if why == reason)} ({reason})"
            for reason in dict.fromkeys(why for _, why in missing)
        )
        ignore = " ".join(f"--ignore {name}" for name, _ in missing)
        raise LockPackageError(
            f"--constraints needs a hash for every package: {found}. Leave packages out with {ignore}"
        )
    return tuple(constraints)


def render_constraints(wheels: Sequence[Path], extra: str | None, constraints: Iterable[Constraint]) -> str:
    """The text of the constraints file for ``wheels``, which are of one release, and ``constraints``.

    ``extra`` is the extra with the pins, or None if the wheels require them anyway. Constraints without a hash are
    left out, because pip would refuse the whole file.
    """
    name, version, *_ = parse_wheel_filename(wheels[0].name)
    own = Constraint(f"{name}=={version}", tuple(sorted(set(map(hash_of, wheels)))))
    asked_for = f"'{name}[{extra}]=={version}'" if extra else own.requirement
    usage = f"pip install --require-hashes -c {constraints_name(wheels[0].name)} {asked_for}"
    lines = (str(constraint) for constraint in (own, *constraints) if constraint.hashes)
    return f"{HEADER}\n# {usage}\n{''.join(lines)}"


def constraints_name(wheel_name: str) -> str:
    """The name of the constraints file beside the wheel ``wheel_name``."""
    return "-".join([*wheel_name.split("-")[:2], "constraints.txt"])


def find_hashes(folder: Path, releases: Collection[ReleaseKey], project: Path) -> dict[ReleaseKey, tuple[str, ...]]:
    """The hashes of all wheels and sdists in ``folder`` that belong to ``releases``; those without a file are missing.

    Raises OutputError if one of the files cannot be read, with its path in the folder ``project`` if it is there.
    """
    found: dict[ReleaseKey, tuple[str, ...]] = {}
    for file in folder.glob("*"):
        if (key := release_key_of(file.name)) and key in releases:
            found[key] = tuple(sorted({*found.get(key, ()), hash_of(file, project)}))
    return found


def hash_of(file: Path, project: Path | None = None) -> str:
    """The SHA-256 of ``file``, as pip and Poetry write it; raises OutputError, like ``find_hashes``."""
    try:
        return f"sha256:{sha256(file.read_bytes()).hexdigest()}"
    except OSError as error:
        raise OutputError(f"{shown_path(file, project or file.parent)} cannot be read: {error.strerror}") from error


def _markers(plan: Plan) -> dict[LockedPackage, tuple[BaseMarker, ...]]:
    """Where each pinned package is installed with any extra; each marker becomes a line."""
    by_name: dict[NormalizedName, dict[LockedPackage, list[Pin]]] = {}
    for package, pins in plan.selection.by_package.items():
        by_name.setdefault(package.name, {})[package] = pins
    markers: dict[LockedPackage, tuple[BaseMarker, ...]] = {}
    several = []
    for name, packages in by_name.items():
        environments = Environments([pin.marker for pins in packages.values() for pin in pins], plan.graph.python)
        regions = {
            package: reduce(environments.union, (environments.region(pin.marker) for pin in pins))
            for package, pins in packages.items()
        }
        if any(environments.intersection(*pair) != NOWHERE for pair in combinations(regions.values(), 2)):
            versions = " and ".join(_describe(package, pins) for package, pins in packages.items())
            several.append(f"{name} at {versions}")
            continue
        for package, pins in packages.items():
            # Prefer an existing equivalent marker.
            known = [pin.marker for pin in pins if environments.region(pin.marker) == regions[package]]
            markers[package] = (known[0],) if known else environments.markers(regions[package])
    if several:
        raise LockPackageError(
            "--constraints can hold only one version of a package, and extras of the project need several:"
            f" {'; '.join(several)}. Choose extras with --extras, and build a lock package for each choice"
        )
    return markers


def _why(package: LockedPackage) -> str:
    if package.source and package.source.type == "git":
        return "from git, which has none"
    if package.source and package.source.type == "directory":
        return "from a folder: add --all-wheels, or build its wheel into the output folder first"
    return "without one in poetry.lock that pip accepts: run `poetry lock`"


def _describe(package: LockedPackage, pins: Iterable[Pin]) -> str:
    extras = sorted({pin.extra for pin in pins if pin.extra})
    return package.version + (f" ({', '.join(extras)})" if extras else "")

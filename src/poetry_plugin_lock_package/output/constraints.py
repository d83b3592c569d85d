"""Constraints: the pins of a lock package with the hashes of their files, for installs that check hashes.

Core metadata cannot hold hashes, but a requirements file can:
https://pip.pypa.io/en/stable/topics/secure-installs/. Unlike the lock package, it has no extras, and allows
only one version of a name in each environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version
from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.markers.regions import NOWHERE, Environments
from poetry_plugin_lock_package.selection.pins import requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.lock.model import LockedPackage
    from poetry_plugin_lock_package.output.distributions import ReleaseKey
    from poetry_plugin_lock_package.project import Project
    from poetry_plugin_lock_package.selection.select import Selected, Selection

_HEADER = "# Made by `poetry lock-package` from poetry.lock, to install with:"


@dataclass(frozen=True, slots=True)
class Constraint:
    """An exact ``requirement`` without extras (PEP 508), and the ``hashes`` of the files that meet it.

    ``markers`` are alternatives; each becomes a line.
    """

    requirement: str
    hashes: tuple[str, ...]
    markers: tuple[BaseMarker, ...] = (AnyMarker(),)

    def __str__(self) -> str:
        """The lines in a requirements file."""
        hashes = "".join(f" \\\n    --hash={text}" for text in self.hashes)
        texts = (f" ; {marker}" if not marker.is_any() else "" for marker in self.markers)
        return "".join(f"{self.requirement}{text}{hashes}\n" for text in texts)


def make_constraints(
    selection: Selection, root: Project | None, python: VersionConstraint, built: Mapping[ReleaseKey, tuple[str, ...]]
) -> tuple[Constraint, ...]:
    """Constrain ``root`` and every package of ``selection`` to their files, each once for all extras.

    ``built`` has the hashes that poetry.lock lacks: those of the root, and of packages that are locked from a
    folder; an entry is empty if its file is still to be built. Only the root may have no entry. ``python`` is the
    project's range. Raises LockPackageError with all packages that have no hash, or of which extras need several
    versions.
    """
    rows: dict[NormalizedName, dict[LockedPackage, list[Selected]]] = {}
    for chosen in selection.selected:
        rows.setdefault(chosen.package.name, {}).setdefault(chosen.package, []).append(chosen)
    markers = {name: _without_extras(packages, python) for name, packages in rows.items()}
    if several := [(name, map(_describe, rows[name].values())) for name, merged in markers.items() if merged is None]:
        raise _several_versions(several)
    pinned = {package: alternatives for merged in markers.values() for package, alternatives in (merged or {}).items()}
    hashes = {p: p.hashes or built.get((p.name, Version(p.version)), ()) for p in pinned}
    without = [p for p in pinned if not hashes[p] and (p.name, Version(p.version)) not in built]
    if missing := dict.fromkeys((package.name, _why(package)) for package in without):
        raise _missing_hashes(missing)
    constraints = [Constraint(requirement(package), hashes[package], pinned[package]) for package in pinned]
    if root:
        own = built.get((canonicalize_name(root.name), Version(root.version)), ())
        constraints.insert(0, Constraint(f"{root.name}=={root.version}", own))
    return tuple(constraints)


def constraints_name(wheel_name: str) -> str:
    """The name of the constraints file beside the wheel ``wheel_name``."""
    return "-".join([*wheel_name.split("-")[:2], "constraints.txt"])


def render_constraints(wheels: Mapping[str, str], extra: str | None, constraints: Iterable[Constraint]) -> str:
    """The text of the constraints file for ``wheels`` (file names of one release, with hashes) and ``constraints``.

    ``extra`` is the extra with the pins, or None if the wheels require them anyway. Constraints without a hash are
    left out, because pip would refuse the whole file.
    """
    wheel_name = next(iter(wheels))
    name, version, *_ = parse_wheel_filename(wheel_name)
    own = Constraint(f"{name}=={version}", tuple(sorted({*wheels.values()})))
    asked_for = f"'{name}[{extra}]=={version}'" if extra else own.requirement
    usage = f"pip install --require-hashes -c {constraints_name(wheel_name)} {asked_for}"
    lines = (str(constraint) for constraint in (own, *constraints) if constraint.hashes)
    return f"{_HEADER}\n# {usage}\n{''.join(lines)}"


def is_constraints(text: str) -> bool:
    """Whether ``text`` is that of a constraints file as :func:`render_constraints` writes it."""
    return text.startswith(_HEADER)


def _without_extras(
    packages: Mapping[LockedPackage, Sequence[Selected]], python: VersionConstraint
) -> Mapping[LockedPackage, tuple[BaseMarker, ...]] | None:
    """Where each of ``packages``, versions of one name, is installed with any extra; None if two of them overlap."""
    environments = Environments([chosen.marker for rows in packages.values() for chosen in rows], python)
    regions = {
        package: reduce(environments.union, (environments.region(chosen.marker) for chosen in rows))
        for package, rows in packages.items()
    }
    if any(environments.intersection(*pair) != NOWHERE for pair in combinations(regions.values(), 2)):
        return None
    merged = {}
    for package, rows in packages.items():
        # Prefer an existing equivalent marker.
        known = [chosen.marker for chosen in rows if environments.region(chosen.marker) == regions[package]]
        merged[package] = (known[0],) if known else environments.markers(regions[package])
    return merged


def _several_versions(packages: Iterable[tuple[str, Iterable[str]]]) -> LockPackageError:
    listed = "; ".join(f"{package} at {' and '.join(versions)}" for package, versions in packages)
    return LockPackageError(
        f"--constraints can hold only one version of a package, and extras of the project need several: {listed}."
        " Choose extras with --extras, and build a lock package for each choice"
    )


def _missing_hashes(packages: Iterable[tuple[str, str]]) -> LockPackageError:
    named: dict[str, list[str]] = {}
    for package, reason in packages:
        named.setdefault(reason, []).append(package)
    found = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in named.items())
    ignore = " ".join(f"--ignore {package}" for package, _ in packages)
    return LockPackageError(f"--constraints needs a hash for every package: {found}. Leave packages out with {ignore}")


def _why(package: LockedPackage) -> str:
    """Why ``package`` has no hash."""
    if package.source and package.source.type == "git":
        return "from git, which has none"
    if package.source and package.source.type == "directory":
        return "from a folder: add --path-wheels, or build its wheel into the output folder first"
    return "without one in poetry.lock that pip accepts: run `poetry lock`"


def _describe(rows: Sequence[Selected]) -> str:
    extras = sorted({chosen.extra for chosen in rows if chosen.extra})
    return rows[0].package.version + (f" ({', '.join(extras)})" if extras else "")

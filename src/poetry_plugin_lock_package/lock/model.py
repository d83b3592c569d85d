"""The locked graph: what ``poetry.lock`` says, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from poetry_plugin_lock_package.errors import LockError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.version.markers import BaseMarker


@dataclass(frozen=True, slots=True)
class Dependency:
    """An edge of the locked graph: ``name`` with ``extras`` is required where ``marker`` holds.

    ``extra`` in the marker means an extra of the package that requires.
    """

    name: NormalizedName
    extras: frozenset[NormalizedName]
    marker: BaseMarker


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the project requires of a lock before format 2.1, as Poetry's solver sees it.

    ``extra`` in the marker of ``dependency`` is what the user wrote there. The extras that bring the dependency are
    ``in_extras``, which do not keep Poetry from installing it without them unless it ``is_optional``.
    ``versions`` are the locked ones that will do.
    """

    dependency: Dependency
    in_extras: frozenset[NormalizedName]
    is_optional: bool
    versions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """A dependency by address: ``name`` at the reference ``git`` (empty: the default branch), or (None) from a path."""

    name: NormalizedName
    git: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a locked package comes from, if not from the default index.

    ``type`` is Poetry's: ``legacy`` (an index, whose name is ``reference``), ``git``, ``url``,
    ``directory`` or ``file``. ``direct`` is the PEP 508 direct reference of a git or URL
    source, None if there is no text for it that others can follow. User info and hash of the address
    are left out of it: ``had_secret`` and ``had_hash`` tell that there were some.
    """

    type: str
    reference: str | None = None
    direct: str | None = None
    had_secret: bool = False
    had_hash: bool = False


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One entry of ``poetry.lock``, with the ``marker`` under which Poetry installs it.

    ``extra`` in the marker means an extra of the project. Where the lock records no markers, it says only
    where this version is the one, if its name is needed. ``dependencies`` are filled in only where they
    were asked for, or that is so; ``references`` are those by address. ``hashes`` are those of its files, as
    far as pip trusts them; in a lock before format 2.0, those of all locked versions of the name.
    """

    name: NormalizedName
    version: str
    marker: BaseMarker
    source: Source | None = None
    dependencies: tuple[Dependency, ...] = ()
    references: tuple[Reference, ...] = ()
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LockedGraph:
    """The locked packages of some groups, and how the project comes to them.

    ``own_dependencies`` are those in the project's own metadata, which knows no groups.
    ``python`` is the project's range. ``extras`` are the project's extras, as far as
    they concern the groups: they belong to main. ``lock_version`` is the format of the
    lock; for one before 2.1, ``requirements`` are what decides what is installed with which extras, and
    ``unsolved`` says where Poetry cannot install it.
    ``digest`` is the SHA-256 of the file with its lines ended as on Unix, because git may end
    them otherwise; ``content_hash`` is that of what was locked, by Poetry's rule.
    """

    packages: tuple[LockedPackage, ...]
    dependencies: tuple[Dependency, ...]
    own_dependencies: tuple[Dependency, ...]
    extras: tuple[NormalizedName, ...]
    python: VersionConstraint
    lock_version: str
    digest: str
    content_hash: str
    requirements: tuple[Requirement, ...] = ()
    unsolved: tuple[BaseMarker, ...] = ()

    @property
    def records_markers(self) -> bool:
        """Whether the lock has groups and markers, or Poetry's solver had to work them out."""
        return Version(self.lock_version) >= Version("2.1")


def inconsistent(problem: str) -> LockError:
    """The error for a lock whose packages do not fit together."""
    return LockError(f"poetry.lock is inconsistent: {problem}. Run `poetry lock` to make it anew")

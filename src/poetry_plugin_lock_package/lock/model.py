"""The locked graph: the contents of ``poetry.lock`` as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.version import Version
from poetry.core.constraints.version import Version as PoetryVersion
from poetry.core.constraints.version import VersionRange

from poetry_plugin_lock_package.errors import LockError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.version.markers import BaseMarker

ANY_VERSION = VersionRange()


@dataclass(frozen=True, slots=True)
class Dependency:
    """An edge of the locked graph: ``name`` with ``extras`` is required where ``marker`` holds.

    ``extra`` in the marker refers to the extras of the package that has the dependency. ``constraint`` are the
    versions that meet it, or None for an address or a path, which no version meets.
    """

    name: NormalizedName
    extras: frozenset[NormalizedName]
    marker: BaseMarker
    constraint: VersionConstraint | None = ANY_VERSION

    def is_met_by(self, package: LockedPackage) -> bool:
        """Whether ``package``, which has its name, has a version or a source that it asks for."""
        if self.constraint is None:
            return package.source is not None and package.source.type != "legacy"
        return self.constraint.allows(PoetryVersion.parse(package.version))


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the project requires of a lock before format 2.1, as Poetry's solver sees it.

    ``extra`` in the marker of ``dependency`` is what the user wrote there. The extras that bring the dependency are
    ``in_extras``, which do not keep Poetry from installing it without them unless it ``is_optional``.
    ``fits`` has the version and the source of each locked package that meets it.
    """

    dependency: Dependency
    in_extras: frozenset[NormalizedName]
    is_optional: bool
    fits: frozenset[tuple[str, Source | None]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A git dependency on ``name`` at the reference ``git`` ("" is the default branch), or a path dependency (None)."""

    name: NormalizedName
    git: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a locked package comes from, if not from the default index.

    ``type`` is Poetry's: ``legacy`` (an index, named by ``reference``), ``git``, ``url``, ``directory`` or ``file``.
    ``direct`` is the URL for a PEP 508 direct reference to a git or URL source, or None if no other machine could
    use it. It leaves out the user info and the hash of the locked address; ``had_secret`` and ``had_hash`` tell
    whether there were any. ``obstacle`` is the reason why a git or URL source has no direct reference.
    ``path`` is the folder or file of a directory or file source on this machine: it must never be shown or written.
    """

    type: str
    reference: str | None = None
    direct: str | None = None
    had_secret: bool = False
    had_hash: bool = False
    obstacle: str = ""
    path: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One entry of ``poetry.lock``. Poetry installs it where ``marker`` holds.

    ``extra`` in the marker refers to the extras of the project. For a lock that records no markers, the marker says
    only where this version of the name is chosen, not whether the name is needed. ``dependencies`` may be empty if
    the reader was not asked for them. ``references`` are the git and path dependencies. ``hashes`` are the file
    hashes that pip accepts; before format 2.0 they include the files of all locked versions of the name.
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
    """The locked packages of some dependency groups, and the dependencies of the project that lead to them.

    ``dependencies`` are those of the chosen groups; ``own_dependencies`` are those in the project's own metadata,
    which has no groups. ``python`` is the project's Python range. ``extras`` are the project's extras, or empty
    without the main group, to which extras belong. ``lock_version`` is the format of the lock. For a lock before
    format 2.1, ``requirements`` decide what is installed with which extras, and ``unsolved`` says where Poetry
    cannot install it. ``digest`` is the SHA-256 of poetry.lock with Unix line endings, because git may change them.
    ``content_hash`` is the one that Poetry recorded.
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
        """Whether the lock records groups and markers; otherwise Poetry's solver has worked them out."""
        return Version(self.lock_version) >= Version("2.1")


def inconsistent(problem: str) -> LockError:
    """The error for a lock whose packages do not fit together."""
    return LockError(f"poetry.lock is inconsistent: {problem}. Run `poetry lock` to make it anew")

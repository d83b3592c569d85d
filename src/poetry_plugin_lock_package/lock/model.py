"""The locked graph: the contents of ``poetry.lock`` as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import new
from typing import TYPE_CHECKING

from poetry.core.constraints.version import Version as PoetryVersion
from poetry.core.constraints.version import VersionRange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.packages.dependency import Dependency as PoetryDependency
    from poetry.core.version.markers import BaseMarker

ANY_VERSION = VersionRange()


@dataclass(frozen=True, slots=True)
class Dependency:
    """An edge of the locked graph: ``name`` with ``extras`` is required where ``marker`` holds."""

    name: NormalizedName
    extras: frozenset[NormalizedName]
    marker: BaseMarker
    """``extra`` in it refers to the extras of the package that has the dependency."""
    constraint: VersionConstraint | None = ANY_VERSION
    """The versions that meet it, or None for an address or a path, which no version meets."""

    @classmethod
    def of(cls, dependency: PoetryDependency, marker: BaseMarker) -> Dependency:
        """The edge for ``dependency``, which holds where ``marker`` does.

        ``in_extras`` must not narrow it: poetry-core derives them from its marker, even from ``A or extra == "x"``.
        """
        constraint = None if dependency.is_direct_origin() else dependency.constraint
        return cls(dependency.name, frozenset(dependency.extras), marker, constraint)

    def is_met_by(self, package: LockedPackage) -> bool:
        """Whether ``package``, which has its name, has a version or a source that it asks for."""
        if self.constraint is None:
            return package.source is not None and package.source.type != "legacy"
        return self.constraint.allows(PoetryVersion.parse(package.version))


@dataclass(frozen=True, slots=True)
class Reference:
    """A git or path dependency on ``name``."""

    name: NormalizedName
    git: str | None
    """The git reference ("" is the default branch), or None for a path."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a locked package comes from, if not from the default index."""

    type: str
    """Poetry's: ``legacy`` (an index), ``git``, ``url``, ``directory`` or ``file``."""
    reference: str | None = None
    """The name of an index, or the git reference."""
    direct: str | None = None
    """The URL for a PEP 508 direct reference to a git or URL source, or None if no other machine could use it."""
    had_secret: bool = False
    """Whether the locked address has user info, which ``direct`` leaves out."""
    had_hash: bool = False
    """Whether the locked address has a hash, which ``direct`` leaves out."""
    obstacle: str = ""
    """Why a git or URL source has no ``direct`` reference."""
    path: str | None = field(default=None, repr=False)
    """The folder or file of a directory or file source on this machine. It must never be shown or written."""
    address: str | None = field(default=None, repr=False)
    """The locked address of a git or URL source, secrets included. It must never be shown or written."""
    commit: str | None = None
    """The locked commit of a git source."""
    subdirectory: str = ""
    """The folder in the source that the package is in."""


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One entry of ``poetry.lock``."""

    name: NormalizedName
    version: str
    marker: BaseMarker
    """Where Poetry installs it; ``extra`` refers to the extras of the project."""
    source: Source | None = None
    """Where it comes from, or None for the default index."""
    dependencies: tuple[Dependency, ...] = ()
    """What it requires; may be empty if the reader was not asked for that."""
    references: tuple[Reference, ...] = ()
    """Its git and path dependencies."""
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """The names of its files, each with its hash, if pip accepts that.

    Before format 2.0 they include those of all locked versions of the name.
    """

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hashes of its files, each once."""
        return tuple(sorted({text for _, text in self.files}))


def is_hash_of(text: str, content: bytes) -> bool:
    """Whether ``text``, as it is in poetry.lock (``sha256:…``), is the hash of a file with ``content``."""
    algorithm, _, digest = text.partition(":")
    return new(algorithm, content).hexdigest() == digest


@dataclass(frozen=True, slots=True)
class Entry:
    """The ``data`` of a locked package, with the fields that depend on the format of the lock."""

    data: Mapping[str, Any]
    marker: BaseMarker
    dependencies: tuple[Dependency, ...]


def by_version(graph: LockedGraph) -> LockedGraph:
    """``graph`` with git and URL sources that are pinned by version, because their files are in the wheelhouse."""

    def changed(package: LockedPackage) -> LockedPackage:
        return replace(package, source=package.source and replace(package.source, direct=None, obstacle=""))

    return replace(graph, packages=tuple(map(changed, graph.packages)))


@dataclass(frozen=True, slots=True)
class LockedGraph:
    """The locked packages of some dependency groups, and the dependencies of the project that lead to them."""

    packages: tuple[LockedPackage, ...]
    dependencies: tuple[Dependency, ...]
    """Those of the project in the chosen groups."""
    own_dependencies: tuple[Dependency, ...]
    """Those in the project's own metadata, which has no groups."""
    extras: tuple[NormalizedName, ...]
    """The project's extras, or none without the main group, to which extras belong."""
    python: VersionConstraint
    """The project's Python range."""
    lock_version: str
    """The format of the lock."""
    records_markers: bool
    """Whether the lock records groups and markers; otherwise Poetry's solver has worked them out."""
    digest: str
    """That of the ``LockFile``."""
    content_hash: str
    """The hash of pyproject.toml that Poetry recorded."""
    unsolved: tuple[BaseMarker, ...] = ()
    """Where Poetry cannot install the lock, if it has a format before 2.1."""

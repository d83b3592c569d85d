"""Dependency groups by their normalised names. Poetry 2.1 compares the names as the project spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.utils import NormalizedName
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker
    from poetry.packages.transitive_package_info import TransitivePackageInfo


def spelt(project: ProjectPackage, groups: Collection[NormalizedName]) -> list[str]:
    """The names of ``groups`` as ``project`` spells them."""
    names = sorted(project.dependency_group_names(include_optional=True))
    return [name for name in names if canonicalize_name(name) in groups]


def belongs_to(info: TransitivePackageInfo, groups: Collection[NormalizedName]) -> bool:
    """Whether a package with ``info`` is in one of ``groups``."""
    return any(canonicalize_name(name) in groups for name in info.groups)


def group_marker(info: TransitivePackageInfo, groups: Collection[NormalizedName]) -> BaseMarker:
    """Where Poetry installs a package with ``info`` for ``groups`` (its ``Transaction.calculate_operations``)."""
    # Poetry records an empty marker for a group that never reaches the package. A union would write it: `or <empty>`.
    reaching = [name for name, marker in info.markers.items() if not marker.is_empty()]
    names = {canonicalize_name(name): name for name in reaching if canonicalize_name(name) in groups}
    # Poetry 2.1 joins the markers in the given order. Sort the names, so that the hash seed does not change the text.
    return info.get_marker([names[name] for name in sorted(names, key=lambda name: (name != MAIN_GROUP, name))])

"""Dependencies as poetry-core makes them of ``[project]``, but without its PEP 508 parser, which takes long to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from poetry.core.constraints.version import parse_constraint
from poetry.core.packages.dependency import Dependency
from poetry.core.version.markers import parse_marker

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.version.markers import BaseMarker


def add_dependency(package: ProjectPackage, requirement: str, marker: BaseMarker, extra: NormalizedName | None) -> None:
    """Add ``requirement`` (PEP 508 without a marker) to ``package``, as part of ``extra`` or (None) of the base.

    The result is what ``Factory`` makes of the text ``requirement ; marker``. So the text of ``marker`` is parsed
    too: poetry-core may write another one afterwards. It remembers the few texts that most markers share.
    """
    if " @ " in requirement:
        dependency = Dependency.create_from_pep_508(requirement)
    else:
        parsed = Requirement(requirement)
        dependency = Dependency(parsed.name, parse_constraint(str(parsed.specifier)), extras=parsed.extras)
    if not marker.is_any():
        dependency.marker = parse_marker(str(marker))
    if extra is not None:
        # As `Factory` sets them; there is no public way.
        dependency._optional = True  # noqa: SLF001
        dependency._in_extras = [extra]  # noqa: SLF001
    package.add_dependency(dependency)

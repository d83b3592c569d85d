"""The dependency groups that a run is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.cli.options import GROUP_OPTIONS
from poetry_plugin_lock_package.errors import GroupError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from poetry.core.packages.project_package import ProjectPackage

    from poetry_plugin_lock_package.cli.values import Values


def activated_groups(project: ProjectPackage, values: Values) -> frozenset[NormalizedName]:
    """The groups of ``project`` that ``values`` ask for, by the rule of Poetry's ``GroupCommand.activated_groups``.

    Without ``--with`` or ``--only`` it is main alone, as in ``poetry export``. Groups may also be separated by spaces,
    and be in any spelling, which Poetry 2.1 does not know. Raises GroupError, in Poetry's words, for unknown ones.
    """
    known = {canonicalize_name(name) for name in project.dependency_group_names(include_optional=True)}
    asked_for = {option: _split(values[option] or ()) for option in GROUP_OPTIONS}
    unknown: dict[str, list[str]] = {}
    for option, names in asked_for.items():
        for name in names:
            if canonicalize_name(name) not in known:
                unknown.setdefault(name, []).append(option)
    if unknown:
        raise GroupError({name: tuple(sorted(unknown[name])) for name in sorted(unknown)})
    groups = {option: frozenset(map(canonicalize_name, names)) for option, names in asked_for.items()}
    if values["all-groups"]:
        groups["with"] = frozenset(known)
    return groups["only"] or (groups["with"] | {MAIN_GROUP}) - groups["without"]


def split_names(text: str) -> list[str]:
    """The names in ``text``, which are separated by commas or spaces."""
    return re.split(r"[\s,]+", text.strip())


def _split(texts: list[str] | tuple[()]) -> set[str]:
    return {name for text in texts for name in split_names(text)}

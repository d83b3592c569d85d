"""Projects and the index that they are locked from, as plain values, and their pyproject.toml."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.__version__ import __version__

NAME = "example-package"
# A second index, from which only those requirements are met that name it.
SECOND = "second"
SECOND_URL = "https://second.example.org/simple"
# Poetry reads [dependency-groups] and included groups since this version.
HAS_INCLUDED_GROUPS = Version(__version__) >= Version("2.2")


@dataclass(frozen=True)
class Need:
    """``name`` within ``specifier``, with its extras ``asks``, is required where ``marker`` holds.

    If there is an ``extra``, which is one of whatever requires it, then only with that extra. It is met from the index
    ``source``, or (None) from the default one.
    """

    name: str
    specifier: str = ""
    marker: str = ""
    asks: tuple[str, ...] = ()
    extra: str | None = None
    source: str | None = None

    @property
    def key(self) -> str:
        """The normalised name."""
        return canonicalize_name(self.name)

    @property
    def without_extra(self) -> str:
        """The requirement in PEP 508, as a table of extras has it."""
        asks = f"[{','.join(self.asks)}]" if self.asks else ""
        return f"{self.name}{asks}{self.specifier}" + (f" ; {self.marker}" if self.marker else "")

    @property
    def requirement(self) -> str:
        """The requirement in PEP 508, as Requires-Dist has it."""
        if not self.extra:
            return self.without_extra
        marker = f'({self.marker}) and extra == "{self.extra}"' if self.marker else f'extra == "{self.extra}"'
        asks = f"[{','.join(self.asks)}]" if self.asks else ""
        return f"{self.name}{asks}{self.specifier} ; {marker}"

    @property
    def table(self) -> str:
        """The requirement as [tool.poetry] has it."""
        values = {"version": self.specifier or "*", "extras": self.asks, "markers": self.marker, "source": self.source}
        items = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value]
        return f"{{ {', '.join([*items, 'optional = true'] if self.extra else items)} }}"


@dataclass(frozen=True)
class Release:
    """A version of a package in the index ``source`` (None: the default one), for the range ``python``."""

    name: str
    version: str
    needs: tuple[Need, ...]
    python: str = ""
    source: str | None = None


@dataclass(frozen=True)
class Group:
    """A dependency group beside the main one, with the group that it ``includes``."""

    name: str
    needs: tuple[Need, ...]
    includes: str | None = None
    optional: bool = False


@dataclass(frozen=True)
class Project:
    """A project and its index; ``needs`` are those of its main group, ``style`` says how they are written.

    The styles: "project" as the standard has it; "range" with a wider range there, narrowed in [tool.poetry];
    "dynamic" with the dependencies in [tool.poetry], and the extras in [project]; "classic" all in [tool.poetry].
    """

    python: str
    needs: tuple[Need, ...]
    groups: tuple[Group, ...]
    extras: tuple[str, ...]
    releases: tuple[Release, ...]
    style: str = "project"

    def needs_of(self, groups: Iterable[str]) -> Iterator[Need]:
        """What the project requires in ``groups``, and in those that they include."""
        by_name = {group.name: group for group in self.groups}
        for name in groups:
            if name == "main":
                yield from self.needs
            else:
                yield from by_name[name].needs
                if included := by_name[name].includes:
                    yield from self.needs_of([included])


def render(project: Project) -> str:
    """The pyproject.toml of ``project``."""
    return "\n".join([*_STYLES[project.style](project), *_groups(project), *_sources(project)])


def _project(project: Project, python: str | None = None) -> Iterator[str]:
    yield from ("[project]", f'name = "{NAME}"', 'version = "0.1.0"', f'requires-python = "{python or project.python}"')
    yield f"dependencies = {_lines(project, None)}"
    yield from _optional(project)


def _range(project: Project) -> Iterator[str]:
    yield from _project(project, ">=3.8")
    yield from ("[tool.poetry.dependencies]", f'python = "{project.python}"')


def _dynamic(project: Project) -> Iterator[str]:
    yield from ("[project]", f'name = "{NAME}"', 'version = "0.1.0"', f'requires-python = "{project.python}"')
    yield 'dynamic = ["dependencies"]'
    yield from _optional(project)
    yield "[tool.poetry.dependencies]"
    yield from _tables(need for need in project.needs if not need.extra)


def _classic(project: Project) -> Iterator[str]:
    yield from (
        "[tool.poetry]",
        f'name = "{NAME}"',
        'version = "0.1.0"',
        'description = ""',
        'authors = ["A <a@b.org>"]',
    )
    yield from ("[tool.poetry.dependencies]", f'python = "{project.python}"')
    yield from _tables(project.needs)
    yield "[tool.poetry.extras]"
    for extra in project.extras:
        yield f"{extra} = {json.dumps([*dict.fromkeys(need.name for need in project.needs if need.extra == extra)])}"


_STYLES = {"project": _project, "range": _range, "dynamic": _dynamic, "classic": _classic}


def _lines(project: Project, extra: str | None) -> str:
    return json.dumps([need.without_extra for need in project.needs if need.extra == extra])


def _optional(project: Project) -> Iterator[str]:
    yield "[project.optional-dependencies]"
    yield from (f"{extra} = {_lines(project, extra)}" for extra in project.extras)


def _tables(needs: Iterable[Need]) -> Iterator[str]:
    by_name: dict[str, list[Need]] = {}
    for need in needs:
        by_name.setdefault(need.key, []).append(need)
    for same in by_name.values():
        yield f"{json.dumps(same[0].name)} = [{', '.join(need.table for need in same)}]"


def _sources(project: Project) -> Iterator[str]:
    if any(need.source for need in project.needs):
        yield from ("[[tool.poetry.source]]", f'name = "{SECOND}"', f'url = "{SECOND_URL}"', 'priority = "explicit"')


def _groups(project: Project) -> Iterator[str]:
    """The groups in Poetry's own way: the standard one is not known to Poetry 2.1."""
    for group in project.groups:
        yield f"[tool.poetry.group.{group.name}]"
        yield f"optional = {str(group.optional).lower()}"
        if group.includes:
            yield f'include-groups = ["{group.includes}"]'
        yield f"[tool.poetry.group.{group.name}.dependencies]"
        yield from _tables(group.needs)

"""What a lock package has to install, found out anew: one environment at a time, and by names.

Nothing here is taken from the code under test. Poetry says which versions it would install,
`packaging` says which requirements hold, and the rest is a walk.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tomlkit
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.properties.environments import Environment, Extras, holds
from tests.properties.installed import Installed
from tests.properties.projects import Need, Release

# A name, and the extras that it is asked for with.
Asked = tuple[str, Extras]
# What a version of a package with some extras needs in one environment.
Needs = Callable[[str, str, Extras], Iterable[Asked]]


_EXTRA = re.compile('extra == "([^"]*)"')
_NO_EXTRA = re.compile('extra != "[^"]*"')


class Walk:
    """A project that needs ``roots`` in an environment where Poetry installs ``installed``."""

    def __init__(self, installed: Installed, roots: Iterable[Asked], needs: Needs) -> None:
        self._installed = installed
        self._roots = tuple(roots)
        self._needs = needs

    def expected(self, ignored: frozenset[str]) -> set[tuple[str, str]]:
        """Name and version of what stays: all but the ignored and what only they led to."""
        before = self.reached()
        # What nothing led to even before has no reason that could be ignored: it
        # stays, and so does what it needs.
        unexplained = self._installed.keys() - before.keys() if ignored else ()
        lost = before.keys() - self.reached(unexplained, ignored).keys()
        return {(name, version) for name, version in self._installed.items() if name not in lost | ignored}

    def reached(self, others: Iterable[str] = (), ignored: frozenset[str] = frozenset()) -> dict[str, Extras]:
        """The names to which the project and ``others`` lead, never through an ignored one, and their extras."""
        todo = [*self._roots, *((name, frozenset[str]()) for name in others)]
        found: dict[str, Extras] = {}
        while todo:
            name, asks = todo.pop()
            have = found.get(name)
            if name in ignored or name not in self._installed or (have is not None and asks <= have):
                continue
            found[name] = asks | (have or frozenset())
            todo += self._needs(name, self._installed[name], found[name])
        return found

    def needs(self, name: str, extras: Extras) -> dict[str, Extras]:
        """What the installed version of ``name`` with ``extras`` needs of what is installed."""
        found: dict[str, Extras] = {}
        for child, asks in self._needs(name, self._installed[name], extras):
            if child in self._installed:
                found[child] = found.get(child, frozenset()) | asks
        return found

    def missing(self) -> set[str]:
        """What the project or a package to which it leads needs, and is not installed."""
        needed = {name for name, _ in self._roots}
        for name, extras in self.reached().items():
            needed |= {child for child, _ in self._needs(name, self._installed[name], extras)}
        return needed - self._installed.keys()


def project_needs(needs: Iterable[Need], environment: Environment, extras: Extras) -> Iterator[Asked]:
    """What a project with ``extras`` requires in ``environment``."""
    for need in needs:
        if (need.extra is None or need.extra in extras) and holds(need.marker, environment):
            yield need.key, _normalized(need.asks)


@dataclass(frozen=True)
class Index:
    """What the metadata of packages says that they need, whatever a lock has made of it."""

    releases: Mapping[tuple[str, str], tuple[Requirement, ...]]

    @classmethod
    def of(cls, releases: Iterable[Release]) -> "Index":
        return cls(
            {
                (canonicalize_name(release.name), release.version): tuple(
                    Requirement(need.requirement) for need in release.needs
                )
                for release in releases
            }
        )

    def needs(self, installed: Installed, environment: Environment) -> Needs:
        """What packages need in ``environment``, if what is installed there is what they ask for."""

        def needs(name: str, version: str, extras: Extras) -> Iterator[Asked]:
            for requirement in self.releases[name, version]:
                child = canonicalize_name(requirement.name)
                is_met = child not in installed or requirement.specifier.contains(installed[child], prereleases=True)
                if is_met and holds(str(requirement.marker or ""), environment, extras):
                    yield child, _normalized(requirement.extras)

        return needs


@dataclass(frozen=True)
class LockEntries:
    """What a lock says that its packages need: the lock as plain data, by normalised name and version."""

    entries: Mapping[tuple[str, str], Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "LockEntries":
        packages = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap().get("package", ())
        return cls({(canonicalize_name(entry["name"]), str(Version(entry["version"]))): entry for entry in packages})

    def needs(self, environment: Environment) -> Needs:
        """What the entries need in ``environment``."""

        def needs(name: str, version: str, extras: Extras) -> Iterator[Asked]:
            entry = self.entries[name, version]
            for extra, texts in entry.get("extras", {}).items():
                # What an extra stands for is said only there: other extras of the same package.
                for asked in map(_requirement, texts) if canonicalize_name(extra) in extras else ():
                    if asked and canonicalize_name(asked.name) == name:
                        yield name, _normalized(asked.extras)
            for child, specs in entry.get("dependencies", {}).items():
                for spec in specs if isinstance(specs, list) else [specs]:
                    table = spec if isinstance(spec, dict) else {}
                    if edge_holds(table.get("markers", ""), environment, extras):
                        yield canonicalize_name(child), _normalized(table.get("extras", ()))

        return needs


def edge_holds(marker: str, environment: Environment, extras: Extras) -> bool:
    """Whether a locked package with ``extras`` has the edge with ``marker``, by Poetry's ``Provider.complete_package``.

    The extras in it are alternatives, whatever joins them, and those that it excludes are of no account. A marker that
    nothing meets is written as ``<empty>``.
    """
    named = {canonicalize_name(extra) for extra in _EXTRA.findall(marker)}
    text = _NO_EXTRA.sub('extra != "none"', _EXTRA.sub('extra == "any"', marker))
    return marker != "<empty>" and holds(text, environment, frozenset({"any"} if named & extras else ()))


def _normalized(extras: Iterable[str]) -> Extras:
    return frozenset(map(canonicalize_name, extras))


@cache
def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        # Locks of old have `name (version)`.
        return None

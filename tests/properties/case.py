"""A project with its lock, what is asked for, and what has to be required then."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from packaging.utils import canonicalize_name
from poetry.poetry import Poetry

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from poetry_plugin_lock_package.wheel.build import build_lock_wheel
from tests import kit
from tests.kit import Wheel
from tests.properties.environments import Environment, Extras, supported
from tests.properties.installed import Installed, Lock
from tests.properties.projects import NAME, Project
from tests.properties.walk import Index, LockEntries, Walk, project_needs

ROOT = f"{NAME}==0.1.0"
# Each with what it means, so that the reference need not know regular expressions.
PATTERNS = {
    "p-a": {"p-a"},
    "p-b": {"p-b"},
    "p-[bc]": {"p-b", "p-c"},
    "P_?C|p-C|.*d": {"p-c", "p-d"},
    "p": set(),
}


@dataclass(frozen=True)
class Choice:
    """What is asked for: groups, extras for the base, and what is ignored."""

    groups: tuple[str, ...] = ("main",)
    extras: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def ignored(self) -> frozenset[str]:
        return frozenset(name for pattern in self.patterns for name in PATTERNS[pattern])

    def options(self, project: Project, as_extra: str | None = None) -> plan.Options:
        """The options of a run; extras that ``project`` does not have are left out."""
        return plan.Options(
            groups=frozenset(map(canonicalize_name, self.groups)),
            extras=frozenset(map(canonicalize_name, self.base(project))),
            ignore=tuple(map(IgnorePattern.parse, self.patterns)),
            as_extra=as_extra,
        )

    def base(self, project: Project) -> Extras:
        """The extras of ``project`` that are part of the base."""
        return frozenset(self.extras) & {*project.extras} if "main" in self.groups else frozenset()


@dataclass(frozen=True)
class Case:
    """A project, its lock as Poetry reads it and as plain data, and a choice; ``index`` is none for odd locks."""

    project: Project
    choice: Choice
    poetry: Poetry
    lock: Lock
    entries: LockEntries
    index: Index | None

    @classmethod
    def of(cls, folder: Path, project: Project, choice: Choice, *, is_odd: bool = False) -> "Case":
        """The case for ``project`` that is locked in ``folder``."""
        poetry = kit.load(folder)
        entries = LockEntries.read(folder / "poetry.lock")
        index = None if is_odd else Index.of(project.releases)
        return cls(project, choice, poetry, Lock.of(poetry, choice.groups), entries, index)

    def build(self, folder: Path) -> Wheel:
        """The wheel, through the whole flow."""
        return kit.read_wheel(build_lock_wheel(plan.plan(self.poetry, self.choice.options(self.project)), folder))

    def views(self, quarter: int) -> Iterator[tuple[Environment, Extras]]:
        """Some environments that the project supports, each with every set of extras that can be installed."""
        offered = self.project.extras if "main" in self.choice.groups else ()
        for environment in supported(self.project.python, quarter):
            for number in range(len(offered) + 1):
                for extras in combinations(offered, number):
                    yield environment, frozenset(extras)

    def clear_views(self, quarter: int) -> Iterator[tuple[Environment, Extras]]:
        """The views without those for which the lock has two versions of one name, which nobody can install."""
        base = self.choice.base(self.project)
        for environment, extras in self.views(quarter):
            sets = (frozenset[str](), extras, *(frozenset({extra}) for extra in extras))
            selections = [self.lock.selected(environment, base | one) for one in sets]
            if all(len(selected) == len(dict(selected)) for selected in selections):
                yield environment, extras

    def expected(self, environment: Environment, extras: Extras) -> set[str]:
        """What has to be required there.

        A wheel's extras can only add. So what stays without extras, because nothing
        explains it there, stays with an extra that would explain it as well.
        """
        base = self.choice.base(self.project)
        pins = {ROOT} if "main" in self.choice.groups else set[str]()
        return pins.union(*(self.kept(environment, base | view) for view in (set(), *({extra} for extra in extras))))

    def kept(self, environment: Environment, extras: Extras) -> set[str]:
        """The pins that stay of what Poetry installs in ``environment`` with ``extras``."""
        walk = self.walk(environment, extras, self.lock.installed(environment, extras))
        return {f"{name}=={version}" for name, version in walk.expected(self.choice.ignored)}

    def walk(self, environment: Environment, extras: Extras, installed: Installed) -> Walk:
        """The walk over the metadata; over the lock's edges where the lock contradicts the metadata."""
        explained = self.explained(environment, extras, installed) if self.index else None
        return explained or self.by_lock(environment, extras, installed)

    def explained(self, environment: Environment, extras: Extras, installed: Installed) -> Walk | None:
        """The walk over the metadata, if that leads to all that is ``installed`` and the lock has the same edges."""
        assert self.index is not None
        roots = project_needs(self.project.needs_of(self.choice.groups), environment, extras)
        by_metadata = Walk(installed, roots, self.index.needs(installed, environment))
        reached = by_metadata.reached()
        if by_metadata.missing() or reached.keys() != installed.keys():
            return None
        # A lock may lack edges that another solution had: python-poetry/poetry#9826, python-poetry/poetry#10239.
        by_lock = self.by_lock(environment, extras, installed)
        is_same = all(by_metadata.needs(name, asked) == by_lock.needs(name, asked) for name, asked in reached.items())
        return by_metadata if is_same else None

    def by_lock(self, environment: Environment, extras: Extras, installed: Installed) -> Walk:
        """The walk over the edges that the lock has."""
        roots = project_needs(self.project.needs_of(self.choice.groups), environment, extras)
        return Walk(installed, roots, self.entries.needs(environment))

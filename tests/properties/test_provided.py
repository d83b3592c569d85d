"""Random locks with random lists of what a platform provides, against a walk in one environment at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.core.constraints.version import parse_constraint

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.selection.ignore import ignored_names
from poetry_plugin_lock_package.selection.provided import parse_provided
from poetry_plugin_lock_package.selection.select import select
from tests import kit
from tests.properties.case import COUNTS, ROOT, Case, Choice
from tests.properties.drawing import NAMES, chosen_extras, chosen_groups, examples, ignores, markers, projects, quarters
from tests.properties.environments import ENVIRONMENTS, holds
from tests.properties.installed import required
from tests.properties.locking import lock
from tests.properties.test_odd_locks import OddLock, odd_locks

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from poetry_plugin_lock_package.lock.model import Dependency
    from poetry_plugin_lock_package.selection.provided import ProvidedFile
    from poetry_plugin_lock_package.selection.select import Selection
    from tests.properties.environments import Environment
    from tests.properties.projects import Project


@dataclass(frozen=True)
class Line:
    """``name`` is provided where ``marker`` holds, at ``version`` if it has one."""

    name: str
    version: str | None
    marker: str

    def __str__(self) -> str:
        return f"{self.name}{f'=={self.version}' if self.version else ''}{f' ; {self.marker}' if self.marker else ''}"


Lines = tuple[Line, ...]

# The versions of the locks and others, on both sides of each.
_VERSIONS = st.sampled_from((None, "0.9", "1.0", "1.5", "2.0.post1", "2.0rc1", "3.0", "4.0"))
_CONDITIONS = ('python_version < "3.10"', 'sys_platform == "win32"', 'implementation_name == "pypy"')
_CONSTRAINTS = ("*", ">=1", ">=1.5", "<2", "==1.0", "!=1.5", ">=2.0rc1")


def lists(*conditions: str) -> SearchStrategy[Lines]:
    """Lists of what a platform provides, with ``conditions``."""
    line = st.builds(Line, st.sampled_from((*NAMES, "other")), _VERSIONS, markers(conditions))
    return st.lists(line, min_size=2, max_size=5).map(tuple)


choices = st.builds(Choice, chosen_groups, chosen_extras, st.just(()) | ignores)


def left_out(choice: Choice, lines: Lines, environment: Environment) -> frozenset[str]:
    """The names that are ignored, or provided in ``environment``."""
    return choice.ignored | {line.name for line in lines if holds(line.marker, environment)}


def as_file(lines: Lines) -> ProvidedFile:
    """The file that has ``lines``."""
    return parse_provided("\n".join(map(str, lines)).encode(), "list.txt")


@examples(3)
@given(projects() | odd_locks(), choices, lists(*_CONDITIONS), quarters)
def test_what_is_provided_is_left_out_where_it_is(
    drawn: Project | OddLock, choice: Choice, lines: Lines, quarter: int
) -> None:
    """In every environment, the wheel requires all but what is provided there and what only that needs there."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "project")
        if isinstance(drawn, OddLock):
            case = Case.of(drawn.write(path), drawn.project, choice, is_odd=True)
        else:
            case = Case.of(lock(path, drawn), drawn, choice)
        options = replace(choice.options(case.project), provided=(as_file(lines),))
        requirements = [Requirement(pin.requires_dist) for pin in plan.plan(case.poetry, options).pins]
    COUNTS["locks, with packages provided"] += 1
    base = choice.base(case.project)
    for environment, extras in case.clear_views(quarter):
        expected = {ROOT} if "main" in choice.groups else set()
        for view in (base, *(base | {extra} for extra in extras)):
            walk = case.walk(environment, view, case.lock.installed(environment, view))
            stays = walk.expected(left_out(choice, lines, environment))
            expected |= {f"{name}=={version}" for name, version in stays}
        assert required(requirements, environment, extras) == expected, (environment, extras)


@examples(2)
@given(projects(seen=True), choices, lists(*_CONDITIONS[:2]), st.permutations(_CONSTRAINTS))
def test_versions_are_compared_where_the_platform_has_them(
    project: Project, choice: Choice, lines: Lines, constraints: list[str]
) -> None:
    """What differs, and what does not suit whatever requires it, is what a walk through all environments finds."""

    def constraint(by: str | None, target: str) -> str:
        return constraints[sum(map(ord, f"{by}{target}")) % len(constraints)]

    with TemporaryDirectory() as folder:
        case = Case.of(lock(Path(folder, "project"), project), project, choice)
        selection = _selected(case, lines, constraint)
    COUNTS["locks, with provided versions compared"] += 1
    supported = SpecifierSet(project.python)
    environments = [environment for environment in ENVIRONMENTS if environment["python_full_version"] in supported]
    base = choice.base(project)
    extra_sets = {base, *(base | {extra} for extra in project.extras if "main" in choice.groups)}
    others, unmet = set(), set()
    for environment, view in product(environments, extra_sets):
        installed = case.lock.installed(environment, view)
        # Two versions of one name: nobody can install that.
        assume(len(installed) == len(case.lock.selected(environment, view)))
        requests = set(case.by_lock(environment, view, installed).requests(left_out(choice, lines, environment)))
        for line in lines:
            if line.version and line.name in installed and holds(line.marker, environment):
                version = Version(line.version)
                if version != Version(installed[line.name]):
                    others.add((line.name, str(version)))
                for by, target in requests:
                    wanted = SpecifierSet(constraint(by, target).replace("*", ""))
                    if target == line.name and not wanted.contains(version, prereleases=True):
                        unmet.add((line.name, str(version), by))
    assert {(one.name, one.version) for one in selection.provided if one.is_other_version} == others
    assert {(one.name, one.version, by) for one in selection.provided for by, _ in one.unmet} == unmet


def _selected(case: Case, lines: Lines, constraint: Callable[[str | None, str], str]) -> Selection:
    """What is selected for ``case``, if each edge allows the versions that ``constraint`` says."""
    options = case.choice.options(case.project)
    graph = kit.read_graph(case.poetry, *options.groups)

    def with_versions(by: str | None, dependencies: tuple[Dependency, ...]) -> tuple[Dependency, ...]:
        return tuple(replace(d, constraint=parse_constraint(constraint(by, d.name))) for d in dependencies)

    packages = tuple(replace(p, dependencies=with_versions(p.name, p.dependencies)) for p in graph.packages)
    graph = replace(graph, packages=packages, dependencies=with_versions(None, graph.dependencies))
    ignored = ignored_names(options.ignore, map(canonicalize_name, NAMES))
    return select(graph, ignored, options.extras, provided=as_file(lines).packages)

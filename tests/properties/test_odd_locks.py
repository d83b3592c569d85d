"""Random locks that no solver has made: markers and groups recorded at random have a meaning all the same."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from poetry.core.version.markers import parse_marker
from poetry.packages.transitive_package_info import TransitivePackageInfo

from tests import kit
from tests.properties.case import Case, Choice
from tests.properties.drawing import FORKS, chosen_extras, chosen_groups, examples, ignores, markers, projects, quarters
from tests.properties.installed import required
from tests.properties.locking import as_package
from tests.properties.projects import Project, render


@dataclass(frozen=True)
class OddLock:
    """A project with the markers recorded for each of its releases, by group."""

    project: Project
    recorded: tuple[tuple[tuple[str, str], ...], ...]

    def write(self, folder: Path) -> Path:
        """Make ``folder`` the Poetry project with that lock."""
        entries = []
        for release, recorded in zip(self.project.releases, self.recorded, strict=True):
            found = {canonicalize_name(group): parse_marker(marker) for group, marker in recorded}
            entries.append((as_package(release), TransitivePackageInfo(0, {*found}, found)))
        return kit.write_project(folder, entries, render(self.project))


@st.composite
def odd_locks(draw: Callable[..., Any]) -> OddLock:
    """A project with markers recorded at random, with extras that exclude each other as well."""
    project = draw(projects(most_versions=2))
    conditions = *FORKS[0], *(f'extra {operator} "{extra}"' for operator in ("==", "!=") for extra in project.extras)
    recorded = []
    forks: dict[str, list[str]] = {}
    for release in project.releases:
        name = canonicalize_name(release.name)
        is_alone = sum(canonicalize_name(other.name) == name for other in project.releases) == 1
        # The versions of a name never go together.
        fork = "" if is_alone else forks.setdefault(name, [*draw(st.sampled_from(FORKS))]).pop()
        groups = draw(st.sampled_from([("main",), ("main",), ("dev",), ("dev", "main")]))
        recorded.append(
            tuple(
                (group, " and ".join(f"({part})" for part in (fork, draw(markers(conditions))) if part))
                for group in groups
            )
        )
    return OddLock(project, tuple(recorded))


def recorded_markers(case: Case) -> dict[str, list[str]]:
    """The markers in the lock that do not mention an extra of the project, by requirement."""
    packages = case.lock.packages
    return {f"{name}=={version}": [str(marker)] for name, version, marker in packages if "extra" not in str(marker)}


def reachable_from(project: Project, names: frozenset[str]) -> set[str]:
    """``names`` and all to which they could lead, whatever the environment."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            releases = [release for release in project.releases if canonicalize_name(release.name) == name]
            todo += [need.key for release in releases for need in release.needs]
    return found


@examples(4)
@given(odd_locks(), st.builds(Choice, chosen_groups, chosen_extras, ignores), quarters)
def test_odd_locks_have_the_same_meaning(odd: OddLock, choice: Choice, quarter: int) -> None:
    """Where a lock contradicts its own edges, it is still right about what is installed."""
    with TemporaryDirectory() as folder:
        case = Case.of(odd.write(Path(folder, "project")), odd.project, choice, is_odd=True)
        wheel = case.build(Path(folder, "built"))
    for environment, extras in case.views(quarter):
        found = required(wheel.requirements, environment, extras)
        assert found == case.expected(environment, extras), (environment, extras)


@examples(4)
@given(odd_locks(), st.builds(Choice, patterns=st.just(()) | ignores))
def test_recorded_markers_stay_letter_for_letter(odd: OddLock, choice: Choice) -> None:
    """A package to which no ignored one leads keeps the marker that the lock has recorded for it."""
    with TemporaryDirectory() as folder:
        case = Case.of(odd.write(Path(folder, "project")), odd.project, choice, is_odd=True)
        wheel = case.build(Path(folder, "built"))
    pins: dict[str, list[str]] = {}
    for requirement in wheel.requirements:
        # In the spelling of poetry-core.
        marker = str(parse_marker(str(requirement.marker or "")))
        pins.setdefault(f"{requirement.name}{requirement.specifier}", []).append(marker)
    touched = reachable_from(odd.project, choice.ignored)
    for pin, recorded in recorded_markers(case).items():
        # A marker that holds nowhere within the project's range needs no pin.
        if pin.partition("==")[0] not in touched and pin in pins:
            assert pins[pin] == recorded

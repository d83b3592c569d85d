"""Check your own locks: hold lock packages of real projects against what Poetry installs from the same locks.

    python -m tools.check_locks FOLDER [--ignores N] [--uv]

FOLDER has projects, each a folder with pyproject.toml and poetry.lock, and is itself one perhaps.
For each, lock packages are built that ignore nothing, and each of N direct dependencies in turn. Their pins
are compared, environment by environment and extra by extra, with what Poetry selects, less what a walk
through the lock file (which shares nothing with the code under test) finds to be lost with the ignored ones.

With --uv, which needs uv and the network, uv is asked as well what it would install from the lock
package, for two versions of Python on three platforms.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.project import requires_python
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from poetry_plugin_lock_package.wheel.build import build_lock_wheel
from tests import kit
from tests.properties.environments import ENVIRONMENTS, holds
from tests.properties.installed import Lock, OldLock
from tests.properties.walk import LockEntries, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement
    from poetry.poetry import Poetry

    from tests.kit import Wheel
    from tests.properties.environments import Environment, Extras
    from tests.properties.walk import Asked

# What uv calls a platform, and where that is among our environments.
_UV_PLATFORMS = {"x86_64-unknown-linux-gnu": 0, "aarch64-apple-darwin": 2, "x86_64-pc-windows-msvc": 3}


@dataclass(frozen=True)
class Project:
    """A real project: as Poetry loads it, what it installs from its lock, and the lock as plain data."""

    poetry: Poetry
    lock: Lock | OldLock
    entries: LockEntries

    @classmethod
    def load(cls, folder: Path) -> Project:
        poetry = kit.load(folder)
        recorded = poetry.locker.is_locked_groups_and_markers()
        return cls(
            poetry,
            Lock.of(poetry, ("main",)) if recorded else OldLock(poetry),
            LockEntries.read(folder / "poetry.lock"),
        )

    def views(self) -> Iterator[tuple[Environment, Extras]]:
        """Each environment that the project supports, without extras and with every single one."""
        supported = SpecifierSet(requires_python(self.poetry.package) or "")
        # An old lock is solved anew for each: a spread of them will do.
        for environment in ENVIRONMENTS[:: 7 if isinstance(self.lock, OldLock) else 1]:
            if supported.contains(environment["python_full_version"]):
                yield environment, frozenset()
                yield from ((environment, frozenset({extra})) for extra in sorted(self.poetry.package.extras))

    def expected(self, environment: Environment, extras: Extras, ignored: frozenset[str]) -> set[str] | None:
        """The pins that a lock package has to have there."""
        installed = self.lock.installed(environment, extras)
        if installed is None:
            return None
        walk = Walk(installed, self._roots(environment, extras), self.entries.needs(environment))
        return {f"{name}=={version}" for name, version in walk.expected(ignored)}

    def _roots(self, environment: Environment, extras: Extras) -> Iterator[Asked]:
        for dependency in self.poetry.package.requires:
            is_asked_for = not dependency.in_extras or extras & {*dependency.in_extras}
            if is_asked_for and dependency.marker.validate({**environment, "extra": set(extras)}):
                yield dependency.name, frozenset(dependency.extras)


@dataclass(frozen=True)
class Result:
    """What was checked: how many packages were compared in how many environments, and what was found wrong."""

    label: str
    comparisons: int
    faults: tuple[str, ...]


def compare(project: Project, wheel: Wheel, ignored: frozenset[str]) -> tuple[int, list[str]]:
    """How many packages were compared, and where the pins of ``wheel`` are not what they have to be."""
    comparisons, faults = 0, []
    for environment, extras in project.views():
        expected = project.expected(environment, extras, ignored)
        if expected is None:
            continue
        found = {
            # A direct reference pins by its address; its version is that of the lock.
            f"{requirement.name}{requirement.specifier}" if not requirement.url else _locked(project, requirement)
            for requirement in wheel.requirements
            if holds(str(requirement.marker or ""), environment, extras)
        }
        comparisons += len(found | expected)
        if found != expected:
            where = f"{environment['sys_platform']} {environment['python_full_version']} {sorted(extras)}"
            faults.append(f"{where}: {', '.join(sorted(found ^ expected))}")
    return comparisons, faults


def _locked(project: Project, requirement: Requirement) -> str:
    (version,) = {version for name, version in project.entries.entries if name == requirement.name}
    return f"{requirement.name}=={version}"


def uv_faults(project: Project, wheel: Wheel) -> Iterator[str]:
    """Where uv would install something else from ``wheel`` than Poetry does."""
    pythons = sorted({e["python_version"] for e, _ in project.views()}, key=Version)
    for python in {pythons[0], pythons[-1]}:
        for platform, place in _UV_PLATFORMS.items():
            at = (*platform.split("-"), python)
            command = ["uv", "pip", "compile", "--no-header", "--no-annotate", "--python-version", python]
            run = subprocess.run(
                [*command, "--python-platform", platform, "-"],
                input=f"{wheel.metadata.name} @ {wheel.path.as_uri()}",
                capture_output=True,
                text=True,
                check=False,
            )
            if run.returncode:
                yield f"{at}: {run.stderr.strip()}"
                continue
            found = {line.partition(" ")[0] for line in run.stdout.splitlines() if " @ file:" not in line}
            # uv takes the first patch release of a Python.
            environment = {**ENVIRONMENTS[place], "python_version": python, "python_full_version": f"{python}.0"}
            installed = project.lock.installed(environment, frozenset()) or {}
            expected = {f"{name}=={version}" for name, version in installed.items()}
            if found != expected:
                yield f"{at}: {', '.join(sorted(found ^ expected))}"


def check(folder: Path, ignores: int, *, with_uv: bool = False) -> Iterator[Result]:
    """Check the project in ``folder``: one result for each wheel."""
    project = Project.load(folder)
    direct = sorted({dependency.name for dependency in project.poetry.package.requires})
    for ignored in (
        frozenset[str](),
        *(frozenset({name}) for name in direct[:: max(1, len(direct) // max(1, ignores))][:ignores]),
    ):
        label = f"{folder.name} ignoring {', '.join(sorted(ignored)) or 'nothing'}"
        options = plan.Options(ignore=tuple(map(IgnorePattern.parse, sorted(ignored))), no_root=True)
        with TemporaryDirectory() as scratch:
            try:
                wheel = kit.read_wheel(build_lock_wheel(plan.plan(project.poetry, options), Path(scratch)))
            except LockPackageError as error:
                yield Result(label, 0, (str(error),))
                continue
            comparisons, faults = compare(project, wheel, ignored)
            yield Result(label, comparisons, tuple(faults))
            if with_uv and not ignored:
                yield Result(f"{label}, asking uv", 0, tuple(uv_faults(project, wheel)))


def main(arguments: list[str]) -> int:
    """Check all projects in a folder; 0 if there was one, and every wheel was exact."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ignores", type=int, default=3, help="direct dependencies to ignore in turn")
    parser.add_argument("--uv", action="store_true", help="ask uv as well")
    options = parser.parse_args(arguments)
    results = [
        result
        for lock in sorted([*options.folder.glob("poetry.lock"), *options.folder.glob("*/poetry.lock")])
        for result in check(lock.parent, options.ignores, with_uv=options.uv)
    ]
    for result in results:
        verdict, separator = ("FAULTS", "\n       ") if result.faults else ("exact ", " ")
        print(verdict, result.label, *result.faults[:3], sep=separator)
    exact = sum(not result.faults for result in results)
    print(f"{exact} of {len(results)} exact")
    return 0 if results and exact == len(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

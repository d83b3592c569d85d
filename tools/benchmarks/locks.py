"""Synthetic locks: Poetry projects of any size, always the same for the same size."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.kit import CLASSIC, write_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Most packages of a lock are for everywhere.
_MARKERS = (
    *[""] * 7,
    'sys_platform == "win32"',
    'python_version < "3.11"',
    'sys_platform == "linux" and platform_machine == "x86_64"',
)
# What can be told apart in the worst case: hardly two packages have the same marker in the end.
_PYTHONS = ("3.10", "3.11", "3.12", "3.13")
_PLATFORMS = ("linux", "darwin", "win32")
_MACHINES = ("x86_64", "arm64", "aarch64", "ppc64le")

HUB = "hub"


@dataclass(frozen=True)
class Entry:
    """A package of a lock; ``requires`` are names, each with the marker under which it is required."""

    name: str
    marker: str
    requires: Mapping[str, str]


def write_large(folder: Path, size: int) -> Path:
    """A project with ``size`` locked packages: a tenth of them its own, each with up to four dependencies.

    `package-0` is one of its own, and some of what it requires is needed by nothing else.
    """
    random = Random(size)
    markers = {i: _MARKERS[i % len(_MARKERS)] for i in range(size)}
    direct = range(0, size, len(_MARKERS))
    requires: dict[int, set[int]] = {i: set() for i in range(size)}
    for i in range(size):
        # One that is for everywhere, so that what the lock records is where it is needed.
        parent = random.randrange(i + 1) // len(_MARKERS) * len(_MARKERS)
        for by in (parent, random.randrange(size)):
            if by != i:
                requires[by].add(i)
    entries = [
        Entry(f"package-{i}", markers[i], {f"package-{j}": markers[j] for j in sorted(requires[i])})
        for i in range(size)
    ]
    return _write(folder, entries, {f"package-{i}": "" for i in direct})


def write_old(folder: Path, size: int) -> Path:
    """The project of ``write_large`` with a lock of format 2.0, which records no groups and no markers."""
    lock = write_large(folder, size) / "poetry.lock"
    text = lock.read_text(encoding="utf-8").replace('lock-version = "2.1"', 'lock-version = "2.0"')
    lines = text.splitlines(keepends=True)
    recorded = ("groups = ", "markers = ")
    lock.write_text("".join(line for line in lines if not line.startswith(recorded)), encoding="utf-8")
    return folder


def write_tangled(folder: Path, size: int) -> Path:
    """A project with ``size`` locked packages in cycles, whose every edge is for some Pythons and platforms only.

    The package HUB requires all of them everywhere, so each narrows once that is ignored.
    """
    random = Random(size)
    names = [f"package-{i}" for i in range(size - 1)]
    entries = [
        Entry(name, "", {names[(i + step) % len(names)]: _condition(random) for step in (1, 2, 7, 60)})
        for i, name in enumerate(names)
    ]
    entries.append(Entry(HUB, "", dict.fromkeys(names, "")))
    return _write(folder, entries, {HUB: "", **{name: _condition(random) for name in names[::30]}})


def _condition(random: Random) -> str:
    version = f'python_version {random.choice(("<", ">="))} "{random.choice(_PYTHONS)}"'
    platform = f'sys_platform {random.choice(("==", "!="))} "{random.choice(_PLATFORMS)}"'
    machine = f'platform_machine {random.choice(("==", "!="))} "{random.choice(_MACHINES)}"'
    return " and ".join(random.sample((version, platform, machine), 2))


def _write(folder: Path, entries: Iterable[Entry], direct: Mapping[str, str]) -> Path:
    project = CLASSIC + "".join(f"{name} = {_constraint(marker)}\n" for name, marker in direct.items())
    write_project(folder, pyproject=project)
    # Poetry writes thousands of packages in minutes.
    lock = folder / "poetry.lock"
    header, nothing, metadata = lock.read_text(encoding="utf-8").partition("package = []\n")
    assert nothing
    lock.write_text(header + "".join(map(_text, entries)) + metadata, encoding="utf-8")
    return folder


def _constraint(marker: str) -> str:
    return f"{{version = \"*\", markers = '{marker}'}}" if marker else '"*"'


def _text(entry: Entry) -> str:
    module = entry.name.replace("-", "_")
    wheels = (f"{module}-1.0-cp3{minor}-cp3{minor}-manylinux_2_17_x86_64.whl" for minor in range(7, 15))
    files = "".join(f'    {{file = "{wheel}", hash = "sha256:{"0123456789abcdef" * 4}"}},\n' for wheel in wheels)
    requires = "".join(f"{name} = {_constraint(marker)}\n" for name, marker in entry.requires.items())
    return (
        f'[[package]]\nname = "{entry.name}"\nversion = "1.0"\ndescription = "What {entry.name} is"\n'
        'optional = false\npython-versions = ">=3.9"\ngroups = ["main"]\n'
        + (f"markers = '{entry.marker}'\n" if entry.marker else "")
        + f"files = [\n{files}]\n\n"
        + (f"[package.dependencies]\n{requires}\n" if requires else "")
        + '[package.extras]\ndocs = ["sphinx (>=7)", "furo"]\ntest = ["pytest (>=8)", "coverage[toml]"]\n\n'
    )

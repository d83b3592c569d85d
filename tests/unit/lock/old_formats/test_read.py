"""Random old locks, held against Poetry's installer in single environments."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from packaging.utils import canonicalize_name
from poetry.core.packages.package import Package
from poetry.packages.transitive_package_info import TransitivePackageInfo

from poetry_plugin_lock_package.errors import LockError
from poetry_plugin_lock_package.selection.select import select
from tests.kit import CLASSIC, load, locked, make_old, read_graph, write_project
from tests.properties.environments import ENVIRONMENTS
from tests.properties.installed import OldLock

# Name, version and the name of the source.
Release = tuple[str, str, str | None]

# Each of the platforms, on Python 3.9 to 3.12.
_ENVIRONMENTS = ENVIRONMENTS[13:55:6]
_MARKERS = (
    *[""] * 6,
    'sys_platform == "win32"',
    'os_name != "nt"',
    'python_version < "3.11"',
    'python_version >= "3.10"',
    'implementation_name == "pypy"',
    'platform_machine == "arm64" and python_version < "3.12"',
)
# Another marker for each of these, so that both never hold together.
_FORKS = {'sys_platform == "win32"': "sys_platform != 'win32'", 'os_name != "nt"': "os_name == 'nt'"}
_RANGES = (*["*"] * 5, "<2", ">=2", "<3", ">=1,<3", "1.0")
_TORCH = """
[[tool.poetry.source]]
name = "torch"
url = "https://torch.example.org/whl"
priority = "explicit"
"""
_SOURCE = {"type": "legacy", "url": "https://torch.example.org/whl", "reference": "torch"}
_SOURCES = (*[("default",)] * 8, ("torch",), ("default", "torch"), ("torch", "default"))
_NAMES = [canonicalize_name(name) for name in "abcdefgh"]


def _packages(random: Random) -> Iterator[tuple[Package, TransitivePackageInfo]]:
    for position, name in enumerate(_NAMES):
        for version in random.choice([("1.0",), ("1.0",), ("1.0", "2.0"), ("1.0", "2.0", "3.0")]):
            requires = []
            others = [other for other in _NAMES if other != name]
            for other in random.sample(others, random.choice([0, 0, 1, 1, 2, 3])):
                # Few cycles.
                if _NAMES.index(other) < position and random.random() < 0.8:
                    continue
                range_ = random.choice(_RANGES).replace("1.0", "==1.0") if random.random() < 0.6 else "*"
                feature = random.choice(["", "", "", "[x]"])
                marker = random.choice(_MARKERS)
                extra = random.choice(["", "", "", 'extra == "x"'])
                text = f"{other}{feature}{'' if range_ == '*' else range_}"
                conditions = " and ".join(filter(None, (f"({marker})" if marker else "", extra)))
                requires.append(f"{text} ; {conditions}" if conditions else text)
            python = random.choice(["*", "*", "*", "*", ">=3.10", "<3.12"])
            for source in random.choice(_SOURCES):
                found = _SOURCE if source == "torch" else None
                yield locked(name, version, requires=requires, python=python, source=found)


def _pyproject(random: Random) -> str:
    lines, extras = [], {"one": [], "two": []}  # type: ignore[var-annotated]
    for name in random.sample(_NAMES, random.randint(2, 4)):
        is_optional = random.random() < 0.5
        feature = random.choice(["", "", ', extras = ["x"]'])
        marker = random.choice(_MARKERS)
        range_ = random.choice(_RANGES)
        named = [extra for extra in extras if random.random() < 0.4]
        if is_optional and random.random() < 0.2:
            marker = "extra == 'one' and extra != 'two'"
            named = ["one"]
        for extra in named:
            extras[extra].append(name)
        condition = ', markers = "' + marker.replace('"', "'") + '"' if marker else ""
        optional = ", optional = true" if is_optional else ""
        source = random.choice(["", "", "", "", ', source = "torch"'])
        text = f'{{ version = "{range_}"{feature}{condition}{optional}{source} }}'
        if marker in _FORKS and random.random() < 0.5:
            source, optional = random.choice(["", ', source = "torch"']), random.choice(["", ", optional = true"])
            text = f'[{text}, {{ version = "*", markers = "{_FORKS[marker]}"{optional}{source} }}]'
        lines.append(f"{name} = {text}")
    text = "".join(f"{extra} = {names}\n" for extra, names in extras.items())
    return CLASSIC + "\n".join(lines) + f"\n[tool.poetry.extras]\n{text}" + _TORCH


def check(folder: Path, random: Random) -> int:
    """Compare one random lock; in how many environments the pins were compared with something that is installed."""
    project = write_project(folder, list(_packages(random)), _pyproject(random))
    make_old(project, "2.0")
    poetry = load(project)
    extra_sets: list[frozenset[str]] = [frozenset(), *(frozenset({extra}) for extra in poetry.package.extras)]
    expected = {
        (number, extras): OldLock(load(project)).releases(environment, extras)
        for number, environment in enumerate(_ENVIRONMENTS)
        for extras in extra_sets
    }
    try:
        graph = read_graph(poetry)
    except LockError:
        assert not any(installed is not None for installed in expected.values())
        return 0
    pinned = select(graph).by_package
    compared = 0
    for number, environment in enumerate(_ENVIRONMENTS):
        for extras in extra_sets:
            installed = expected[number, extras]
            is_unsolved = any(marker.validate({**environment, "extra": extras}) for marker in graph.unsolved)
            assert is_unsolved == (installed is None), (folder, environment, extras)
            without = expected[number, frozenset()]
            # An extra cannot take away what is pinned without it.
            if installed is None or without is None or not without <= installed:
                continue
            compared += bool(installed)
            found = {
                (package.name, package.version, package.source and package.source.reference)
                for package, pins in pinned.items()
                for pin in pins
                if (pin.extra is None or pin.extra in extras) and pin.marker.validate(environment)
            }
            assert found == installed, (folder, environment, extras)
    return compared


@pytest.mark.parametrize("seed", range(12))
def test_what_poetry_installs(tmp_path: Path, seed: int) -> None:
    """In each environment, with each extra, the pins are what Poetry's solver and installer come to there."""
    random = Random(seed)
    # Nothing can be installed from some of these locks.
    assert any(check(tmp_path / str(number), random) for number in range(10))

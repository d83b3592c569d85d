"""Pins as text: in [project], as tables of Poetry where poetry-core reads only those, and as constraints."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import tomlkit
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from poetry.core.factory import Factory
from poetry.core.masonry.metadata import Metadata
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.constraints import make_constraints
from poetry_plugin_lock_package.lock.model import LockedPackage
from poetry_plugin_lock_package.plan import Options, plan
from poetry_plugin_lock_package.pyproject import pin_tables
from poetry_plugin_lock_package.selection.select import Pin, Selection, pin
from tests.kit import load, write_project

ANY = parse_marker("")
WINDOWS = parse_marker('sys_platform == "win32"')
LINUX = parse_marker('sys_platform == "linux"')
X, Y = canonicalize_name("x"), canonicalize_name("y")
COMMIT = "5d1c" * 10
READABLE = f"forked @ git+https://example.org/a.git@{COMMIT}#subdirectory=pkgs/a"
DOTTED = f"forked @ git+ssh://git@example.org/a.git@{COMMIT}#subdirectory=pkgs/a.b"


def _requires(folder: Path, pins: Sequence[Pin], extras: Sequence[NormalizedName]) -> tuple[set[str], list[str]]:
    """What poetry-core makes of the tables, as METADATA has it: Requires-Dist and Provides-Extra."""
    fields, table = pin_tables(tuple(pins), tuple(extras))
    document = {"project": {"name": "app-lock", "version": "1", **fields}}
    if table is not None:
        document["tool"] = {"poetry": {"dependencies": table}}
    (folder / "pyproject.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    metadata = Metadata.from_package(Factory().create_poetry(folder).package)
    return _spelt(metadata.requires_dist), sorted(metadata.provides_extra)


def _spelt(requirements: Iterable[str]) -> set[str]:
    """``requirements`` in one spelling: `packaging` writes a space behind the name from some release on."""
    return {str(Requirement(text)) for text in requirements}


def test_all_in_one_place() -> None:
    """Pins that poetry-core reads as PEP 508 all stand in [project]."""
    pins = (Pin("a==1", WINDOWS), Pin(READABLE, ANY), Pin("b==1", ANY, X))

    fields, table = pin_tables(pins, (X, Y))

    assert table is None
    assert fields == {
        "dependencies": ['a==1 ; sys_platform == "win32"', READABLE],
        "optional-dependencies": {X: ["b==1"], Y: []},
    }


def test_without_pins() -> None:
    """A lock package without a pin still has a list of dependencies."""
    assert pin_tables((), ()) == ({"dependencies": []}, None)


def test_dot_in_a_subdirectory(tmp_path: Path) -> None:
    """A pin that poetry-core cannot read as PEP 508 moves to Poetry's table, and all others with it."""
    pins = (
        Pin("app[x]==1.0", ANY),
        Pin("a==1+cpu", WINDOWS),
        Pin("a==2", LINUX),
        Pin("zip @ https://example.org/zip-1.zip", ANY),
        Pin("sub @ https://example.org/sub-1.zip#subdirectory=a.b", ANY),
        Pin(READABLE.replace("forked", "readable"), ANY),
        Pin(f"plain @ git+https://example.org/p.git@{COMMIT}", WINDOWS),
        Pin(DOTTED, ANY),
        Pin("b==1", ANY, X),
    )

    fields, table = pin_tables(pins, (X, Y))

    assert table is not None
    assert table["forked"] == {
        "git": "ssh://git@example.org/a.git",
        "rev": COMMIT,
        "subdirectory": "pkgs/a.b",
    }
    assert fields == {"dynamic": ["dependencies"], "optional-dependencies": {X: [], Y: []}}
    assert _requires(tmp_path, pins, (X, Y)) == (
        _spelt(
            {
                "app[x]==1.0",
                'a==1+cpu; sys_platform == "win32"',
                'a==2; sys_platform == "linux"',
                "zip @ https://example.org/zip-1.zip",
                "sub @ https://example.org/sub-1.zip#subdirectory=a.b",
                READABLE.replace("forked", "readable"),
                f'plain @ git+https://example.org/p.git@{COMMIT} ; sys_platform == "win32"',
                DOTTED,
                'b==1; extra == "x"',
            }
        ),
        ["x", "y"],
    )


def test_dot_in_a_subdirectory_of_an_extra(tmp_path: Path) -> None:
    """Such a pin of an extra is required by that extra alone, and the extras' other pins are as well."""
    pins = [Pin("a==1", ANY), Pin(DOTTED, ANY, X), Pin(DOTTED, WINDOWS, Y), Pin("b==1", ANY, Y)]

    expected = {
        "a==1",
        'b==1; extra == "y"',
        f'{DOTTED} ; extra == "x"',
        f'{DOTTED} ; sys_platform == "win32" and extra == "y"',
    }
    assert _requires(tmp_path, pins, [X, Y]) == (_spelt(expected), ["x", "y"])


def test_many_alternatives(tmp_path: Path) -> None:
    """What has no short marker is a line for each of several, with the same hashes, and holds where an extra has it."""
    package = LockedPackage(
        canonicalize_name("a"), "1.0", parse_marker(""), files=(("a", "sha256:a"), ("b", "sha256:b"))
    )
    minors = range(9, 14)
    rows = [
        pin(
            package,
            parse_marker(f'python_version == "3.{minor}" and sys_platform == "p{minor}"'),
            canonicalize_name(f"x{minor}"),
        )
        for minor in minors
    ]

    planned = plan(load(write_project(tmp_path / "project")), Options(no_root=True))

    (constraint,) = make_constraints(replace(planned, selection=Selection(tuple(rows))), tmp_path)

    lines = str(constraint).replace("\\\n", "").splitlines()
    assert len(lines) == len(minors)
    markers = []
    for line in lines:
        requirement, *hashes = line.split(" --hash=")
        assert [text.strip() for text in hashes] == list(package.hashes)
        markers.append(Requirement(requirement).marker)
    for minor in minors:
        environment = {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.1"}
        for platform in minors:
            holds = [marker and marker.evaluate({**environment, "sys_platform": f"p{platform}"}) for marker in markers]
            assert any(holds) == (minor == platform)

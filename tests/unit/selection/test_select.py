"""Which packages are pinned and where, for graphs that are written down as values, and why."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from poetry.core.version.markers import EmptyMarker, MarkerUnion, parse_marker

from poetry_plugin_lock_package.errors import PinError
from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage, Source
from poetry_plugin_lock_package.markers.operations import Alternatives
from poetry_plugin_lock_package.selection.reasons import Reasons, find_reasons
from poetry_plugin_lock_package.selection.select import Pin, Selection, make_pins, pin, select
from tests.kit import CLASSIC, load, locked, read_graph, write_project
from tests.unit.selection.graph import graph, package, pins


def _select(
    locked: LockedGraph, *ignored: str, extras: tuple[str, ...] = (), self_contained: bool = False
) -> Selection:
    return select(
        locked,
        frozenset(map(canonicalize_name, ignored)),
        frozenset(map(canonicalize_name, extras)),
        self_contained=self_contained,
    )


# ---- what the lock records


@pytest.mark.parametrize("ignored", [(), ("c",)])
def test_markers_that_stay_apart(ignored: tuple[str, ...]) -> None:
    """Alternatives that poetry-core cannot put together are a pin each, if something is ignored as well."""
    either = Alternatives(parse_marker('os_name == "nt"'), parse_marker('sys_platform == "win32"'))
    locked = graph(["a", "c"], replace(package("a"), marker=either), package("c"))

    found = pins(_select(locked, *ignored)) - {"c==1.0"}

    assert found == {'a==1.0 ; os_name == "nt"', 'a==1.0 ; sys_platform == "win32"'}


WITH_EXTRAS = graph(
    ["base", 'plotter ; extra == "plot"', 'tables ; extra == "tables"'],
    package("base"),
    package("plotter", marker='extra == "plot"'),
    package("tables", marker='extra == "tables"'),
    package("shared", marker='sys_platform == "win32" or extra == "plot"'),
    extras=("plot", "tables"),
)


@pytest.mark.parametrize(
    ("extras", "self_contained", "expected"),
    [
        (
            (),
            False,
            {
                *("base==1.0", 'shared==1.0 ; sys_platform == "win32"'),
                *("plotter[plot]==1.0", "shared[plot]==1.0", "tables[tables]==1.0"),
            },
        ),
        (
            ("plot",),
            False,
            {"base==1.0", "plotter==1.0", "shared==1.0", "tables[tables]==1.0"},
        ),
        (
            ("plot",),
            True,
            {
                *("base==1.0", "plotter==1.0", "shared==1.0"),
                *("base[plot]==1.0", "plotter[plot]==1.0", "shared[plot]==1.0"),
                *("base[tables]==1.0", "plotter[tables]==1.0", "shared[tables]==1.0", "tables[tables]==1.0"),
            },
        ),
    ],
)
@pytest.mark.parametrize("ignored", [(), ("another",), ("orphan",)])
def test_extras(extras: tuple[str, ...], self_contained: bool, expected: set[str], ignored: tuple[str, ...]) -> None:  # noqa: FBT001
    """An extra has what differs with it or, if it is self-contained, all that is installed with it."""
    assert pins(_select(WITH_EXTRAS, *ignored, extras=extras, self_contained=self_contained)) == expected


# ---- what goes with an ignored package


def test_cycle() -> None:
    """Packages that need each other do not keep each other; a cycle that something else leads to stays."""
    ring = package("ring", requires=["rong"]), package("rong", requires=["ring"])

    assert pins(_select(graph(["ignored"], package("ignored", requires=["ring"]), *ring), "ignored")) == set()
    locked = graph(["ignored", "kept"], package("ignored"), package("kept", requires=["rong"]), *ring)
    assert pins(_select(locked, "ignored")) == {"kept==1.0", "ring==1.0", "rong==1.0"}


@pytest.mark.parametrize(
    ("kept", "stays"), [("shared", False), ("shared[fast]", True), ("shared[fast] ; extra == 'more'", False)]
)
def test_extra_of_a_package(kept: str, stays: bool) -> None:  # noqa: FBT001
    """What a package has for one of its extras stays where something asks for that extra."""
    locked = graph(
        ["ignored", "kept", "shared"],
        package("ignored", requires=["shared[fast]"]),
        package("kept", requires=[kept]),
        package("shared", requires=["base", 'speedup ; extra == "fast"']),
        package("speedup"),
        package("base"),
    )

    assert pins(_select(locked, "ignored")) == {"kept==1.0", "shared==1.0", "base==1.0"} | (
        {"speedup==1.0"} if stays else set()
    )


def test_narrowed() -> None:
    """A package that is still needed on some platforms only gets a marker that says so."""
    locked = graph(
        ["ignored", "a", "b ; sys_platform == 'linux'"],
        package("ignored", requires=["shared"]),
        package("a", requires=['shared ; sys_platform == "win32" and python_version < "3.12"']),
        package("b", marker='sys_platform == "linux"', requires=["shared"]),
        package("shared", marker='python_version >= "3.11"'),
    )

    markers = [pin.marker for pin in _select(locked, "ignored").pins if pin.requirement == "shared==1.0"]
    needed = {
        (python, platform)
        for python, platform in product(("3.10", "3.11", "3.12"), ("linux", "win32", "darwin"))
        for marker in markers
        if marker.validate({"python_version": python, "python_full_version": f"{python}.1", "sys_platform": platform})
    }
    assert needed == {("3.11", "linux"), ("3.12", "linux"), ("3.11", "win32")}


def test_unchanged_markers() -> None:
    """A package whose needs do not change keeps its recorded marker as it is; versions of a fork keep apart."""
    marker = 'sys_platform == "win32" and python_version < "3.11" or python_version < "3.11" and os_name == "nt"'
    locked = graph(
        ["ignored", "other"],
        package("ignored", requires=["kept"]),
        package("other", requires=["kept", f"same ; {marker}"]),
        package("kept", "1.0", marker='python_version < "3.10"'),
        package("kept", "2.0", marker='python_version >= "3.10"'),
        package("same", marker=marker),
    )

    assert pins(_select(locked, "ignored")) == {
        "other==1.0",
        'kept==1.0 ; python_version < "3.10"',
        'kept==2.0 ; python_version >= "3.10"',
        f"same==1.0 ; {parse_marker(marker)}",
    }


def test_orphans() -> None:
    """What nothing in the lock leads to, anywhere or on a platform, stays there with what it needs."""
    locked = graph(
        ["ignored"],
        package("ignored", requires=["shared", 'odd ; sys_platform == "win32"', "missing"]),
        package("odd", requires=["shared"]),
        package("shared"),
        package("alone", requires=["with-it"]),
        package("with-it"),
    )

    assert pins(_select(locked, "ignored")) == {
        'odd==1.0 ; sys_platform != "win32"',
        'shared==1.0 ; sys_platform != "win32"',
        "alone==1.0",
        "with-it==1.0",
    }


def test_within_an_extra() -> None:
    """What only an ignored package of an extra needs goes from that extra, and stays where the base needs it."""
    locked = graph(
        ["base", 'yaml ; extra == "yaml"', 'toml ; extra == "all"', 'yaml ; extra == "all"'],
        package("base", requires=['six ; sys_platform == "win32"']),
        package("yaml", marker='extra == "yaml" or extra == "all"', requires=["six", "cython"]),
        package("toml", marker='extra == "all"'),
        package("cython", marker='extra == "yaml" or extra == "all"'),
        package("six", marker='sys_platform == "win32" or extra == "yaml" or extra == "all"'),
        extras=("yaml", "all"),
    )

    selection = _select(locked, "yaml")

    assert pins(selection) == {"base==1.0", 'six==1.0 ; sys_platform == "win32"', "toml[all]==1.0"}
    assert [p.name for p in selection.dropped] == ["cython"]


# ---- what is ignored and yet required


@pytest.mark.parametrize(
    ("project", "kept", "required"),
    [
        ("kept", "ignored", {("ignored", "kept")}),
        ("ignored", "kept-too", {("ignored", None)}),
        ("ignored ; extra == 'x'", "ignored", {("ignored", None), ("ignored", "kept")}),
        # Not where the ignored package, or what requires it, is installed.
        ("kept", "ignored ; sys_platform == 'win32'", set()),
        ("ignored ; sys_platform == 'win32'", "kept-too", set()),
        ("kept", "ignored ; extra == 'never'", set()),
    ],
)
def test_required(project: str, kept: str, required: set[tuple[str, str | None]]) -> None:
    """An ignored package that the project (None) or what stays requires, in an environment that there is, is named."""
    locked = graph(
        ["kept", project],
        package("ignored", marker='sys_platform == "linux"'),
        package("kept", requires=[kept]),
        package("kept-too"),
        extras=("x",),
    )

    assert set(_select(locked, "ignored").required) == required


def test_not_required_by_what_goes() -> None:
    """What an ignored or a dropped package requires is of no account."""
    locked = graph(
        ["a"],
        package("a", requires=["b"]),
        package("b", requires=["c"]),
        package("c", requires=["ignored"]),
        package("ignored"),
    )

    assert _select(locked, "a", "ignored").required == (("a", None),)


# ---- the text of pins


X = canonicalize_name("x")


def _package(name: str = "a", source: Source | None = None, marker: str = "") -> LockedPackage:
    return LockedPackage(canonicalize_name(name), "1.0", parse_marker(marker), source)


def _selection(*packages: LockedPackage) -> Selection:
    return Selection(tuple(pin(package, package.marker) for package in packages))


@pytest.mark.parametrize(
    ("marker", "extra", "text", "requires_dist"),
    [
        ("", None, "a==1", "a==1"),
        ("", X, "a==1", 'a==1 ; extra == "x"'),
        ('os_name == "nt"', None, 'a==1 ; os_name == "nt"', 'a==1 ; os_name == "nt"'),
        ('os_name == "nt"', X, 'a==1 ; os_name == "nt"', 'a==1 ; os_name == "nt" and extra == "x"'),
        (
            'os_name == "nt" or os_name == "java"',
            X,
            'a==1 ; os_name == "nt" or os_name == "java"',
            'a==1 ; (os_name == "nt" or os_name == "java") and extra == "x"',
        ),
    ],
)
def test_text(marker: str, extra: str | None, text: str, requires_dist: str) -> None:
    """A pin names its extra only in the metadata of a wheel."""
    pin = Pin("a==1", parse_marker(marker), X if extra else None)

    assert (str(pin), pin.requires_dist) == (text, requires_dist)


def test_marker_that_nobody_can_read() -> None:
    """A marker is tried as a whole: each of its conditions may be valid where it is not."""
    broken = pin(_package(), MarkerUnion(parse_marker('os_name == "nt"'), EmptyMarker()))

    with pytest.raises(PinError, match="a has a marker that PEP 508 cannot express"):
        make_pins(Selection((broken,)), None)


def _reasons(folder: Path, *ignored: str) -> Reasons:
    packages = [
        locked("pyspark", requires=["py4j", "numpy"]),
        locked("py4j", requires=["common"]),
        locked("common", requires=["py4j"]),
        locked("pandas", requires=["numpy", 'plot ; extra == "plot"', 'unused ; extra == "other"']),
        locked("plot", requires=["common"]),
        locked("numpy"),
        locked("unused"),
    ]
    pyproject = CLASSIC + 'pyspark = "*"\npandas = { version = "*", extras = ["plot"] }\n'
    graph = read_graph(load(write_project(folder, packages, pyproject)))
    return find_reasons(graph, select(graph, frozenset(map(canonicalize_name, ignored))), "example-package")


def test_via(tmp_path: Path) -> None:
    """A pin is there for the project, for other pins, or for both; an extra that nobody asks for is no reason."""
    assert _reasons(tmp_path).via == {
        "pyspark": ("example-package",),
        "py4j": ("common", "pyspark"),
        "common": ("plot", "py4j"),
        "pandas": ("example-package",),
        "plot": ("pandas",),
        "numpy": ("pandas", "pyspark"),
        "unused": (),
    }
    assert not _reasons(tmp_path).kept


def test_kept(tmp_path: Path) -> None:
    """What an ignored package needed stays for those that still need it."""
    reasons = _reasons(tmp_path, "pyspark")

    assert reasons.dropped_with == ()
    assert reasons.kept == (("numpy", ("pyspark",), ("pandas",)), ("py4j", ("pyspark",), ("common",)))


def test_dropped(tmp_path: Path) -> None:
    """What was dropped went with the ignored package that led to it, or with several; cycles end."""
    reasons = _reasons(tmp_path, "pyspark", "plot")

    assert reasons.dropped_with == ((("plot", "pyspark"), ("common", "py4j")),)
    assert reasons.kept == (("numpy", ("pyspark",), ("pandas",)),)


def test_dropped_with_one(tmp_path: Path) -> None:
    """What only one of the ignored packages needed went with that one."""
    reasons = _reasons(tmp_path, "pyspark", "pandas")

    assert reasons.dropped_with == ((("pandas",), ("plot",)), (("pandas", "pyspark"), ("common", "numpy", "py4j")))

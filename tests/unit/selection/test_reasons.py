"""Why a package is pinned, or left out."""

from pathlib import Path

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.selection.reasons import Reasons, find_reasons
from poetry_plugin_lock_package.selection.select import select
from tests.kit import CLASSIC, load, locked, read_graph, write_project


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

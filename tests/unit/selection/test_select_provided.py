"""What a platform provides is left out environment by environment, and compared with what is locked."""

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.lock.model import LockedGraph
from poetry_plugin_lock_package.selection.provided import parse_provided
from poetry_plugin_lock_package.selection.select import Selection, select
from tests.unit.selection.graph import graph, package, pins


def chosen(lock: LockedGraph, provided: str, *ignored: str, extras: tuple[str, ...] = ()) -> Selection:
    packages = parse_provided(provided.encode(), "list.txt").packages
    names = frozenset(map(canonicalize_name, ignored))
    return select(lock, names, frozenset(map(canonicalize_name, extras)), provided=packages)


def unmet(selection: Selection) -> list[tuple[str, str | None, tuple[tuple[str | None, str], ...]]]:
    return [(one.name, one.version, one.unmet) for one in selection.provided if one.unmet]


def test_markers_are_honoured() -> None:
    """Where the marker of a line does not hold, the package is pinned, with all that it needs."""
    lock = graph(("pandas",), package("numpy"), package("pandas", requires=["numpy"]))

    selection = chosen(lock, "pandas==1.0 ; python_version < '3.11'")

    assert pins(selection) == {'pandas==1.0 ; python_version >= "3.11"', 'numpy==1.0 ; python_version >= "3.11"'}
    assert [one.locked for one in selection.provided] == [(lock.packages[1],)]
    assert selection.dropped == ()


def test_lines_of_one_name_add_up() -> None:
    """Several lines of one name, each with its marker, together say where the package is left out."""
    lock = graph(("numpy",), package("numpy", version="2.0"))
    lines = "numpy==1.0 ; python_version < '3.10'\nnumpy==2.0 ; python_version >= '3.12'"

    selection = chosen(lock, lines)

    assert pins(selection) == {'numpy==2.0 ; python_version >= "3.10" and python_version < "3.12"'}
    assert [(one.version, one.is_other_version) for one in selection.provided] == [("1.0", True), ("2.0", False)]


@pytest.mark.parametrize("line", ["pandas==1.0 ; extra == 'x'", "pandas==1.0 ; python_version < '3'", "scipy==1.0", ""])
def test_no_interest(line: str) -> None:
    """A line that holds nowhere, or whose package is not locked, changes nothing and is not compared."""
    lock = graph(("pandas",), package("pandas"))

    selection = chosen(lock, line)

    assert pins(selection) == {"pandas==1.0"}
    assert (selection.provided, selection.dropped) == ((), ())


@pytest.mark.parametrize(
    ("requirement", "version", "expected"),
    [
        ("pandas>=2", "1.5.3", ">=2"),
        ("pandas>=2,<3", "3.0", ">=2,<3"),
        ("pandas>=2", "2.1.0+databricks", None),
        ("pandas==2.1.0", "2.1.0+databricks", None),
        ("pandas==2.1.0", "2.1", None),
        ("pandas==2.1.0", "2.2", "==2.1.0"),
        ("pandas<2", "2.0.dev1", "<2"),
        ("pandas", "0.1", None),
        ("pandas!=1.5.*", "1.5.3", "!=1.5.*"),
        ("pandas @ https://example.org/pandas.zip", "1.5.3", "it from an address"),
    ],
)
def test_what_does_not_fit(requirement: str, version: str, expected: str | None) -> None:
    """A provided version that the project does not allow is told with what it requires."""
    lock = graph((requirement,), package("pandas", version="2.1.0"))

    selection = chosen(lock, f"pandas==={version}")

    assert unmet(selection) == ([("pandas", version, ((None, expected),))] if expected else [])


def test_requirers() -> None:
    """Only what stays pinned counts, where its requirement and the line hold; without a version nothing does."""
    lock = graph(
        ("great", "ours", "pandas>=1"),
        package("great", requires=["pandas>=2"]),
        package("ours", requires=["pandas>=2"]),
        package("pandas", version="2.2.0"),
    )

    assert unmet(chosen(lock, "pandas==1.5.3\nours")) == [("pandas", "1.5.3", (("great", ">=2"),))]
    assert unmet(chosen(lock, "pandas==1.5.3", "great")) == [("pandas", "1.5.3", (("ours", ">=2"),))]
    assert unmet(chosen(lock, "pandas\ngreat>=1")) == []
    assert unmet(chosen(lock, "pandas==2.5\ngreat==0.1")) == []


def test_requirements_elsewhere() -> None:
    """A requirement that holds only where the platform is not does not count."""
    lock = graph(
        ('pandas>=2 ; python_version >= "3.12"', 'pandas<2 ; python_version < "3.12"'),
        package("pandas", version="1.5.3", marker='python_version < "3.12"'),
        package("pandas", version="2.2.0", marker='python_version >= "3.12"'),
    )

    here = chosen(lock, "pandas==1.5.2 ; python_version == '3.11'")
    anywhere = chosen(lock, "pandas==1.5.2")

    assert unmet(here) == []
    assert [[package.version for package in one.locked] for one in here.provided] == [["1.5.3"]]
    assert unmet(anywhere) == [("pandas", "1.5.2", ((None, ">=2"),))]
    assert [[package.version for package in one.locked] for one in anywhere.provided] == [["1.5.3", "2.2.0"]]


def test_extras_of_packages() -> None:
    """A requirement of an extra counts where something that stays asks for the extra."""
    lock = graph(
        ("great[spark]",), package("great", requires=['pyspark>=4 ; extra == "spark"']), package("pyspark", version="4")
    )
    without = graph(
        ("great",), package("great", requires=['pyspark>=4 ; extra == "spark"']), package("pyspark", version="4")
    )

    assert unmet(chosen(lock, "pyspark==3.5")) == [("pyspark", "3.5", (("great", ">=4"),))]
    assert unmet(chosen(without, "pyspark==3.5")) == []


def test_extras_of_the_project() -> None:
    """What an extra of the project brings is left out and compared as well."""
    lock = graph(
        ('great ; extra == "x"',),
        package("great", requires=["pandas>=2"], marker='extra == "x"'),
        package("pandas", version="2.2", marker='extra == "x"'),
        extras=("x",),
    )

    for extras, expected in ((), {"great[x]==1.0"}), (("x",), {"great==1.0"}):
        selection = chosen(lock, "pandas==1.5.3", extras=extras)
        assert pins(selection) == expected
        assert unmet(selection) == [("pandas", "1.5.3", (("great", ">=2"),))]


def test_ignored_and_provided() -> None:
    """What is ignored is said to come back only where the platform does not have it."""
    lock = graph(("pandas",), package("pandas"))

    assert chosen(lock, "", "pandas").required == (("pandas", None),)
    assert chosen(lock, "pandas==1.0", "pandas").required == ()
    assert chosen(lock, "pandas==1.0 ; os_name == 'nt'", "pandas").required == (("pandas", None),)
    assert chosen(lock, "pandas==1.0").required == ()
    assert [one.name for one in chosen(lock, "pandas==1.0", "pandas").ignored] == ["pandas"]

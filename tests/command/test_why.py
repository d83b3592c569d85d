"""`-v`: what each pin is there for, and what became of the needs of ignored packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit import CLASSIC, LOCK_WHEEL, locked, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_why(spark: Path) -> None:
    """Each pin once, with what requires it."""
    run = poetry(spark, "lock-package --build -v")

    assert run.out.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 4 packages",
        "      example-package==0.1.0",
        "      numpy==2.2.0  # via pandas, pyspark",
        "      pandas==2.3.1  # via example-package",
        "      py4j==0.10.9  # via pyspark",
        "      pyspark==4.0.0  # via example-package",
        f"  - Built {LOCK_WHEEL}",
    ]


def test_ignored(spark: Path) -> None:
    """What was dropped with what, and what stayed although an ignored package needed it, and why."""
    run = poetry(spark, "lock-package --build -v --ignore pyspark")

    assert run.out.splitlines()[5:] == [
        "  - Ignored pyspark",
        "  - Dropped with pyspark: py4j",
        "  - Kept numpy, which pyspark needed: pandas still needs it",
        f"  - Built {LOCK_WHEEL}",
    ]


def test_extras_are_joined(tmp_path: Path) -> None:
    """A package that several extras need is one line, with all of them."""
    markers = {"a": 'extra == "x" or extra == "y"', "b": 'extra == "x"', "c": ""}
    pyproject = (
        CLASSIC
        + 'a = { version = "*", optional = true }\nb = { version = "*", optional = true }\nc = "*"\n'
        + '[tool.poetry.extras]\nx = ["a", "b"]\ny = ["a"]\n'
    )
    project = write_project(tmp_path, [locked(name, marker=marker) for name, marker in markers.items()], pyproject)

    run = poetry(project, "lock-package --build -v")

    assert run.out.splitlines()[1:-1] == [
        "  - Pinned 3 packages",
        "      example-package==0.1.0",
        "      a==1.0  # via example-package; with extra x, y",
        "      b==1.0  # via example-package; with extra x",
        "      c==1.0  # via example-package",
    ]


def test_markers_are_joined(tmp_path: Path) -> None:
    """A package whose pins have several markers is there where one of them holds."""
    markers = 'sys_platform == "linux" and extra != "x" or extra == "x" and python_version < "3.12"'
    pyproject = CLASSIC + 'a = "*"\nb = { version = "*", optional = true }\n[tool.poetry.extras]\nx = ["b"]\n'
    git = {"type": "git", "url": "https://example.org/g.git", "reference": "main", "resolved_reference": "5d1c" * 10}
    project = write_project(tmp_path, [locked("a", marker=markers), locked("g", source=git)], pyproject)

    run = poetry(project, "lock-package --build --no-root -v")

    assert run.out.splitlines()[2:4] == [
        '      a==1.0 ; (sys_platform == "linux") or (python_version < "3.12")  # via example-package',
        f"      g @ git+https://example.org/g.git@{'5d1c' * 10}",
    ]


def test_several_need_it(tmp_path: Path) -> None:
    """The reasons are a sentence, however many there are."""
    packages = [
        locked("a", requires=["common"]),
        *(locked(name, requires=["common"]) for name in "bcd"),
        locked("common"),
    ]
    project = write_project(tmp_path, packages, CLASSIC + "".join(f'{name} = "*"\n' for name in "abcd"))

    three = poetry(project, "lock-package --build --no-root -v --ignore a").out
    two = poetry(project, "lock-package --build --no-root -v --ignore a --ignore b").out

    assert "  - Kept common, which a needed: b, c and d still need it\n" in three
    assert "  - Kept common, which a and b needed: c and d still need it\n" in two

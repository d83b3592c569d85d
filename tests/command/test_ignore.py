"""`--ignore`: patterns, and what is said of them."""

from pathlib import Path

import pytest

from tests.kit import (
    LOCK_PROJECT,
    LOCK_WHEEL,
    built,
    locked,
    only_wheel,
    poetry,
    see,
    write_project,
)


def test_ignore(spark: Path) -> None:
    """An ignored package goes with what only it needs; what others need stays; the report names all."""
    run = poetry(spark, "lock-package --build --ignore pyspark")

    assert run.code == 0
    assert run.out.splitlines() == [
        f"Building {LOCK_PROJECT} (0.1.0)",
        "  - Pinned 2 packages",
        "  - Ignored pyspark",
        "  - Dropped with them py4j",
        f"  - Built {LOCK_WHEEL}",
    ]
    assert only_wheel(spark / "dist").requires == {"example-package==0.1.0", "pandas==2.3.1", "numpy==2.2.0"}


REQUIRED = (
    "Warning: Ignored, but example-package requires it, so pip installs it all the same, in any version that fits: {}."
    " Build with --include-root to leave it out{}" + see("ignored-but-required")
)
NEEDED = (
    "Warning: Ignored, but pinned packages require it, so pip installs it unless it is there, in any version that fits:"
    " {}. Install it beforehand" + see("ignored-but-needed")
)
NO_PINS = (
    "Warning: Nothing is pinned, because all packages that the project needs are left out."
    " Check --ignore and --provided"
)
DROPPED = ": {} back with it, no longer held at a version"


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [
        ("--ignore pyspark", [REQUIRED.format("pyspark", DROPPED.format("1 dropped package comes"))]),
        (
            "--ignore 'py.*' --ignore pandas",
            [
                REQUIRED.format("pandas, pyspark", DROPPED.format("1 dropped package comes")),
                NO_PINS,
            ],
        ),
        ("--ignore pyspark --no-root", []),
        ("--ignore numpy", [NEEDED.format("numpy (for pandas, pyspark)")]),
        ("--ignore numpy --ignore pyspark --no-root", [NEEDED.format("numpy (for pandas)")]),
        ("--ignore py4j --ignore pyspark --no-root", []),
    ],
)
def test_ignored_and_yet_installed(spark: Path, arguments: str, warnings: list[str]) -> None:
    """What pip will install although it was ignored is said, with who requires it; otherwise not a word."""
    run = poetry(spark, f"lock-package --build {arguments}")

    assert (run.code, run.err.splitlines()) == (0, warnings)


def test_ignore_knows_what_poetry_adds_to_a_requirement(tmp_path: Path) -> None:
    """What [tool.poetry] adds to a dependency in [project] counts: that is what was locked."""
    pyproject = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["a", "ignored"]

[tool.poetry.dependencies]
a = { markers = "sys_platform == 'win32'" }
"""
    project = write_project(tmp_path, [locked("a"), locked("ignored", requires=["a"])], pyproject)

    assert built(project, "--ignore ignored")[0] == {'a==1.0 ; sys_platform == "win32"'}

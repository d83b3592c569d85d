"""What is said of a run, at each verbosity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit import (
    CLASSIC,
    locked,
    only_wheel,
    poetry,
    write_project,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_verbose(tmp_path: Path) -> None:
    """`-v` lists every pin once, with its marker, what requires it, and its extra."""
    project = write_project(
        tmp_path,
        [locked("cleo", marker='sys_platform == "win32"'), locked("pyyaml", marker='extra == "yaml"')],
        CLASSIC
        + 'cleo = "*"\npyyaml = { version = "*", optional = true }\n\n[tool.poetry.extras]\nyaml = ["pyyaml"]\n',
    )

    run = poetry(project, "lock-package --build -v")

    assert run.out.splitlines()[1:-1] == [
        "  - Pinned 2 packages",
        "      example-package==0.1.0",
        '      cleo==1.0 ; sys_platform == "win32"  # via example-package',
        "      pyyaml==1.0  # via example-package; with extra yaml",
    ]


@pytest.mark.parametrize("verbosity", ["-v", "-vv", "-vvv"])
def test_verbose_says_nothing_of_the_machine(spark: Path, verbosity: str) -> None:
    """However verbose, poetry-core's own talk (of temporary folders) is left out."""
    run = poetry(spark, f"lock-package --build --ignore pyspark {verbosity}")

    assert run.code == 0
    assert run.out.count("Built") == 1
    assert not re.search(r"/tmp|lock-package-\w+/", run.out.replace(str(spark), ""))


def test_quiet(spark: Path) -> None:
    """`-q` says nothing but still builds."""
    run = poetry(spark, "lock-package --build -q --ignore spark")

    assert run.out == ""
    assert only_wheel(spark / "dist")


def test_markup_is_text(tmp_path: Path) -> None:
    """What looks like console markup in a pattern is shown as it was written."""
    project = write_project(tmp_path, [locked("cleo")])

    run = poetry(project, "lock-package --build --ignore '<info>x</info>'")

    assert run.err == "Warning: --ignore '<info>x</info>' matches no locked package\n"


def test_help(tmp_path: Path) -> None:
    """The command is listed with the others and explains its options."""
    assert re.search(r"lock-package +Builds a package", poetry(tmp_path, "list").out)
    shown = poetry(tmp_path, "lock-package --help").out
    assert all(option in shown for option in ("--build", "--output", "--no-root", "--ignore"))

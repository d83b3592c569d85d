"""`--output`: where the wheel is put, and what cannot be put there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit import (
    LOCK_PROJECT,
    LOCK_WHEEL,
    only_wheel,
    poetry,
    posix_only,
    tree,
    write_project,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_output_implies_build(spark: Path) -> None:
    """Asking for the folder of a wheel is asking for a wheel."""
    run = poetry(spark, "lock-package -o wheels")

    assert (run.code, run.err) == (0, "")
    assert only_wheel(spark / "wheels").path.name == LOCK_WHEEL
    assert not (spark / LOCK_PROJECT).exists()


@pytest.mark.parametrize("absolute", [False, True])
def test_output(spark: Path, tmp_path: Path, absolute: bool) -> None:  # noqa: FBT001
    """`--output` is relative to the project, wherever the command runs, or absolute."""
    out = tmp_path / "elsewhere" if absolute else spark / "a" / "b"

    run = poetry(tmp_path, f"-P {spark} lock-package --build -o {out if absolute else 'a/b'}")

    assert run.code == 0
    assert only_wheel(out).path.name == LOCK_WHEEL
    assert not (spark / "dist").exists()


def test_output_is_replaced(spark: Path) -> None:
    """A wheel of the same name makes room for the new one, with nothing beside it."""
    poetry(spark, "lock-package --build")
    poetry(spark, "lock-package --build --no-root")

    assert "example-package==0.1.0" not in only_wheel(spark / "dist").requires


@posix_only("Windows says it in other words")
def test_output_is_a_file(spark: Path) -> None:
    """An output that cannot be a folder is one line, without the path of the machine."""
    (spark / "dist").write_text("mine")

    run = poetry(spark, "lock-package --build")

    assert (run.code, run.err) == (1, "Error: --output has to be a folder, and dist is a file. Choose another\n")
    assert (spark / "dist").read_text() == "mine"


@posix_only("Windows says it in other words")
def test_output_cannot_be_made(spark: Path) -> None:
    """What was made of the folders on the way to the output is gone as well."""
    (spark / "file").write_text("mine")

    run = poetry(spark, "lock-package --build -o a/../file/b")

    assert run.code == 1
    assert re.fullmatch(f"Error: b/{LOCK_WHEEL} cannot be written: (Not a directory|File exists)\n", run.err)
    assert not (spark / "a").exists()


@posix_only("Windows says it in other words")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--build --output " + "a" * 300, "The wheel cannot be written: File name too long\n"),
    ],
)
def test_path_that_nothing_can_have(tmp_path: Path, options: str, message: str) -> None:
    """A path that is too long is an error of one line, without the folders of the machine."""
    project = write_project(tmp_path, [])
    before = tree(project)

    run = poetry(project, f"lock-package {options}")

    assert (run.code, run.err) == (1, f"Error: {message}")
    assert tree(project) == before


@posix_only("Windows says it in other words")
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (f"--build --set-version 1.0+{'a' * 300}", "The wheel cannot be written: File name too long\n"),
        (f"--name {'a' * 300}", f"{'a' * 300} cannot be written: File name too long\n"),
    ],
)
def test_name_that_no_file_can_have(spark: Path, arguments: str, error: str) -> None:
    """What the system refuses is one line, and no fault of this program."""
    before = tree(spark)

    run = poetry(spark, f"lock-package {arguments}")

    assert (run.code, run.err) == (1, f"Error: {error}")
    assert tree(spark) == before


@posix_only("Windows says it in other words")
def test_output_cannot_be_replaced(spark: Path) -> None:
    """If the last step fails, the half-made file is gone as well."""
    (spark / "dist" / LOCK_WHEEL).mkdir(parents=True)

    run = poetry(spark, "lock-package --build")

    assert (run.code, run.err) == (1, f"Error: dist/{LOCK_WHEEL} cannot be written: Is a directory\n")
    assert [path.name for path in (spark / "dist").iterdir()] == [LOCK_WHEEL]

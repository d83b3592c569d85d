"""Where the project's own wheel is put."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command.own_wheel.project import build_plain_wheel
from tests.kit import poetry, posix_only, tree
from tests.wheels import WHEEL, write_wheel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("what", ["plain", "other pins", "no wheel", "folder"])
def test_other_wheels_stay(project: Path, what: str) -> None:
    """A wheel of the same name with other dependencies, or what is none, is not overwritten."""
    target = project / "dist" / WHEEL
    if what == "plain":
        build_plain_wheel(project, project / "dist")
    elif what == "other pins":
        poetry(project, "lock-package --build --include-root --ignore pyspark")
    elif what == "folder":
        target.mkdir(parents=True)
    else:
        target.parent.mkdir()
        target.write_text("mine")
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 1
    assert run.err == (
        f"Error: dist has {WHEEL} already, with other dependencies. Choose another folder with --output, or another"
        " name or version with --name or --set-version\n"
    )
    assert tree(project) == before
    assert poetry(project, "lock-package --build --include-root --post 1").code == 0
    assert poetry(project, "lock-package --build --include-root --output locked").code == 0
    assert before.items() <= tree(project).items()


def test_all_or_nothing(project: Path, tmp_path: Path) -> None:
    """If one of several wheels would take the place of another, none appears."""
    (tmp_path / "house").mkdir()
    names = ["example_package-0.1.0-py2-none-any.whl", WHEEL]
    for name in names:
        write_wheel(tmp_path / "house" / name)
    build_plain_wheel(project, project / "dist")
    given = " ".join(f"--from-wheel {tmp_path / 'house' / name}" for name in names)

    assert poetry(project, f"lock-package --build --include-root {given}").code == 1
    assert [wheel.name for wheel in (project / "dist").iterdir()] == [WHEEL]


@posix_only("Windows says it in other words")
def test_name_too_long(project: Path) -> None:
    """What the system refuses is one line, and nothing is left."""
    before = tree(project)

    run = poetry(project, f"lock-package --build --include-root --name {'x' * 300}")

    assert (run.code, run.err) == (1, "Error: The wheel cannot be written: File name too long\n")
    assert tree(project) == before

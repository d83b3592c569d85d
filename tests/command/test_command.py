"""The command through a real Poetry application: options, streams, exit codes and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit import locked, only_wheel, poetry, read_wheel, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_build(tmp_path: Path) -> None:
    """`--build` makes the wheel in dist/, changes nothing else and says what it did."""
    project = write_project(tmp_path, [locked("cleo", "2.1.0")])
    before = tree(project)

    run = poetry(project, "lock-package --build")

    assert run.err == ""
    assert run.out.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 1 package",
        "  - Built example_package_lock-0.1.0-py3-none-any.whl",
    ]
    assert run.code == 0
    wheel = only_wheel(project / "dist")
    assert wheel.requires == {"cleo==2.1.0", "example-package==0.1.0"}
    wheel.path.unlink()
    assert tree(project) == before

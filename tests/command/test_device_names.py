"""Names that are those of devices on Windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import locked, only_wheel, poetry, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["nul", "con", "NUL", "Con.txt", "nul.a.b", "prn", "aux", "com1", "lpt9"])
@pytest.mark.parametrize("arguments", ["", "--build"])
def test_refused(tmp_path: Path, arguments: str, name: str) -> None:
    """On any system, such a name is refused: the folder of the lock project could not be had on Windows."""
    project = write_project(tmp_path, [locked("a")])
    before = tree(project)

    run = poetry(project, f"lock-package {arguments} --name {name}")

    assert (run.code, run.err) == (
        1,
        f"Error: --name '{name}' is the name of a device on Windows, where no file can have it\n",
    )
    assert tree(project) == before


@pytest.mark.parametrize("name", ["nul-lock", "null", "console", "com10", "com0", "a.con"])
def test_similar_names(tmp_path: Path, name: str) -> None:
    """Names that only look like it are taken."""
    project = write_project(tmp_path, [locked("a")])

    assert poetry(project, f"lock-package --build --name {name}").code == 0
    assert only_wheel(project / "dist").metadata.name == name

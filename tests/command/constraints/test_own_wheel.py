"""Constraints beside the project's own wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command.constraints.lines import GIT, digest, files, read
from tests.e2e.index import make_wheel
from tests.kit import locked, poetry, posix_only, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "asked_for"), [("--include-root", "example-package"), ("--as-extra lock", "'example-package[lock]")]
)
def test_own_wheels(tmp_path: Path, arguments: str, asked_for: str) -> None:
    """Where the pins go into the project's own wheels, the constraints have the hashes of all of these."""
    project = write_project(tmp_path / "project", [locked("a", files=files("a"))])
    given = [make_wheel(tmp_path / "given", "example-package", "0.1.0")]
    other = make_wheel(tmp_path / "other", "example-package", "0.1.0", modules={"other.py": ""})
    given.append(other.rename(given[0].with_name("example_package-0.1.0-py2-none-any.whl")))
    # What was there before is no file of this release.
    make_wheel(project / "dist", "example-package", "0.1.0.post1")
    options = f"--build --constraints {arguments} " + " ".join(f"--from-wheel '{wheel}'" for wheel in given)

    dry = poetry(project, f"lock-package {options} --dry-run")
    there = [path.name for path in (project / "dist").iterdir()]
    run = poetry(project, f"lock-package {options}")

    name = "example_package-0.1.0-constraints.txt"
    assert (dry.code, len(there)) == (0, 1)
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[-3:] == [*(f"  - Built {wheel.name}" for wheel in given), f"  - Wrote {name}"]
    text = (project / "dist" / name).read_text()
    hashes = {digest(project / "dist" / wheel.name) for wheel in given}
    assert read(text) == [("example-package==0.1.0", hashes), ("a==1.0", {"a"})]
    assert f"-c {name} {asked_for}==0.1.0" in text


def test_own_wheels_that_cannot_be_constrained(tmp_path: Path) -> None:
    """An error appears before a wheel does, of the project's own as of any."""
    project = write_project(tmp_path / "project", [locked("g", source=GIT)])
    wheel = make_wheel(tmp_path / "given", "example-package", "0.1.0")

    run = poetry(project, f"lock-package --build --constraints --include-root --from-wheel '{wheel}'")

    assert run.code == 1
    assert "g (from git, which has none)" in run.err
    assert not (project / "dist").exists()


@posix_only("Windows says it in other words")
def test_own_wheel_in_place(tmp_path: Path) -> None:
    """The project's own wheel does not appear without its constraints either."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    (project / "example_package.py").write_text("")
    name = "example_package-0.1.0-constraints.txt"
    (project / "dist" / name).mkdir(parents=True)
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root --constraints")

    assert (run.code, run.err) == (1, f"Error: dist/{name} cannot be written: Is a directory\n")
    assert tree(project) == before

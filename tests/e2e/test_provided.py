"""`--provided` on a platform: what it has stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.index import make_wheel, serve_index
from tests.kit import locked, only_wheel, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.programs import Programs

pytestmark = pytest.mark.e2e

# What a runtime has: a hundred packages, each with a version of its own.
RUNTIME = {f"part-{number:02}": f"1.{number}.3" for number in range(100)}
OWN = {"expectations": "1.0", "tabulate": "0.9.0"}

PYPROJECT = """\
[build-system]
requires = ["poetry-core>=2.1"]
build-backend = "poetry.core.masonry.api"

[project]
name = "example-package"
version = "0.1.0"
requires-python = ">=3.9"
dependencies = ["expectations", "tabulate", {parts}]
"""
# What the packages of its own need: of what the runtime has, one that the project does not name.
EXPECTATIONS = ["part-01>=1", "part-50", "tabulate"]
TABULATE = ["part-02<3"]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an index with newer releases of all that the runtime has."""
    folder = tmp_path_factory.mktemp("stock")
    for name in RUNTIME:
        make_wheel(folder, name, "2.2.0")
    make_wheel(folder, "expectations", "1.0", EXPECTATIONS)
    make_wheel(folder, "tabulate", "0.9.0", TABULATE)
    with serve_index(folder) as url:
        yield url


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is locked at newer versions than the runtime has, beside a list of those."""
    named = list(RUNTIME)[:10]
    packages = [
        locked("expectations", "1.0", requires=EXPECTATIONS),
        locked("tabulate", "0.9.0", requires=TABULATE),
        *(locked(name, "2.2.0") for name in (*named, "part-50")),
    ]
    parts = ", ".join(f'"{name}>=1"' for name in named)
    folder = write_project(tmp_path / "project", packages, PYPROJECT.format(parts=parts))
    (folder / "example_package.py").touch()
    write_list(folder, RUNTIME)
    return folder


def write_list(folder: Path, packages: dict[str, str]) -> None:
    """Write the list of ``packages`` in the form in which platforms publish theirs."""
    lines = [f"{name}=={version}\n" for name, version in packages.items()]
    (folder / "runtime.txt").write_text("".join(lines), encoding="utf-8")


def test_runtime_stays_as_it_is(programs: Programs, project: Path, stock: str, tmp_path: Path) -> None:
    """Installed into an environment with a hundred packages, none of them changes, and none is pinned."""
    venv = programs.make_venv(tmp_path / "venv")
    for name, version in RUNTIME.items():
        make_wheel(tmp_path / "runtime", name, version)
    programs.pip(venv, "install", "--no-index", "--no-deps", *(tmp_path / "runtime").iterdir())
    programs.poetry(project, "build", "--format", "wheel", "--output", "dist")

    built = programs.run(
        *programs.poetry_command(project), "lock-package", "--build", "--output", "lock", "--provided",
        project / "runtime.txt", "-v", "--strict",
    )  # fmt: skip
    programs.pip(venv, "install", "--index-url", stock, *(project / "dist").iterdir(), *(project / "lock").iterdir())

    assert (built.returncode, built.stderr) == (0, "")
    assert only_wheel(project / "lock").requires == {
        "example-package==0.1.0",
        *(f"{name}=={version}" for name, version in OWN.items()),
    }
    compared = [*list(RUNTIME)[:10], "part-50"]
    assert [line for line in built.stdout.splitlines() if "Provided" in line] == [
        f"  - Provided {name} {RUNTIME[name]} (locked 2.2.0)" for name in compared
    ]
    assert programs.installed(venv) == {
        **RUNTIME,
        **OWN,
        "example-package": "0.1.0",
        "example-package-lock": "0.1.0",
    }
    programs.pip(venv, "check")

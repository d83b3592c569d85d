"""Packages from a subdirectory of a git repository that poetry-core cannot read in a requirement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import COMMIT, built, locked, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path


def _locked_in(subdirectory: str, folder: Path) -> Path:
    source = {
        "type": "git",
        "url": "https://example.org/b.git",
        "reference": "main",
        "resolved_reference": COMMIT,
        "subdirectory": subdirectory,
    }
    return write_project(folder, [locked("forked", source=source), locked("a", marker='sys_platform == "win32"')])


@pytest.mark.parametrize("subdirectory", ["pkgs/a.b", ".a", "a+b"])
def test_pinned(tmp_path: Path, subdirectory: str) -> None:
    """The subdirectory is in the pin as it is."""
    requires, _ = built(_locked_in(subdirectory, tmp_path))

    assert requires == {
        f"forked @ git+https://example.org/b.git@{COMMIT}#subdirectory={subdirectory}",
        'a==1.0 ; sys_platform == "win32"',
    }


def test_built_by_poetry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`poetry build` in the lock project gives the same wheel, byte for byte."""
    monkeypatch.setenv("POETRY_VIRTUALENVS_CREATE", "false")
    project = _locked_in("pkgs/a.b", tmp_path)
    assert poetry(project, "lock-package --build").code == 0
    assert poetry(project, "lock-package").code == 0
    lock_project = project / "example-package-lock"

    run = poetry(lock_project, "build --format wheel")

    (wheel,) = (project / "dist").glob("*.whl")
    assert run.code == 0
    assert (lock_project / "dist" / wheel.name).read_bytes() == wheel.read_bytes()


def test_not_pinned(tmp_path: Path) -> None:
    """Where pip would look into another folder, the message says what it cannot read."""
    project = _locked_in("sub dir", tmp_path)

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert "forked is in the subdirectory 'sub dir'; pip and uv can read neither white space nor & and #" in run.err
    assert run.err.count("\n") == 1
    assert not (project / "dist").exists()

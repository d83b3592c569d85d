"""Which path dependencies there can be a wheel of."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.lock.model import LockedPackage, Source
from poetry_plugin_lock_package.wheel.path_dependencies import find_path_dependencies
from tests.e2e.index import make_wheel
from tests.kit import CLASSIC

if TYPE_CHECKING:
    from pathlib import Path


def _package(name: str, path: Path | None, type_: str = "directory", *hashes: str) -> LockedPackage:
    source = Source(type_, path=path.as_posix()) if path else None
    return LockedPackage(canonicalize_name(name), "1.0", AnyMarker(), source, hashes=hashes)


def _hash(path: Path) -> str:
    return f"sha256:{sha256(path.read_bytes()).hexdigest()}"


def _project(folder: Path, pyproject: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    return folder


def test_found(tmp_path: Path) -> None:
    """Folders and files are found; those of Poetry with their project, as Poetry has it. What has no path is none."""
    poetry = _project(tmp_path / "poetry", CLASSIC)
    (poetry / "nested").mkdir()
    (poetry / "nested/setup.py").touch()
    backend = '[build-system]\nrequires = []\nbuild-backend = "poetry.core.masonry.api"\n[project]\n'
    modern = _project(tmp_path / "modern", f'{backend}name = "modern"\nversion = "1.0"\n')
    hatch = _project(tmp_path / "hatch", '[project]\nname = "hatch"\nversion = "1.0"\n')
    wheel = make_wheel(tmp_path, "wheel", "1.0", ["other>=1"])
    sdist = tmp_path / "sdist-1.0.tar.gz"
    sdist.write_bytes(b"sdist")

    found = find_path_dependencies(
        [
            _package("example-package", poetry),
            _package("nested", poetry / "nested"),
            _package("modern", modern),
            _package("hatch", hatch),
            _package("wheel", wheel, "file", "sha512:00", _hash(wheel)),
            _package("sdist", sdist, "file", _hash(sdist)),
            _package("registry", None),
        ]
    )

    assert [dependency.path for dependency in found] == [poetry, poetry / "nested", modern, hatch, wheel, sdist]
    assert [dependency.is_file for dependency in found] == [False] * 4 + [True] * 2
    projects = [dependency.project and dependency.project.package.name for dependency in found]
    assert projects == ["example-package", None, "modern", None, None, None]


def test_problems(tmp_path: Path) -> None:
    """All dependencies of which there can be no wheel are named in one line, without their folders."""
    application = '[tool.poetry]\npackage-mode = false\nname = "app"\n'
    changed = make_wheel(tmp_path, "changed", "1.0")
    damaged = tmp_path / "damaged-1.0-py3-none-any.whl"
    damaged.write_bytes(b"no archive")
    by_path = make_wheel(tmp_path, "by-path", "1.0", ["core-lib @ file:///home/me/core", "other"])

    with pytest.raises(WheelError) as caught:
        find_path_dependencies(
            [
                _package("app", _project(tmp_path / "app", application)),
                _package("gone", tmp_path / "gone"),
                _package("unreadable", _project(tmp_path / "unreadable", "no = ")),
                _package("lost", tmp_path / "lost.whl", "file", "sha256:00"),
                _package("changed", changed, "file", "sha256:00"),
                _package("damaged", damaged, "file", _hash(damaged)),
                _package("by-path", by_path, "file", _hash(by_path)),
                _package("good", _project(tmp_path / "good", CLASSIC)),
            ]
        )

    problems = str(caught.value).split("; ")
    # The words of the parser are not ours.
    assert problems.pop(2).startswith("unreadable cannot be loaded: ")
    assert problems == [
        (
            "--path-wheels: app is in non-package mode, so there is no wheel of it. Remove `package-mode = false` from"
            " its pyproject.toml, or leave it out with --ignore app"
        ),
        "gone has no folder where poetry.lock says. Get it, or run `poetry lock`",
        "lost has no lost.whl: No such file or directory. Get it, or run `poetry lock`",
        "changed is not from the changed-1.0-py3-none-any.whl that poetry.lock has a hash of. Run `poetry lock`",
        "damaged-1.0-py3-none-any.whl is no wheel: File is not a zip file. Get another one",
        (
            "by-path comes from by_path-1.0-py3-none-any.whl, which requires core-lib from a path. Build it anew with"
            " versions instead, and run `poetry lock`"
        ),
    ]
    assert str(tmp_path) not in str(caught.value)

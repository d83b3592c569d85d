"""Path dependencies: which there can be a wheel of, and the versions that replace references by path."""

from hashlib import sha256
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from poetry.core.version.markers import AnyMarker

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.lock.model import LockedPackage, Source
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.wheel.path_wheels import find_path_dependencies, has_path, without_path, without_paths
from poetry_plugin_lock_package.wheel.rewrite import Wheel
from tests.e2e.index import make_wheel
from tests.kit import CLASSIC
from tests.wheels import INFO, METADATA, WHEEL

PINNED = {
    Release("Core.Lib", "1.2.0"): "/repository/core",
    Release("forked", "1.0"): "/repository/old",
    Release("forked", "2.0"): "/repository/new",
    Release("forked", "3.0"): "",
}


@pytest.mark.parametrize(
    ("requirement", "replaced"),
    [
        ("core-lib @ file:///repository/core", "core-lib==1.2.0"),
        # Any spelling of the name means the same, and stays.
        ("Core_Lib@file:///repository/core", "Core_Lib==1.2.0"),
        # Extras and marker stay, letter for letter.
        ("core-lib [b,a] @ file:///repository/core", "core-lib [b,a]==1.2.0"),
        (
            "core-lib @ file:///repository/core ; python_version<'3.9' or extra == 'x'",
            "core-lib==1.2.0 ; python_version<'3.9' or extra == 'x'",
        ),
        # Not pinned: the name alone.
        ('other @ file:///repository/other ; extra == "x"', 'other ; extra == "x"'),
        ("other[a] @ file:///repository/other", "other[a]"),
        # One name at several versions: the path decides.
        ("forked @ file:///repository/old", "forked==1.0"),
        ("forked @ file:///repository/new/../new", "forked==2.0"),
        ("forked @ file:///elsewhere", "forked"),
        # Whatever else is a path of a machine.
        ("core-lib @ git+file:///repository/core@abc", "core-lib==1.2.0"),
        ("core-lib @ /repository/core", "core-lib==1.2.0"),
        ("core-lib @ C:/repository/core", "core-lib==1.2.0"),
        # What is no path.
        ("core-lib", "core-lib"),
        ("core-lib>=1 ; os_name == 'nt'", "core-lib>=1 ; os_name == 'nt'"),
        ("core-lib @ https://example.org/core.whl", "core-lib @ https://example.org/core.whl"),
        ("core-lib @ git+ssh://git@example.org/core", "core-lib @ git+ssh://git@example.org/core"),
        ("not a requirement", "not a requirement"),
    ],
)
def test_without_path(requirement: str, replaced: str) -> None:
    """A reference by path becomes the pinned version, or the bare name; everything else stays."""
    assert without_path(requirement, PINNED) == replaced
    assert has_path(requirement) == (requirement != replaced)
    assert not has_path(replaced)


def test_metadata(tmp_path: Path) -> None:
    """In METADATA, nothing but the references by path changes."""
    required = b"Requires-Dist: core-lib @ file:///repository/core\n ; extra == 'x'\n"
    others = (
        "requires-dist:   other>=1 ;  os_name=='nt'\nSummary: core-lib @ file:///repository/core\n"
        "Requires-Dist: caf\u00e9 no requirement\n\nRequires-Dist: core-lib @ file:///repository/core"
    ).encode()

    changed = without_paths(Wheel(tmp_path / WHEEL, INFO, METADATA + required + others), PINNED)

    assert changed.metadata == METADATA + b"Requires-Dist: core-lib==1.2.0 ; extra == 'x'\n" + others


def test_invalid_requirement(tmp_path: Path) -> None:
    """A path in what is no requirement cannot be replaced: an error, without that path."""
    metadata = METADATA + b"Requires-Dist: core lib @ file:///repository/core\n"

    with pytest.raises(WheelError) as caught:
        without_paths(Wheel(tmp_path / WHEEL, INFO, metadata), PINNED)

    assert str(caught.value) == f"{WHEEL} has a reference by path that is no valid requirement: core lib"


# ---- which path dependencies there can be a wheel of


def _package(name: str, path: Path | None, type_: str = "directory", *hashes: str) -> LockedPackage:
    source = Source(type_, path=path.as_posix()) if path else None
    return LockedPackage(
        canonicalize_name(name), "1.0", AnyMarker(), source, files=tuple(("", text) for text in hashes)
    )


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
            "--all-wheels: app is in non-package mode, so there is no wheel of it. Remove `package-mode = false` from"
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

"""The build backend, as frontends call it, but in this process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from poetry_plugin_lock_package import backend
from tests.kit import CLASSIC, locked, make_old, only_wheel, poetry, read_wheel, write_project

if TYPE_CHECKING:
    from pathlib import Path

BUILD_SYSTEM = """
[build-system]
requires = ["poetry-core", "poetry-plugin-lock-package"]
build-backend = "poetry_plugin_lock_package.backend"
"""
POETRY = (
    CLASSIC
    + """\
a = ">=1"
b = { version = ">=1", optional = true }

[tool.poetry.extras]
more = ["b"]
"""
)
PROJECT = """\
[project]
name = "example-package"
version = "0.1.0"
requires-python = ">=3.9,<3.14"
dependencies = ["a>=1"]
dynamic = ["dependencies", "optional-dependencies"]

[project.optional-dependencies]
more = ["b>=1"]
"""
# The list in [tool.poetry], and the extras in [project].
MIXED = PROJECT.replace('dependencies = ["a>=1"]\n', "") + '[tool.poetry.dependencies]\na = ">=1"\n'
PACKAGES = [locked("a", "1.5", requires=["c"]), locked("b", "2.0", marker='extra == "more"'), locked("c", "3.0")]
PINS = {"a==1.5", "c==3.0", 'b==2.0 ; extra == "more"'}
RANGES = {"a>=1", 'b>=1 ; extra == "more"'}


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make the locked project from which the tests run the hooks."""

    def make(pyproject: str = POETRY, settings: str = "") -> Path:
        text = f"{pyproject}{BUILD_SYSTEM}\n[tool.poetry-lock-package]\n{settings}\n"
        project = write_project(tmp_path / "project", PACKAGES, text)
        (project / "example_package.py").write_text("x = 1\n", encoding="utf-8")
        monkeypatch.chdir(project)
        return project

    return make


if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Path]


def build(folder: Path, **settings: str) -> set[str]:
    """Build the wheel into the new ``folder``, with its metadata first, and return what it requires."""
    metadata = folder / "metadata"
    metadata.mkdir(parents=True)
    info = backend.prepare_metadata_for_build_wheel(str(metadata), settings)
    name = backend.build_wheel(str(folder), settings, str(metadata / info))
    wheel = read_wheel(folder / name)
    (read,) = (path for path in wheel.files if path.endswith("/METADATA"))
    prepared = (metadata / info / "METADATA").read_bytes()
    assert prepared == _member(folder / name, read)
    return wheel.requires


def _member(wheel: Path, name: str) -> bytes:
    with ZipFile(wheel) as archive:
        return archive.read(name)


@pytest.mark.parametrize(
    ("pyproject", "settings", "requires"),
    [
        (POETRY, "", PINS),
        (POETRY, 'ignore = ["a"]', {'b==2.0 ; extra == "more"'}),
        (POETRY, 'extras = "more"', {"a==1.5", "b==2.0", "c==3.0"}),
        (POETRY, 'as-extra = "locked"', RANGES | {f'{pin} ; extra == "locked"' for pin in ("a==1.5", "c==3.0")}),
        # What is about the command alone has no effect.
        (POETRY, 'output = "x"\nstrict = true\nno-root = true\nname = "y"\nset-version = "7"', PINS),
        (PROJECT, "", PINS | RANGES),
        (PROJECT, 'ignore = "c"', (PINS | RANGES) - {"c==3.0"}),
        (MIXED, "", PINS | {'b>=1 ; extra == "more"'}),
        (PROJECT, 'as-extra = "locked"', RANGES | {f'{pin} ; extra == "locked"' for pin in ("a==1.5", "c==3.0")}),
    ],
)
def test_wheel(make: Make, tmp_path: Path, pyproject: str, settings: str, requires: set[str]) -> None:
    """The pins replace the ranges, or are added where those are static; the metadata alone is the same."""
    make(pyproject, settings)

    found = build(tmp_path / "built")

    assert {line for line in found if "locked-more" not in line} == requires


def test_same_bytes_as_the_command(make: Make, tmp_path: Path) -> None:
    """The wheel is that of `--project-wheel`, which builds by poetry-core alone and so does not pin twice."""
    project = make()
    build(tmp_path / "built")

    run = poetry(project, "lock-package --build --project-wheel")
    extra = poetry(project, "lock-package --as-extra locked -o extra")

    assert (run.code, extra.code) == (0, 0), run.err + extra.err
    wheel = only_wheel(project / "dist").path
    assert wheel.read_bytes() == (tmp_path / "built" / wheel.name).read_bytes()


def test_sdist(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sdist has the lock, the lists of what is provided and the pins; its wheel is that of the folder."""
    project = make(POETRY, 'provided = "lists/list.txt"')
    (project / "lists").mkdir()
    (project / "lists" / "real.txt").write_text("-r more.txt\n", encoding="utf-8")
    (project / "lists" / "list.txt").symlink_to("real.txt")
    (project / "lists" / "more.txt").write_text("c==3.0\n", encoding="utf-8")
    requires = build(tmp_path / "one")

    name = backend.build_sdist(str(tmp_path))
    again = backend.build_sdist(str(project))

    assert (tmp_path / name).read_bytes() == (project / again).read_bytes()
    with tarfile.open(tmp_path / name) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    unpacked = tmp_path / "unpacked" / "example_package-0.1.0"
    lines = re.findall("^Requires-Dist: (.*)$", (unpacked / "PKG-INFO").read_text(encoding="utf-8"), re.MULTILINE)
    assert lines == ["a==1.5", 'b==2.0 ; extra == "more"']
    monkeypatch.chdir(unpacked)
    assert build(tmp_path / "two") == requires == {"a==1.5", 'b==2.0 ; extra == "more"'}
    wheels = [only_wheel_of(tmp_path / folder).read_bytes() for folder in ("one", "two")]
    assert wheels[0] == wheels[1]


def test_odd_sdists(make: Make, tmp_path: Path) -> None:
    """Files that are one file, and names that are too long for the old format of an archive, arrive all the same."""
    project = make(POETRY.replace("example-package", "x" * 90))
    (project / "example_package.py").unlink()
    module = project / ("x" * 90)
    module.mkdir()
    (module / "__init__.py").write_text("y = 1\n", encoding="utf-8")
    (module / "again.py").hardlink_to(module / "__init__.py")
    requires = build(tmp_path / "one")

    name = backend.build_sdist(str(tmp_path))

    with tarfile.open(tmp_path / name) as archive:
        names = {path.rpartition("/")[2] for path in archive.getnames()}
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert names == {"__init__.py", "again.py", "pyproject.toml", "poetry.lock", "PKG-INFO"}
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    os.chdir(unpacked)
    assert build(tmp_path / "two") == requires == PINS


def only_wheel_of(folder: Path) -> Path:
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_path_dependency(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path dependency is pinned by version, also from an sdist, where its folder is missing; that is said."""
    project = make()
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "pyproject.toml").write_text('[project]\nname = "core"\nversion = "1.2"\n')
    packages = [locked("core", "1.2", source={"type": "directory", "url": "../core"})]
    write_project(project, packages, f'{CLASSIC}core = {{ path = "../core" }}\n{BUILD_SYSTEM}')
    requires = build(tmp_path / "one")
    name = backend.build_sdist(str(tmp_path))
    with tarfile.open(tmp_path / name) as archive:
        archive.extractall(tmp_path / "elsewhere" / "deep", filter="data")
    monkeypatch.chdir(tmp_path / "elsewhere" / "deep" / "example_package-0.1.0")

    assert build(tmp_path / "two") == requires == {"core==1.2"}
    wheels = [only_wheel_of(tmp_path / folder).read_bytes() for folder in ("one", "two")]
    assert wheels[0] == wheels[1]


def test_editable(make: Make, tmp_path: Path) -> None:
    """Developers keep their ranges, and settings for other projects of the call are ignored."""
    make()

    name = backend.build_editable(str(tmp_path), {"other": "x", "local-version": "dev"})
    info = backend.prepare_metadata_for_build_editable(str(tmp_path), {"other": "x", "lock": "off"})

    assert read_wheel(tmp_path / name).requires == RANGES
    assert "Requires-Dist: a (>=1)" in (tmp_path / info / "METADATA").read_text(encoding="utf-8")


def test_off(make: Make, tmp_path: Path) -> None:
    """`lock=off` gives what poetry-core builds, without a lock as well; settings of poetry-core are passed on."""
    project = make()
    (project / "poetry.lock").unlink()

    assert build(tmp_path / "off", **{"lock": "off", "local-version": "x"}) == RANGES
    name = backend.build_sdist(str(tmp_path), {"lock": "off"})
    with tarfile.open(tmp_path / name) as archive:
        assert not [path for path in archive.getnames() if path.endswith("poetry.lock")]


def test_local_version(make: Make, tmp_path: Path) -> None:
    """A local version is that of the wheel."""
    make()

    assert build(tmp_path / "local", **{"local-version": "cpu.1"}) == PINS
    assert only_wheel_of(tmp_path / "local").name == "example_package-0.1.0+cpu.1-py3-none-any.whl"


STATIC = PROJECT.replace('dynamic = ["dependencies", "optional-dependencies"]\n', "")


@pytest.mark.parametrize(
    ("pyproject", "settings", "error"),
    [
        (STATIC, "", 'Write dynamic = ["dependencies", "optional-dependencies"] in [project]'),
        (STATIC.partition("[project.opt")[0], "", 'Write dynamic = ["dependencies"] in [project]'),
        (
            PROJECT.replace(', "optional-dependencies"]', "]"),
            "",
            "pyproject.toml does not list optional-dependencies as dynamic",
        ),
        (STATIC, 'as-extra = "locked"', 'Write dynamic = ["optional-dependencies"] in [project]'),
        (PROJECT, 'ignore = ["a"]', "a cannot be ignored, because [project] in pyproject.toml requires it"),
        (PROJECT, 'ignore = ["b"]', "b cannot be ignored, because [project] in pyproject.toml requires it"),
        (
            POETRY,
            'only = "docs"',
            "The project has these groups: main (pyproject.toml, tool.poetry-lock-package: only)",
        ),
        (
            POETRY,
            'provided = "-"',
            "--provided cannot be standard input in a build. Name a file (pyproject.toml, tool.",
        ),
        (POETRY, 'extras = ["x"]\nall-extras = true', "You cannot specify explicit `--extras` while using"),
        (POETRY, "zz = true", "tool.poetry-lock-package.zz in pyproject.toml is not a setting"),
        (POETRY, 'provided = "nowhere.txt"', "--provided: nowhere.txt cannot be read: No such file or directory"),
    ],
)
def test_refused(make: Make, tmp_path: Path, pyproject: str, settings: str, error: str) -> None:
    """What the pins cannot be written for stops the build with one line, before the wheel and with the metadata."""
    make(pyproject, settings)

    for hook in (backend.build_wheel, backend.prepare_metadata_for_build_wheel, backend.build_sdist):
        with pytest.raises(SystemExit) as exit_:
            hook(str(tmp_path))
        message = str(exit_.value.code)
        assert message.startswith("Error: ")
        assert error in message
        assert "\n" not in message


def test_list_outside_of_an_sdist(make: Make, tmp_path: Path) -> None:
    """A list outside the project cannot be in its sdist."""
    make(POETRY, 'provided = "../list.txt"')
    (tmp_path / "list.txt").write_text("c\n", encoding="utf-8")

    assert "c==3.0" not in build(tmp_path / "built")
    with pytest.raises(SystemExit, match=r"\.\./list\.txt is outside the project"):
        backend.build_sdist(str(tmp_path))


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"lock": "on"}, "--config-setting lock=on is not possible. Use lock=off, or leave it out"),
        ({"--global-option": "x"}, "--config-setting --global-option is not known. Use lock=off, or local-version"),
    ],
)
def test_unknown_setting(make: Make, tmp_path: Path, settings: dict[str, str], error: str) -> None:
    """A mistake in a setting of the frontend is an error of the build."""
    make()

    for hook in (backend.build_wheel, backend.build_sdist):
        with pytest.raises(SystemExit) as exit_:
            hook(str(tmp_path), settings)
        assert error in str(exit_.value.code)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("missing", "poetry.lock does not exist. Run `poetry lock` to create it"),
        ("stale", "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock`"),
        ("old", "poetry.lock has format 2.0, and 2.1 is needed. Run `poetry lock`: versions stay as they are"),
        ("future", "poetry.lock has format 3.0, and 2.1 is needed."),
        ("damaged", "poetry.lock cannot be read: "),
        ("folder", "poetry.lock is not a file. Remove it, and run `poetry lock`"),
        ("no metadata", "poetry.lock cannot be read: it has no 'metadata'. Run `poetry lock` to create it again"),
        ("project", "The project cannot be loaded from pyproject.toml: "),
        ("module", "The project cannot be built: "),
    ],
)
def test_bad_files(make: Make, tmp_path: Path, how: str, error: str) -> None:
    """A lock or a project that cannot be used is one line."""
    project = make()
    path = project / "poetry.lock"
    text = path.read_text(encoding="utf-8")
    if how == "missing":
        path.unlink()
    elif how == "folder":
        path.unlink()
        path.mkdir()
    elif how == "stale":
        path.write_text(re.sub('content-hash = ".', 'content-hash = "x', text), encoding="utf-8")
    elif how == "old":
        make_old(project, "2.0")
    elif how == "future":
        path.write_text(text.replace('lock-version = "2.1"', 'lock-version = "3.0"'), encoding="utf-8")
    elif how == "damaged":
        path.write_text(text + "\n<<<<<<< HEAD\n", encoding="utf-8")
    elif how == "no metadata":
        path.write_text("package = []\n", encoding="utf-8")
    elif how == "project":
        (project / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    else:
        (project / "example_package.py").unlink()

    with pytest.raises(SystemExit) as exit_:
        backend.build_wheel(str(tmp_path))

    assert str(exit_.value.code).startswith(f"Error: {error}")
    assert "\n" not in str(exit_.value.code)
    assert not list(tmp_path.glob("*.whl"))


def test_errors_elsewhere(make: Make, tmp_path: Path) -> None:
    """A folder that is not there, and a project that cannot be built, are one line in each hook."""
    project = make()
    with pytest.raises(SystemExit, match="Error: The files cannot be written: No such file or directory"):
        backend.build_wheel(str(tmp_path / "nowhere"))
    (project / "example_package.py").unlink()
    with pytest.raises(SystemExit, match="Error: The project cannot be built: "):
        backend.build_editable(str(tmp_path))


@pytest.mark.parametrize(
    ("first", "is_fresh"), [("Poetry 2.2.1", True), ("Poetry 2.3.0", False), ("Poetry x", False), ("me", False)]
)
def test_groups_in_the_hash(make: Make, tmp_path: Path, first: str, *, is_fresh: bool) -> None:
    """Before Poetry 2.3, [dependency-groups] did not count for the hash: such a lock is fresh all the same."""
    project = make()
    lock = project / "poetry.lock"
    _, _, rest = lock.read_text(encoding="utf-8").partition("\n")
    lock.write_text(f"# This file is generated by {first} and should not be changed.\n{rest}", encoding="utf-8")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write('\n[dependency-groups]\ndev = ["pytest"]\n')

    if is_fresh:
        assert build(tmp_path / "built") == PINS
    else:
        with pytest.raises(SystemExit, match=r"pyproject\.toml changed significantly"):
            backend.build_wheel(str(tmp_path))


def test_notices(make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the command warns of and notes is on stderr, where frontends find it."""
    make(POETRY, 'ignore = ["z\\u001bz", "c"]')

    build(tmp_path / "built")

    assert capsys.readouterr().err.splitlines() == [
        "Warning: --ignore 'z z' matches no locked package [ignore-matches-nothing]",
        (
            "Warning: c (for a) is ignored, but a pinned package requires it: pip will install it at any version,"
            " unless it is there. Install it beforehand [ignored-but-needed]"
        ),
    ]


def test_without_poetry() -> None:
    """The backend imports neither Poetry, outside poetry-core, nor cleo or requests."""
    code = "import sys; import poetry_plugin_lock_package.backend; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = {name for name in run.stdout.split() if re.match(r"(cleo|requests|poetry\.(?!core\b))", name)}
    assert not loaded
    assert "poetry.core" in run.stdout.split()

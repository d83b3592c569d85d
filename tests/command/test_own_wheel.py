"""The project's own wheel with the pins: `--include-root`, `--as-extra` and `--from-wheel`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from poetry.core.factory import Factory as CoreFactory
from poetry.core.masonry.builders.wheel import WheelBuilder

from tests.kit import locked, only_wheel, poetry, read_wheel, tree, write_project
from tests.wheels import METADATA, WHEEL, Member, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """\
[project]
name = "example-package"
version = "0.1.0"
description = "An example, with caf\u00e9"
requires-python = ">=3.9,<4"
readme = "README.md"
dependencies = ["pyspark>=3", "pandas>=2"]

[project.optional-dependencies]
plot = ["chart>=3"]

[project.scripts]
example = "example_package:main"

[dependency-groups]
dev = ["pytest"]

[tool.poetry.group.dev.dependencies]
pytest = "*"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
RANGES = {"pyspark>=3", "pandas>=2", 'chart>=3 ; extra == "plot"'}
PINS = {"pyspark==4.0.0", "py4j==0.10.9", "pandas==2.3.1", 'chart==3.1 ; extra == "plot"'}
LOCKED = {
    *(f'{pin} ; extra == "locked"' for pin in ("pyspark==4.0.0", "py4j==0.10.9", "pandas==2.3.1")),
    *(f'{pin} ; extra == "locked-plot"' for pin in ("pyspark==4.0.0", "py4j==0.10.9", "pandas==2.3.1", "chart==3.1")),
}


def _make_project(folder: Path, pyproject: str = PYPROJECT) -> Path:
    project = write_project(
        folder,
        [
            locked("pyspark", "4.0.0", requires=["py4j==0.10.9"]),
            locked("py4j", "0.10.9"),
            locked("pandas", "2.3.1"),
            locked("chart", "3.1", marker='extra == "plot"'),
            locked("pytest", "9.0", groups=["dev"]),
        ],
        pyproject,
    )
    (project / "example_package").mkdir()
    (project / "example_package" / "__init__.py").write_text("def main(): ...\n")
    (project / "LICENSE").write_text("A licence.\n")
    (project / "README.md").write_text("# Caf\u00e9\n\nRequires-Dist: no\n", encoding="utf-8")
    return project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project on poetry-core, with a script, a licence, an extra and a group."""
    return _make_project(tmp_path / "project")


def _plain(project: Path, folder: Path) -> Path:
    """The wheel that poetry-core makes of ``project``."""
    return WheelBuilder(CoreFactory().create_poetry(project)).build(folder)


def _other_lines(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        lines = archive.read(name).decode().splitlines(keepends=True)
    return [line for line in lines if not line.startswith(("Requires-Dist: p", "Requires-Dist: c", "Provides-Extra"))]


# ---- what is built


def test_include_root(project: Path, tmp_path: Path) -> None:
    """The wheel is the project's own, with the pins in place of its ranges; nothing else in the tree changes."""
    plain = _plain(project, tmp_path / "plain")
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == ["Building example-package (0.1.0)", "  - Pinned 4 packages", f"  - Built {WHEEL}"]
    wheel = only_wheel(project / "dist")
    assert wheel.path.name == plain.name == WHEEL
    assert wheel.requires == PINS
    assert wheel.files == read_wheel(plain).files
    assert _other_lines(wheel.path) == _other_lines(plain)
    wheel.path.unlink()
    assert tree(project) == before


@pytest.mark.parametrize(
    ("arguments", "requires"),
    [
        ("--ignore pyspark", PINS - {"pyspark==4.0.0", "py4j==0.10.9"}),
        ("--extras plot", PINS - {'chart==3.1 ; extra == "plot"'} | {"chart==3.1"}),
        ("--with dev", PINS | {"pytest==9.0"}),
    ],
)
def test_include_root_pins_a_selection(project: Path, arguments: str, requires: set[str]) -> None:
    """What is pinned is chosen as for a lock package; what is ignored is required by nothing any more."""
    run = poetry(project, f"lock-package --build --include-root {arguments}")

    assert (run.code, run.err) == (0, "")
    assert only_wheel(project / "dist").requires == requires
    assert only_wheel(project / "dist").metadata.provides_extra == ["plot"]


def test_as_extra(project: Path) -> None:
    """The project's ranges stay, the pins are an extra; for each extra of the project there is one that has all."""
    run = poetry(project, "lock-package --build --as-extra Locked")

    assert (run.code, run.err) == (0, "")
    wheel = only_wheel(project / "dist")
    assert wheel.requires == RANGES | LOCKED
    assert wheel.metadata.provides_extra == ["plot", "locked", "locked-plot"]


def test_as_extra_with_extras_and_ignored(project: Path) -> None:
    """The extras that are asked for belong to each of the new ones; that an ignored range remains is said."""
    run = poetry(project, "lock-package --build --as-extra locked -E plot --ignore pyspark")

    assert run.code == 0
    assert run.err == (
        "Ignored, but example-package itself requires it, so pip installs it after all, in any version that fits:"
        " pyspark. Build with --include-root, which leaves nothing but the pins, or with --no-root and install the"
        " project with pip install --no-deps, or make the dependency optional\n"
    )
    new = only_wheel(project / "dist").requires - RANGES
    assert new == {
        f'{pin} ; extra == "{x}"' for pin in ("pandas==2.3.1", "chart==3.1") for x in ("locked", "locked-plot")
    }


def test_extra_that_takes_away(project: Path) -> None:
    """What an extra takes away is not in the pins for that extra, which stand for themselves: no warning."""
    write_project(
        project,
        [
            locked("pandas", "1.0", marker='extra != "plot" or sys_platform == "win32"'),
            locked("chart", "3.1", marker='extra == "plot" and sys_platform == "linux" or extra == "plot"'),
        ],
        PYPROJECT,
    )

    run = poetry(project, "lock-package --build --as-extra locked")

    assert (run.code, run.err) == (0, "")
    assert only_wheel(project / "dist").requires - RANGES == {
        'pandas==1.0 ; extra == "locked"',
        'pandas==1.0 ; sys_platform == "win32" and extra == "locked-plot"',
        'chart==3.1 ; extra == "locked-plot"',
    }


@pytest.mark.parametrize(
    ("arguments", "name", "version"),
    [
        ("--name Company_app", "Company_app", "0.1.0"),
        ("--post 7", "example-package", "0.1.0.post7"),
        ("--set-version 2.0-rc1 --name Example.Package", "Example.Package", "2.0rc1"),
    ],
)
@pytest.mark.parametrize("shape", ["--include-root", "--as-extra locked"])
def test_renamed(project: Path, shape: str, arguments: str, name: str, version: str) -> None:
    """Another name or version is everywhere in the wheel: its file name, its folders, METADATA and RECORD."""
    run = poetry(project, f"lock-package --build {shape} {arguments}")

    assert run.out.splitlines()[0] == f"Building {name} ({version})"
    wheel = only_wheel(project / "dist")
    stem = f"{name.lower().replace('.', '_')}-{version}".replace("example-package", "example_package")
    assert wheel.path.name == f"{stem}-py3-none-any.whl"
    assert {file.partition("/")[0] for file in wheel.files} == {"example_package", f"{stem}.dist-info"}
    assert (wheel.metadata.name, str(wheel.metadata.version)) == (name, version)
    assert wheel.requires == (PINS if "root" in shape else RANGES | LOCKED)


def test_same_input_same_bytes(project: Path, tmp_path: Path) -> None:
    """The wheel does not depend on the folder or on times, and may take the place of its like."""
    poetry(project, "lock-package --build --include-root")
    other = tmp_path / "other"
    project.rename(other)
    os.utime(other / "example_package" / "__init__.py", (0, 0))
    wheel = only_wheel(other / "dist").path
    first = wheel.read_bytes()

    run = poetry(other, "lock-package --build --include-root")

    assert run.code == 0
    assert only_wheel(other / "dist").path.read_bytes() == first


def test_dry_run(project: Path) -> None:
    """`--dry-run` shows the fields of METADATA, alone, and builds nothing."""
    before = tree(project)

    run = poetry(project, "lock-package --build --as-extra locked --ignore py.* --dry-run")

    assert run.out == (
        "Provides-Extra: locked\nProvides-Extra: locked-plot\n"
        'Requires-Dist: chart==3.1 ; extra == "locked-plot"\n'
        'Requires-Dist: pandas==2.3.1 ; extra == "locked"\nRequires-Dist: pandas==2.3.1 ; extra == "locked-plot"\n'
    )
    assert tree(project) == before


def test_python_of_the_wheel(tmp_path: Path) -> None:
    """Where the wheel allows more than was locked for, that is said."""
    narrowed = '[tool.poetry.dependencies]\npython = ">=3.10,<3.13"\n\n[build-system]'
    project = _make_project(tmp_path / "project", PYPROJECT.replace("[build-system]", narrowed))

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 0
    assert run.err == (
        "The wheel allows Python >=3.9,<4, and poetry.lock is for >=3.10,<3.13 only: elsewhere the pins are not those"
        " that Poetry would install. Narrow requires-python in pyproject.toml\n"
    )
    assert poetry(project, "lock-package --build").err == ""


# ---- wheels that were built before


def test_from_wheel(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheels for several platforms are taken from where the command runs; each gets the pins, none is touched."""
    monkeypatch.chdir(tmp_path)
    code = Member("example_package.so", b"\0" * 1000)
    given = [f"example_package-0.1.0-cp312-cp312-{platform}.whl" for platform in ("win_amd64", "macosx_11_0_arm64")]
    (tmp_path / "house").mkdir()
    for name in given:
        write_wheel(tmp_path / "house" / name, [code], METADATA + b"Requires-Dist: any\n\nText", streamed=True)
    before = tree(tmp_path)

    run = poetry(
        tmp_path,
        f"-P {project} lock-package --build --include-root --from-wheel house/{given[0]} --from-wheel house/{given[1]}",
    )

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[-2:] == [f"  - Built {name}" for name in given]
    made = [read_wheel(project / "dist" / name) for name in given]
    assert [wheel.requires for wheel in made] == [PINS, PINS]
    assert [wheel.metadata.description for wheel in made] == ["Text", "Text"]
    assert before.items() <= tree(tmp_path).items()


@pytest.mark.parametrize(
    ("names", "metadata", "error"),
    [
        (["other-0.1.0-py3-none-any.whl"], METADATA.replace(b"example-package", b"other"), "Not a wheel of {}: {}"),
        (["example_package-0.2-py3-none-any.whl"], METADATA.replace(b"0.1.0", b"0.2"), "Not a wheel of {}: {}"),
        ([WHEEL], METADATA.replace(b"0.1.0", b"0.1.1"), "Not a wheel of {}: {}"),
        (["a.whl"], METADATA, "{1} is no wheel that can be used: "),
        ([WHEEL, WHEEL], METADATA, "There are several wheels of the name {1}. Give only one of them"),
        ([WHEEL], METADATA + b"Provides-Extra: Locked_plot\n", "{1} has the extra locked-plot already"),
    ],
)
def test_from_wheel_refused(project: Path, tmp_path: Path, names: list[str], metadata: bytes, error: str) -> None:
    """A wheel that is not one of this project and version, or that cannot take the pins, is refused."""
    arguments = ""
    for number, name in enumerate(names):
        (tmp_path / str(number)).mkdir()
        write_wheel(tmp_path / str(number) / name, metadata=metadata, info=f"{'-'.join(name.split('-')[:2])}.dist-info")
        arguments += f" --from-wheel {tmp_path / str(number) / name}"
    before = tree(tmp_path)

    for how in ("", "--dry-run"):
        run = poetry(project, f"lock-package --build --as-extra locked {arguments} {how}")

        assert run.code == 1
        assert run.err.splitlines()[-1].startswith(error.format("example-package 0.1.0", names[0]))
        assert len(run.err.splitlines()) == (2 if how else 1)
        assert tree(tmp_path) == before


def test_from_wheel_that_is_missing(project: Path) -> None:
    """A file that is not there is named, without its folder."""
    run = poetry(project, f"lock-package --build --include-root --from-wheel {project}/{WHEEL}")

    assert (run.code, run.err) == (1, f"{WHEEL} is no wheel that can be used: No such file or directory\n")


# ---- where it is put


@pytest.mark.parametrize("what", ["plain", "other pins", "no wheel", "folder"])
def test_other_wheels_stay(project: Path, what: str) -> None:
    """A wheel of the same name with other dependencies, or what is none, is not overwritten."""
    target = project / "dist" / WHEEL
    if what == "plain":
        _plain(project, project / "dist")
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
        f"dist has {WHEEL} already, with other dependencies. Choose another folder with --output, or another name or"
        " version with --name or --set-version\n"
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
    _plain(project, project / "dist")
    given = " ".join(f"--from-wheel {tmp_path / 'house' / name}" for name in names)

    assert poetry(project, f"lock-package --build --include-root {given}").code == 1
    assert [wheel.name for wheel in (project / "dist").iterdir()] == [WHEEL]


def test_name_too_long(project: Path) -> None:
    """What the system refuses is one line, and nothing is left."""
    before = tree(project)

    run = poetry(project, f"lock-package --build --include-root --name {'x' * 300}")

    assert (run.code, run.err) == (1, f"{WHEEL} cannot be rewritten: File name too long\n")
    assert tree(project) == before


# ---- the build


def test_no_temporary_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the project's wheel cannot be built because there is no place for it, that is said in one line."""

    def missing() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("tempfile.gettempdir", missing)

    run = poetry(project, "lock-package --build --include-root")

    assert (run.code, run.err) == (1, "example-package cannot be built: set TMPDIR to a folder that can be written\n")


def test_build_fails(project: Path) -> None:
    """If the project cannot be built, one line says so and how to see more, and nothing is left."""
    (project / "README.md").unlink()
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 1
    (line,) = run.err.splitlines()
    assert line.startswith("example-package cannot be built: ")
    assert "README.md" in line
    assert line.endswith(". Run `poetry build --format wheel` to see why")
    assert str(project) not in line
    assert tree(project) == before


def test_build_script_fails(project: Path) -> None:
    """A build in an environment of its own fails in the words of the backend, not in Poetry's for another case."""
    (project / "pyproject.toml").write_text(
        PYPROJECT.replace('requires = ["poetry-core"]', "requires = []")
        .replace('"poetry.core.masonry.api"', '"backend"\nbackend-path = ["."]')
        .replace("caf\u00e9", "cafe")
    )
    (project / "backend.py").write_text("def build_wheel(*args): raise SystemExit('<info>no</info>')\n")

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 1
    assert run.err == (
        "example-package cannot be built: Backend subprocess exited when trying to invoke build_wheel."
        " Run `poetry build --format wheel` to see why\n"
    )


@pytest.mark.parametrize("create", ["true", "false"])
def test_no_environment_is_made(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, create: str) -> None:
    """The project's environment is used if there is one, but none is made for a build."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("POETRY_VIRTUALENVS_CREATE", create)
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "environments"))
    monkeypatch.setenv("POETRY_VIRTUALENVS_IN_PROJECT", "true")
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root --output ../dist")

    assert run.code == 0, run.err
    assert tree(project) == before
    assert not (tmp_path / "environments").exists()


def test_no_python_for_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Python that the project supports, it cannot be built, as with `poetry build`."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "environments"))
    project = _make_project(tmp_path / "project", PYPROJECT.replace(">=3.9,<4", ">=3.99,<4"))

    run = poetry(project, "lock-package --build --include-root")

    assert run.code == 1
    assert "example-package cannot be built: Poetry was unable to find a compatible version." in run.err


# ---- options that do not go together


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("--include-root", "--include-root puts the pins into a wheel: add --build"),
        ("--as-extra locked", "--as-extra puts the pins into a wheel: add --build"),
        ("--build --include-root --no-root", "You cannot specify `--no-root` while using `--include-root`."),
        ("--build --as-extra locked --no-root", "You cannot specify `--no-root` while using `--as-extra`."),
        ("--build --include-root --as-extra x", "You cannot specify `--as-extra` while using `--include-root`."),
        (
            "--build --from-wheel x.whl",
            "--from-wheel is a wheel to put the pins into: add --include-root or --as-extra",
        ),
        (
            "--build --include-root --only dev",
            "--include-root needs the main group, to which the project belongs: pin that as well",
        ),
        (
            "--build --as-extra locked --without main",
            "--as-extra needs the main group, to which the project belongs: pin that as well",
        ),
        ("--build --as-extra plot", "--as-extra makes an extra that the project has already: plot"),
        (
            "--build --as-extra 'a b'",
            "--as-extra 'a b' is no name for an extra: letters, digits, and . _ - between them",
        ),
        ("--build --as-extra ''", "--as-extra '' is no name for an extra: letters, digits, and . _ - between them"),
    ],
)
def test_refused(project: Path, arguments: str, error: str) -> None:
    """Options that contradict each other, or the project, are one line, and nothing is written."""
    before = tree(project)

    run = poetry(project, f"lock-package {arguments}")

    assert (run.code, run.err) == (1, error + "\n")
    assert tree(project) == before


def test_extra_that_the_project_has_for_another(tmp_path: Path) -> None:
    """The extras for the project's extras must not be there either."""
    more = PYPROJECT.replace("[project.scripts]", "locked-plot = []\n\n[project.scripts]")
    project = _make_project(tmp_path / "project", more)

    run = poetry(project, "lock-package --build --as-extra Locked")

    assert (run.code, run.err) == (1, "--as-extra makes an extra that the project has already: locked-plot\n")


@pytest.mark.parametrize("option", ["--include-root", "--as-extra locked"])
def test_non_package_mode(tmp_path: Path, option: str) -> None:
    """In non-package mode there is no wheel of the project."""
    project = _make_project(tmp_path / "project", PYPROJECT + "\n[tool.poetry]\npackage-mode = false\n")

    run = poetry(project, f"lock-package --build {option}")

    assert run.code == 1
    assert run.err == (
        f"{option.split(maxsplit=1)[0]} is not possible in non-package mode: there is no wheel of the project\n"
    )

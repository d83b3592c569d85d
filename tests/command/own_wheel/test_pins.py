"""`--project-wheel` and `--as-extra`: what is in the wheel."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.command.own_wheel.project import LOCKED, PINS, PYPROJECT, RANGES, build_plain_wheel, make_project
from tests.kit import locked, only_wheel, poetry, read_wheel, tree, write_project
from tests.wheels import WHEEL


def _other_lines(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        lines = archive.read(name).decode().splitlines(keepends=True)
    return [line for line in lines if not line.startswith(("Requires-Dist: p", "Requires-Dist: c", "Provides-Extra"))]


def test_project_wheel(project: Path, tmp_path: Path) -> None:
    """The wheel is the project's own, with the pins in place of its ranges; nothing else in the tree changes."""
    plain = build_plain_wheel(project, tmp_path / "plain")
    before = tree(project)

    run = poetry(project, "lock-package --build --project-wheel")

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
def test_project_wheel_pins_a_selection(project: Path, arguments: str, requires: set[str]) -> None:
    """What is pinned is chosen as for a lock package; what is ignored is required by nothing any more."""
    run = poetry(project, f"lock-package --build --project-wheel {arguments}")

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
        "Warning: pyspark is ignored, but example-package requires it: pip will install it, and 1 package that only it"
        " needs, at any version. Use --project-wheel to keep it out [ignored-but-required]\n"
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
    project = make_project(tmp_path / "project", PYPROJECT.replace("[build-system]", narrowed))

    run = poetry(project, "lock-package --build --project-wheel")

    assert run.code == 0
    assert run.err == (
        "Warning: example-package allows Python >=3.9,<4, but poetry.lock is only for >=3.10,<3.13. Narrow"
        " requires-python in pyproject.toml to that [wider-python]\n"
    )
    assert poetry(project, "lock-package --build").err == ""


@pytest.mark.parametrize(
    ("declared", "narrowed"),
    [(">=3.11,<4.0", "^3.11"), (">=3.11", "^3.11"), (">=3.10,<3.13", "~3.10 || ~3.11 || ~3.12")],
)
def test_the_same_python_in_other_words(tmp_path: Path, declared: str, narrowed: str) -> None:
    """Ranges are compared, not their texts, and Python 4 does not exist: allowing it is no reason to warn."""
    table = f'[tool.poetry.dependencies]\npython = "{narrowed}"\n\n[build-system]'
    pyproject = PYPROJECT.replace(">=3.9,<4", declared).replace("[build-system]", table)

    run = poetry(make_project(tmp_path / "project", pyproject), "lock-package --build --project-wheel")

    assert (run.code, run.err) == (0, "")

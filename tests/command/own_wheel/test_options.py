"""Options, projects and given wheels with which the project's own wheel is made, or is not."""

from pathlib import Path

import pytest

from tests.command.own_wheel.project import PINS, PYPROJECT, make_project
from tests.kit import poetry, read_wheel, tree
from tests.wheels import METADATA, WHEEL, Member, write_wheel


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            "--project-wheel --no-root",
            "--no-root cannot be used with --project-wheel, which builds the wheel of the project. Choose one of them",
        ),
        (
            "--build --as-extra locked --no-root",
            "--no-root cannot be used with --as-extra, which builds the wheel of the project. Choose one of them",
        ),
        (
            "--build --project-wheel --as-extra x",
            "--as-extra cannot be used with --project-wheel. Choose one of them",
        ),
        (
            "--build --from-wheel x.whl",
            "--from-wheel needs to know how the pins go into the wheel. Add --project-wheel or --as-extra",
        ),
        (
            "--build --project-wheel --only dev",
            "--project-wheel needs the main group, to which the project belongs. Pin that group as well",
        ),
        (
            "--build --as-extra locked --without main",
            "--as-extra needs the main group, to which the project belongs. Pin that group as well",
        ),
        (
            "--build --as-extra plot",
            "--as-extra would make an extra that the project already has: plot. Choose another name",
        ),
        (
            "--build --as-extra 'a b'",
            "--as-extra 'a b' is not a valid name for an extra: use letters, digits, and . _ - between them",
        ),
    ],
)
def test_refused(project: Path, arguments: str, error: str) -> None:
    """Options that contradict each other, or the project, are one line, and nothing is written."""
    before = tree(project)

    run = poetry(project, f"lock-package {arguments}")

    assert (run.code, run.err) == (1, f"Error: {error}\n")
    assert tree(project) == before


def test_extra_that_the_project_has_for_another(tmp_path: Path) -> None:
    """The extras for the project's extras must not be there either."""
    more = PYPROJECT.replace("[project.scripts]", "locked-plot = []\n\n[project.scripts]")
    project = make_project(tmp_path / "project", more)

    run = poetry(project, "lock-package --build --as-extra Locked")

    assert (run.code, run.err) == (
        1,
        "Error: --as-extra would make an extra that the project already has: locked-plot. Choose another name\n",
    )


@pytest.mark.parametrize("option", ["--project-wheel", "--as-extra locked"])
def test_non_package_mode(tmp_path: Path, option: str) -> None:
    """In non-package mode there is no wheel of the project."""
    project = make_project(tmp_path / "project", PYPROJECT + "\n[tool.poetry]\npackage-mode = false\n")

    run = poetry(project, f"lock-package --build {option}")

    assert run.code == 1
    assert run.err == (
        f"Error: {option.split(maxsplit=1)[0]} is not possible in non-package mode, in which the project has no wheel\n"
    )


def test_from_wheel(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheels for several platforms are taken from where the command runs; each gets the pins, none is touched."""
    monkeypatch.chdir(tmp_path)
    code = Member("example_package.so", b"\0" * 1000)
    given = [f"example_package-0.1.0-cp312-cp312-{platform}.whl" for platform in ("win_amd64", "macosx_11_0_arm64")]
    (tmp_path / "house").mkdir()
    for name in given:
        write_wheel(tmp_path / "house" / name, [code], METADATA + b"Requires-Dist: any\n\nText", streamed=True)
    before = tree(tmp_path)

    wheels = " ".join(f"--from-wheel house/{name}" for name in given)

    run = poetry(tmp_path, f"-P {project} lock-package --build --project-wheel {wheels}")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[-2:] == [f"  - Built {name}" for name in given]
    made = [read_wheel(project / "dist" / name) for name in given]
    assert [wheel.requires for wheel in made] == [PINS, PINS]
    assert [wheel.metadata.description for wheel in made] == ["Text", "Text"]
    assert before.items() <= tree(tmp_path).items()


@pytest.mark.parametrize(
    ("names", "metadata", "error"),
    [
        (["other-0.1.0-py3-none-any.whl"], METADATA.replace(b"example-package", b"other"), "{1} is not a wheel of {0}"),
        (["example_package-0.2-py3-none-any.whl"], METADATA.replace(b"0.1.0", b"0.2"), "{1} is not a wheel of {0}"),
        ([WHEEL], METADATA.replace(b"0.1.0", b"0.1.1"), "{1} is not a wheel of {0}"),
        (["a.whl"], METADATA, "{1} is not a valid wheel: "),
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
        message = run.err.splitlines()[-1].replace(f"{tmp_path}/0/", "")
        assert message.startswith("Error: " + error.format("example-package 0.1.0", names[0]))
        assert run.err.count("Error: ") == 1
        assert tree(tmp_path) == before


def test_from_wheel_that_is_missing(project: Path) -> None:
    """A file that is not there is named as it was given."""
    for path in (f"{project}/{WHEEL}", f"nowhere/{WHEEL}"):
        run = poetry(project, f"lock-package --build --project-wheel --from-wheel {path}")

        error = f"Error: {path} cannot be read: No such file or directory. Check the path of the wheel\n"
        assert (run.code, run.err) == (1, error)

"""`--from-wheel`: wheels that were built before."""

from pathlib import Path

import pytest

from tests.command.own_wheel.project import PINS
from tests.kit import poetry, read_wheel, tree
from tests.wheels import METADATA, WHEEL, Member, write_wheel


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
        assert run.err.splitlines()[-1].startswith("Error: " + error.format("example-package 0.1.0", names[0]))
        assert run.err.count("Error: ") == 1
        assert tree(tmp_path) == before


def test_from_wheel_that_is_missing(project: Path) -> None:
    """A file that is not there is named, without its folder."""
    run = poetry(project, f"lock-package --build --include-root --from-wheel {project}/{WHEEL}")

    assert (run.code, run.err) == (
        1,
        f"Error: {WHEEL} cannot be read: No such file or directory. Check the path of the wheel\n",
    )

"""`--provided`: what a platform has is left to it, and compared with the lock."""

import io
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.kit import CLASSIC, LOCK_PROJECT, LOCK_WHEEL, locked, only_wheel, poetry, write_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that needs pandas, and great-expectations, which needs a newer one than the project itself."""
    return write_project(
        tmp_path / "project",
        [
            locked("great-expectations", "1.0", requires=["pandas>=2", "six"]),
            locked("pandas", "2.2.0", requires=["numpy>=1"]),
            locked("numpy", "2.0"),
            locked("six", "1.16"),
        ],
        CLASSIC + 'great-expectations = "*"\npandas = ">=1"\n',
    )


def test_provided(project: Path) -> None:
    """What is in the list is left out with what only it needs; a version that fits and differs is counted."""
    (project / "list.txt").write_text("pandas==2.1.0\nscipy==1.0\n", encoding="utf-8")

    run = poetry(project, "lock-package --build --strict --provided list.txt")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [
        f"Building {LOCK_PROJECT} (0.1.0)",
        "  - Pinned 2 packages and the project",
        "  - Left to the platform pandas",
        "  - Dropped with them numpy",
        "  - 1 package is provided at other versions than locked; -v lists them",
        f"  - Built {LOCK_WHEEL}",
    ]
    assert only_wheel(project / "dist").requires == {
        "example-package==0.1.0",
        "great-expectations==1.0",
        "six==1.16",
    }


def test_verbose(project: Path) -> None:
    """With -v, each version that differs and fits is named, with the locked one."""
    (project / "list.txt").write_text("pandas==2.1.0\nnumpy==1.26.4\nsix==1.16.0\ngreat-expectations", encoding="utf-8")

    run = poetry(project, "lock-package --build --provided list.txt -v")
    counted = poetry(project, "lock-package --build --provided list.txt")

    assert "  - Left to the platform great-expectations, numpy, pandas, six\n" in run.out
    assert "  - Provided numpy 1.26.4 (locked 2.0)\n  - Provided pandas 2.1.0 (locked 2.2.0)\n" in run.out
    assert "Provided six" not in run.out
    assert "-v lists them" not in run.out
    assert "2 packages are provided at other versions than locked; -v lists them" in counted.out


def test_reasons(project: Path) -> None:
    """With -v, what was dropped is told with what it was dropped with, and why other needs stay."""
    (project / "list.txt").write_text("pandas==2.2.0\ngreat-expectations\n", encoding="utf-8")

    both = poetry(project, "lock-package --build --provided list.txt -v").out
    (project / "list.txt").write_text("great-expectations\n", encoding="utf-8")
    one = poetry(project, "lock-package --build --provided list.txt -v").out

    assert "  - Dropped with great-expectations: six\n  - Dropped with great-expectations, pandas: numpy\n" in both
    assert "  - Kept pandas, which great-expectations needed: example-package still needs it\n" in one


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        ("pandas==1.5.3\nnumpy==2\n", "pandas 1.5.3 is provided, but great-expectations requires >=2"),
        (
            "pandas==0.9\n",
            "pandas 0.9 is provided, but example-package requires >=1, great-expectations requires >=2",
        ),
    ],
)
def test_does_not_fit(project: Path, lines: str, reasons: str) -> None:
    """A version that something cannot work with is a warning with all reasons; with --strict, nothing is written."""
    (project / "list.txt").write_text(lines, encoding="utf-8")

    run = poetry(project, "lock-package --build --provided list.txt")
    strict = poetry(project, "lock-package --build --strict --output strict --provided list.txt")

    assert (run.code, run.err) == (0, f"Warning: {reasons} (locked: 2.2.0) [provided-does-not-fit]\n")
    assert "provided at other versions" not in run.out
    assert strict.code == 1
    assert reasons in strict.err
    assert not (project / "strict").exists()


def test_several_requirements(tmp_path: Path) -> None:
    """What one package requires in several ways is told at once."""
    project = write_project(
        tmp_path / "project",
        [
            locked("a", "1.0", marker='python_version < "3.12"'),
            locked("a", "2.0", marker='python_version >= "3.12"'),
            locked("b"),
        ],
        CLASSIC + 'b = "*"\na = [{ version = "^1.0", python = "<3.12" }, { version = "^2.0", python = ">=3.12" }]\n',
    )
    (project / "list.txt").write_text("a==0.1\n", encoding="utf-8")

    run = poetry(project, "lock-package --build --provided list.txt")

    assert run.err == (
        "Warning: a 0.1 is provided, but example-package requires >=1.0,<2.0 and >=2.0,<3.0 (locked: 1.0 and 2.0)"
        " [provided-does-not-fit]\n"
    )


def test_provenance(project: Path) -> None:
    """The wheel tells the name and hash of each list, never its folder, and what was left to the platform."""
    (project / "lists").mkdir()
    (project / "lists" / "list.txt").write_text("-r more.txt\npandas==2.1.0\n", encoding="utf-8")
    (project / "lists" / "more.txt").write_text("numpy\n", encoding="utf-8")

    poetry(project, "lock-package --build --provided lists/list.txt")

    description = only_wheel(project / "dist").metadata.description
    assert description is not None
    hashes = [sha256(path.read_bytes()).hexdigest() for path in sorted((project / "lists").iterdir())]
    assert (
        f"- SHA-256 of list.txt, a list of what is provided: {hashes[0]}\n"
        f"- SHA-256 of more.txt, a list of what is provided: {hashes[1]}\n"
        "- Left to the platform: numpy in any version (locked 2.0), pandas 2.1.0 (locked 2.2.0)\n"
    ) in description
    assert "lists" not in description.replace("lists of", "")


def test_standard_input(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is standard input, and is called so."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"pandas==2.1.0\nnumpy\n")))
    (project / "six.txt").write_text("six\n", encoding="utf-8")

    run = poetry(project, "lock-package --build --provided - --provided six.txt --no-root")

    assert (run.code, run.err) == (0, "")
    wheel = only_wheel(project / "dist")
    assert wheel.requires == {"great-expectations==1.0"}
    assert "- SHA-256 of standard input, a list" in (wheel.metadata.description or "")


def test_setting(project: Path) -> None:
    """As a setting, it is relative to the project; on the command line, another list takes its place."""
    with (project / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write('\n[tool.poetry-lock-package]\nprovided = "lists/list.txt"\n')
    for folder, name in ((project, "pandas"), (project / "src", "six")):
        (folder / "lists").mkdir(parents=True)
        (folder / "lists" / "list.txt").write_text(f"{name}\n", encoding="utf-8")

    by_setting = poetry(project / "src", "lock-package --build --output one")
    by_option = poetry(project / "src", "lock-package --build --output two --provided lists/list.txt")

    assert by_setting.code == by_option.code == 0
    assert not any(line.startswith("pandas") for line in only_wheel(project / "one").requires)
    assert any(line.startswith("pandas") for line in only_wheel(project / "two").requires)


def test_missing_list(project: Path) -> None:
    """A list that is not there is an error, and nothing is written; if a setting names it, that is said."""
    run = poetry(project, "lock-package --build --provided nowhere/list.txt")

    assert (run.code, run.err) == (1, "Error: --provided: nowhere/list.txt cannot be read: No such file or directory\n")
    assert not (project / "dist").exists()
    with (project / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write('\n[tool.poetry-lock-package]\nprovided = "list.txt"\n')
    assert poetry(project, "lock-package --build").err == (
        "Error: --provided: list.txt cannot be read: No such file or directory"
        " (pyproject.toml, tool.poetry-lock-package: provided)\n"
    )


def test_lines_without_a_name(project: Path) -> None:
    """A line that installs something without a name is a warning, as is a list without any name."""
    (project / "list.txt").write_text("-e .\npandas==2.2.0\nhttps://example.org/a.zip\n", encoding="utf-8")
    (project / "empty.txt").write_text("# nothing\n", encoding="utf-8")

    run = poetry(project, "lock-package --build --provided list.txt --provided empty.txt")

    assert run.code == 0
    assert run.err.splitlines() == [
        (
            "Warning: list.txt names no package in line 1, line 3: what they install is not left out. Add #egg=NAME,"
            " or write NAME @ URL [provided-without-name]"
        ),
        "Warning: empty.txt names no package, so --provided leaves nothing out for it [provided-is-empty]",
    ]

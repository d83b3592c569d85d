"""What is written of a run, at each verbosity, and to which stream."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from poetry_plugin_lock_package.cli.options import OPTIONS
from tests.kit import CLASSIC, LOCK_PROJECT, LOCK_WHEEL, Run, classic, locked, only_wheel, poetry, tree, write_project


@pytest.mark.parametrize("verbosity", ["-v", "-vv", "-vvv"])
def test_verbose_says_nothing_of_the_machine(spark: Path, verbosity: str) -> None:
    """However verbose, poetry-core's own talk (of temporary folders) is left out."""
    run = poetry(spark, f"lock-package --build --ignore pyspark {verbosity}")

    assert run.code == 0
    assert run.out.count("Built") == 1
    assert not re.search(r"/tmp|lock-package-\w+/", run.out.replace(str(spark), ""))


def test_markup_is_text(tmp_path: Path) -> None:
    """What looks like console markup in a pattern is shown as it was written."""
    project = write_project(tmp_path, [locked("cleo")])

    run = poetry(project, "lock-package --build --ignore '<info>x</info>'")

    assert run.err == "Warning: --ignore '<info>x</info>' matches no locked package [ignore-matches-nothing]\n"


def test_help(tmp_path: Path) -> None:
    """The command is listed with the others and explains its options."""
    assert re.search(r"lock-package +Builds a package", poetry(tmp_path, "list").out)
    shown = poetry(tmp_path, "lock-package --help").out
    ours = shown[: shown.index("\n  -h, --help")]
    assert all(f"--{spec.name}" in ours for spec in OPTIONS)
    assert max(map(len, ours.splitlines())) <= 80
    # Words are whole: each line is made of words of the help.
    words = {word for spec in OPTIONS for word in spec.help.split()} | {"(multiple", "values", "allowed)"}
    listed = [line[33:].split() for line in ours.partition("Options:")[2].splitlines()]
    assert all(word in words for line in listed for word in line)


DONE = (
    "Building example-package-lock (0.1.0)\n"
    "  - Pinned 1 package and the project\n"
    "  - Built example_package_lock-0.1.0-py3-none-any.whl\n"
)
WARNING = "Warning: --ignore flask matches no locked package [ignore-matches-nothing]\n"
NO_GROUP = "Error: Group(s) not found: tests (via --with). The project has these groups: main\n"
ERROR = "Error: --ignore '(' is not a valid regular expression: missing ), unterminated subpattern at position 0\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", [locked("cleo")], classic("cleo"))


@pytest.mark.parametrize(
    ("arguments", "run"),
    [
        ("--ignore flask", Run(0, DONE, WARNING)),
        ("--ignore flask -n", Run(0, DONE, WARNING)),
        ("--ignore flask --no-ansi", Run(0, DONE, WARNING)),
        ("--ignore flask -q", Run(0, "", "")),
        ("--ignore flask --dry-run -q", Run(0, "", "")),
        ("--ignore (", Run(1, "", ERROR)),
        ("--ignore ( -n --no-ansi", Run(1, "", ERROR)),
        ("--ignore ( -vvv", Run(1, "", ERROR)),
        ("--ignore ( -q", Run(1, "", "")),
        ("--with tests -vvv", Run(1, "", NO_GROUP)),
    ],
)
def test_streams(project: Path, arguments: str, run: Run) -> None:
    """What was done is on stdout, warnings and errors are on stderr; an error is one line however verbose or quiet."""
    assert poetry(project, f"lock-package --build {arguments}") == run
    assert (project / "dist").exists() == (run.code == 0 and "--dry-run" not in arguments)


@pytest.mark.parametrize("arguments", ["--ignore flask -v", "--ignore (", "--with '<error>tests'"])
def test_colours(project: Path, arguments: str) -> None:
    """With --ansi there are colours, which change nothing in the text."""
    plain = poetry(project, f"lock-package --build {arguments}")

    coloured = poetry(project, f"lock-package --build {arguments} --ansi")

    assert "\x1b[" in coloured.out + coloured.err
    assert plain == Run(coloured.code, *(re.sub(r"\x1b\[[0-9;]*m", "", text) for text in (coloured.out, coloured.err)))


def test_folders(project: Path, tmp_path: Path) -> None:
    """With -C and -P, and in a folder of the project, the same is built in the same place."""
    inner = project / "src" / "deep"
    inner.mkdir(parents=True)
    poetry(project, "lock-package --build")
    expected = tree(project)

    for folder, arguments in ((inner, ""), (tmp_path, "-P project"), (inner, f"-P '{project}'")):
        only_wheel(project / "dist").path.unlink()
        assert poetry(folder, f"{arguments} lock-package --build") == Run(0, DONE, "")
        assert tree(project) == expected


def test_why(spark: Path) -> None:
    """Each pin once, with what requires it."""
    run = poetry(spark, "lock-package --build -v")

    assert run.out.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 4 packages and the project",
        "      example-package==0.1.0",
        "      numpy==2.2.0  # via pandas, pyspark",
        "      pandas==2.3.1  # via example-package",
        "      py4j==0.10.9  # via pyspark",
        "      pyspark==4.0.0  # via example-package",
        f"  - Built {LOCK_WHEEL}",
    ]


def test_ignored(spark: Path) -> None:
    """What was dropped with what, and what stayed although an ignored package needed it, and why."""
    run = poetry(spark, "lock-package --build -v --ignore pyspark")

    assert run.out.splitlines()[5:] == [
        "  - Ignored pyspark",
        "  - Dropped with pyspark: py4j",
        "  - Kept numpy, which pyspark needed: pandas still needs it",
        f"  - Built {LOCK_WHEEL}",
    ]


def test_extras_are_joined(tmp_path: Path) -> None:
    """A package that several extras need is one line, with all of them."""
    markers = {"a": 'extra == "x" or extra == "y"', "b": 'extra == "x"', "c": ""}
    pyproject = classic("c", extras={"x": ["a", "b"], "y": ["a"]})
    project = write_project(tmp_path, [locked(name, marker=marker) for name, marker in markers.items()], pyproject)

    run = poetry(project, "lock-package --build -v")

    assert run.out.splitlines()[1:-1] == [
        "  - Pinned 3 packages and the project",
        "      example-package==0.1.0",
        "      a==1.0  # via example-package; with extra x, y",
        "      b==1.0  # via example-package; with extra x",
        "      c==1.0  # via example-package",
    ]


def test_markers_are_joined(tmp_path: Path) -> None:
    """A package whose pins have several markers is there where one of them holds."""
    markers = 'sys_platform == "linux" and extra != "x" or extra == "x" and python_version < "3.12"'
    pyproject = classic("a", extras={"x": ["b"]})
    git = {"type": "git", "url": "https://example.org/g.git", "reference": "main", "resolved_reference": "5d1c" * 10}
    project = write_project(tmp_path, [locked("a", marker=markers), locked("g", source=git)], pyproject)

    run = poetry(project, "lock-package --build --no-root -v")

    assert run.out.splitlines()[2:4] == [
        '      a==1.0 ; (sys_platform == "linux") or (python_version < "3.12")  # via example-package',
        f"      g @ git+https://example.org/g.git@{'5d1c' * 10}",
    ]


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ("--build --constraints", ["dist/example_package_lock-0.1.0-py3-none-any.whl"]),
        ("--build --dry-run", []),
        ("", [f"{LOCK_PROJECT}/pyproject.toml", f"{LOCK_PROJECT}/README.md"]),
    ],
)
def test_json(tmp_path: Path, arguments: str, files: list[str]) -> None:
    """Standard output is one document with files, pins, warnings and notes; all that is for people is elsewhere."""
    url = {"type": "url", "url": "https://example.org/u-1.0.zip"}
    hashed = [{"file": "u", "hash": f"sha256:{'a' * 64}"}]
    pyproject = CLASSIC + 'a = { version = "*", optional = true }\nu = "*"\n[tool.poetry.extras]\nx = ["a"]\n'
    packages = [locked("a", marker='extra == "x"', files=hashed), locked("u", source=url, files=hashed)]
    project = write_project(tmp_path, packages, pyproject)

    run = poetry(project, f"lock-package --ignore zz --format json {arguments}")

    assert run.code == 0
    document = json.loads(run.out)
    assert {"name": "example-package-lock", "version": "0.1.0"}.items() <= document.items()
    assert document["files"][: len(files)] == files
    assert all((project / file).is_file() for file in document["files"])
    pins = [[pin[key] for key in ("name", "version", "url", "extras", "marker", "extra")] for pin in document["pins"]]
    assert pins == [
        ["example-package", "0.1.0", None, [], None, None],
        ["example-package", "0.1.0", None, ["x"], None, "x"],
        ["a", "1.0", None, [], None, "x"],
        ["u", "1.0", "https://example.org/u-1.0.zip", [], None, None],
    ]
    assert document["warnings"][0] == {
        "code": "ignore-matches-nothing",
        "message": "--ignore zz matches no locked package",
        "names": [],
    }
    assert document["notes"][0]["code"] == "direct-references"
    assert document["notes"][0]["names"] == ["u"]
    assert "Warning: --ignore zz" in run.err
    assert "  - Pinned 2 packages and the project\n" in run.err


def test_several_need_it(tmp_path: Path) -> None:
    """The reasons are a sentence, however many there are."""
    packages = [
        locked("a", requires=["common"]),
        *(locked(name, requires=["common"]) for name in "bcd"),
        locked("common"),
    ]
    project = write_project(tmp_path, packages, classic(*"abcd"))

    three = poetry(project, "lock-package --build --no-root -v --ignore a").out
    two = poetry(project, "lock-package --build --no-root -v --ignore a --ignore b").out

    assert "  - Kept common, which a needed: b, c and d still need it\n" in three
    assert "  - Kept common, which a and b needed: c and d still need it\n" in two


@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows reports a closed pipe in other ways")
def test_closed_pipe(tmp_path: Path) -> None:
    """As in `poetry lock-package --build | true`: the wheel is built, and the run is a success."""
    project = write_project(tmp_path / "project", [locked("a")])
    read, write = os.pipe()
    os.close(read)

    run = subprocess.run(
        [sys.executable, "-m", "poetry", "lock-package", "--build", "--directory", str(project)],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)

    assert (run.returncode, run.stderr) == (0, b"")
    assert only_wheel(project / "dist")

"""The command through a real Poetry application: options, streams, exit codes and files."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from poetry.core.factory import Factory as CoreFactory
from poetry.core.masonry.builders.wheel import WheelBuilder

from tests.kit import CLASSIC, locked, only_wheel, poetry, tree, write_project

LOCK_PROJECT = "example-package-lock"
WHEEL = "example_package_lock-0.1.0-py3-none-any.whl"


@pytest.fixture
def spark(tmp_path: Path) -> Path:
    """A project that needs pyspark (which needs py4j) and pandas (which needs numpy, as pyspark does)."""
    return write_project(
        tmp_path / "spark",
        [
            locked("pyspark", "4.0.0", requires=["py4j==0.10.9", "numpy>=1"]),
            locked("py4j", "0.10.9"),
            locked("pandas", "2.3.1", requires=["numpy>=1.26"]),
            locked("numpy", "2.2.0"),
        ],
        CLASSIC + 'pyspark = "*"\npandas = "*"\n',
    )


# ---- what is built


def test_build(tmp_path: Path) -> None:
    """`--build` makes the wheel in dist/, changes nothing else and says what it did."""
    project = write_project(tmp_path, [locked("cleo", "2.1.0")])
    before = tree(project)

    run = poetry(project, "lock-package --build")

    assert run.err == ""
    assert run.out.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 1 package",
        f"  - Built {WHEEL}",
    ]
    assert run.code == 0
    wheel = only_wheel(project / "dist")
    assert wheel.path.name == WHEEL
    assert stat.S_IMODE(wheel.path.stat().st_mode) == 0o644
    assert wheel.requires == {"cleo==2.1.0", "example-package==0.1.0"}
    wheel.path.unlink()
    assert tree(project) == before


def test_lock_project(tmp_path: Path) -> None:
    """Without options the lock project is written beside pyproject.toml, and nothing else."""
    project = write_project(tmp_path, [locked("cleo", "2.1.0", marker='python_version < "3.12"')])
    before = tree(project)

    run = poetry(project, "lock-package")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[-1] == f"  - Wrote {LOCK_PROJECT}"
    written = {name: text.decode() for name, text in tree(project).items() if name not in before}
    assert set(written) == {
        f"{LOCK_PROJECT}/README.md",
        f"{LOCK_PROJECT}/pyproject.toml",
        f"{LOCK_PROJECT}/example_package_lock/__init__.py",
    }
    assert '__version__ = "0.1.0"' in written[f"{LOCK_PROJECT}/example_package_lock/__init__.py"]
    assert "'cleo==2.1.0 ; python_version < \"3.12\"'" in written[f"{LOCK_PROJECT}/pyproject.toml"]
    assert before.items() <= tree(project).items()
    assert not [path for path in project.iterdir() if path.name.startswith(".")]


def test_lock_project_builds_the_same_wheel(spark: Path) -> None:
    """Plain poetry-core makes the same bytes of the lock project as `--build` does."""
    poetry(spark, "lock-package --build --ignore pyspark")
    poetry(spark, "lock-package --ignore pyspark")

    built = WheelBuilder(CoreFactory().create_poetry(spark / LOCK_PROJECT)).build()

    assert built.read_bytes() == only_wheel(spark / "dist").path.read_bytes()


def test_lock_project_is_brought_up_to_date(spark: Path) -> None:
    """A second run rewrites the files of a lock project and leaves others in it alone."""
    poetry(spark, "lock-package --ignore pyspark")
    pyproject = spark / LOCK_PROJECT / "pyproject.toml"
    first = pyproject.read_text().partition("readme")[0]
    kept = spark / LOCK_PROJECT / "dist" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("kept")
    (spark / LOCK_PROJECT / "example_package_lock" / "__init__.py").unlink()

    assert poetry(spark, "lock-package").code == 0

    assert "pyspark" not in first
    assert "pyspark==4.0.0" in pyproject.read_text()
    assert kept.read_text() == "kept"
    assert (spark / LOCK_PROJECT / "example_package_lock" / "__init__.py").is_file()


def test_output_needs_build(spark: Path) -> None:
    """`--output` alone would do nothing, so it is an error."""
    run = poetry(spark, "lock-package -o wheels")

    assert (run.code, run.err) == (1, "--output is where --build puts the wheel: add --build\n")
    assert not (spark / LOCK_PROJECT).exists()


def test_lock_project_in_a_repository_that_ignores_it(spark: Path) -> None:
    """A .gitignore around the lock project does not take the module out of its wheel."""
    subprocess.run(["git", "init", "--quiet", spark], check=True)
    (spark / ".gitignore").write_text("*_lock*\n__init__.py\n")
    poetry(spark, "lock-package")
    poetry(spark, "lock-package --build")

    built = WheelBuilder(CoreFactory().create_poetry(spark / LOCK_PROJECT)).build()

    assert "example_package_lock/__init__.py" in only_wheel(spark / "dist").files
    assert built.read_bytes() == only_wheel(spark / "dist").path.read_bytes()


@pytest.mark.parametrize("what", ["file", "folder", "project", "binary", "link"])
def test_lock_project_spares_what_is_not_one(spark: Path, what: str) -> None:
    """Anything else that has the name of the lock project stays as it is, and the run fails."""
    target = spark / LOCK_PROJECT
    if what == "file":
        target.write_text("mine")
    elif what == "link":
        poetry(spark, "lock-package")
        target.rename(spark / "elsewhere")
        target.symlink_to(spark / "elsewhere")
    else:
        target.mkdir()
        content = {"folder": None, "project": b"[project]\n", "binary": b"\xff\xfe"}[what]
        if content is not None:
            (target / "pyproject.toml").write_bytes(content)
    before = tree(spark)

    runs = [poetry(spark, f"lock-package --ignore pandas {option}") for option in ("", "--dry-run")]

    error = f"{LOCK_PROJECT} is there already and is not a lock project. Rename or remove it, then run again\n"
    for run in runs:
        assert (run.code, run.err.removeprefix("Writing example-package-lock (0.1.0)\n")) == (1, error)
    assert tree(spark) == before


@pytest.mark.parametrize("what", ["file for module", "folder for file"])
def test_lock_project_cannot_be_written(spark: Path, what: str) -> None:
    """What the system refuses is one line too, and nothing has changed."""
    poetry(spark, "lock-package")
    module = spark / LOCK_PROJECT / "example_package_lock"
    (module / "__init__.py").unlink()
    if what == "file for module":
        module.rmdir()
        module.write_text("mine")
    else:
        (module / "__init__.py").mkdir()
    before = tree(spark)

    run = poetry(spark, "lock-package --no-root")

    assert run.code == 1
    assert re.fullmatch("example_package_lock/__init__.py cannot be written: (File exists|Is a directory)\n", run.err)
    assert tree(spark) == before


def test_lock_project_of_another_run(spark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another run puts there in the meantime is not taken back with what this one could not put there."""
    poetry(spark, "lock-package --no-root")
    theirs = (spark / LOCK_PROJECT).rename(spark / "theirs")
    before = tree(theirs)
    rename = Path.rename

    def late(self: Path, target: Path) -> Path:
        if target.name == LOCK_PROJECT:
            rename(theirs, target)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)

    run = poetry(spark, "lock-package")

    assert (run.code, run.err) == (1, f"{LOCK_PROJECT} cannot be written: Directory not empty\n")
    assert tree(spark / LOCK_PROJECT) == before


@pytest.mark.parametrize("absolute", [False, True])
def test_output(spark: Path, tmp_path: Path, absolute: bool) -> None:  # noqa: FBT001
    """`--output` is relative to the project, wherever the command runs, or absolute."""
    out = tmp_path / "elsewhere" if absolute else spark / "a" / "b"

    run = poetry(tmp_path, f"-P {spark} lock-package --build -o {out if absolute else 'a/b'}")

    assert run.code == 0
    assert only_wheel(out).path.name == WHEEL
    assert not (spark / "dist").exists()


def test_output_is_replaced(spark: Path) -> None:
    """A wheel of the same name makes room for the new one, with nothing beside it."""
    poetry(spark, "lock-package --build")
    poetry(spark, "lock-package --build --no-root")

    assert "example-package==0.1.0" not in only_wheel(spark / "dist").requires


def test_output_is_a_file(spark: Path) -> None:
    """An output that cannot be a folder is one line, without the path of the machine."""
    (spark / "dist").write_text("mine")

    run = poetry(spark, "lock-package --build")

    assert (run.code, run.err) == (1, f"dist/{WHEEL} cannot be written: File exists\n")
    assert (spark / "dist").read_text() == "mine"


def test_output_cannot_be_made(spark: Path) -> None:
    """What was made of the folders on the way to the output is gone as well."""
    (spark / "file").write_text("mine")

    run = poetry(spark, "lock-package --build -o a/../file/b")

    assert run.code == 1
    assert re.fullmatch(f"b/{WHEEL} cannot be written: (Not a directory|File exists)\n", run.err)
    assert not (spark / "a").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--build --output " + "a" * 300, "The wheel cannot be written: File name too long\n"),
        ("--clean --name " + "a" * 300, "a" * 300 + " cannot be written: File name too long\n"),
    ],
)
def test_path_that_nothing_can_have(tmp_path: Path, options: str, message: str) -> None:
    """A path that is too long is an error of one line, without the folders of the machine."""
    project = write_project(tmp_path, [])
    before = tree(project)

    run = poetry(project, f"lock-package {options}")

    assert (run.code, run.err) == (1, message)
    assert tree(project) == before


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (f"--build --set-version 1.0+{'a' * 300}", "The wheel cannot be written: File name too long\n"),
        (f"--name {'a' * 300}", f"{'a' * 300} cannot be written: File name too long\n"),
    ],
)
def test_name_that_no_file_can_have(spark: Path, arguments: str, error: str) -> None:
    """What the system refuses is one line, and no fault of this program."""
    before = tree(spark)

    run = poetry(spark, f"lock-package {arguments}")

    assert (run.code, run.err) == (1, error)
    assert tree(spark) == before


def test_output_cannot_be_replaced(spark: Path) -> None:
    """If the last step fails, the half-made file is gone as well."""
    (spark / "dist" / WHEEL).mkdir(parents=True)

    run = poetry(spark, "lock-package --build")

    assert (run.code, run.err) == (1, f"dist/{WHEEL} cannot be written: Is a directory\n")
    assert [path.name for path in (spark / "dist").iterdir()] == [WHEEL]


def test_same_input_same_bytes(spark: Path, tmp_path: Path) -> None:
    """The wheel does not depend on the folder, on the rights that new files get or on times."""
    poetry(spark, "lock-package --build")
    other = tmp_path / "other" / "deeper"
    other.parent.mkdir()
    wheel = only_wheel(spark / "dist").path.read_bytes()
    spark.rename(other)
    os.utime(other / "poetry.lock", (0, 0))
    umask = os.umask(0o077)
    try:
        poetry(other, "lock-package --build")
    finally:
        os.umask(umask)

    built = only_wheel(other / "dist").path
    assert built.read_bytes() == wheel
    assert stat.S_IMODE(built.stat().st_mode) == 0o644


# ---- name, version, --dry-run and what the wheel says of itself


@pytest.mark.parametrize(
    ("arguments", "wheel"),
    [
        ("--name company-app-locked", "company_app_locked-0.1.0-py3-none-any.whl"),
        ("--set-version 2.0-rc1", "example_package_lock-2.0rc1-py3-none-any.whl"),
        ("--post 7", "example_package_lock-0.1.0.post7-py3-none-any.whl"),
        ("--post 007 --set-version 1!2.0b1+abc --name X_y", "x_y-1!2.0b1.post7+abc-py3-none-any.whl"),
    ],
)
def test_name_and_version(spark: Path, arguments: str, wheel: str) -> None:
    """The lock package may be called otherwise; the project stays pinned at its own version."""
    run = poetry(spark, f"lock-package --build {arguments}")

    assert run.code == 0, run.err
    built = only_wheel(spark / "dist")
    assert built.path.name == wheel
    assert "example-package==0.1.0" in built.requires


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("--name 'my app'", "--name 'my app' is no name for a package: letters, digits, and . _ - between them"),
        ("--name ../evil", "--name '../evil' is no name for a package: letters, digits, and . _ - between them"),
        ("--name ''", "--name '' is no name for a package: letters, digits, and . _ - between them"),
        (
            "--name Example_Package",
            "--name 'Example_Package' is that of the project itself, which the lock package is not",
        ),
        ("--set-version one", "--set-version 'one' is no version as PEP 440 has it, such as 1.0 or 1.0.post1"),
        ("--post one", "--post takes a number, such as that of a build, not 'one'"),
        ("--post=-1", "--post takes a number, such as that of a build, not '-1'"),
        (
            "--post 2 --set-version 1.0.post1",
            "--post cannot be added to 1.0.post1: give the whole version with --set-version",
        ),
    ],
)
def test_name_and_version_refused(spark: Path, arguments: str, error: str) -> None:
    """A name or version that is none is refused before anything is written."""
    before = tree(spark)

    run = poetry(spark, f"lock-package --build {arguments}")

    assert (run.code, run.err) == (1, error + "\n")
    assert tree(spark) == before


@pytest.mark.parametrize(
    "options", ["", "--name Pinned", "--name Pinned --include-root", "--ignore pinned --name Pinned --no-root"]
)
def test_name_of_a_pinned_package(tmp_path: Path, options: str) -> None:
    """A lock package that is called as one of its pins could not be told from that."""
    project = write_project(tmp_path, [locked("pinned"), locked("example-package-lock", "3.0")])
    before = tree(project)

    run = poetry(project, f"lock-package --build {options}")

    if "--ignore" in options:
        assert run.code == 0
        return
    name = "Pinned" if options else LOCK_PROJECT
    assert (run.code, run.err) == (1, f"--name has to be another than {name}, which is the name of a pinned package\n")
    assert tree(project) == before


def test_version_for_a_project_that_has_none(tmp_path: Path) -> None:
    """In non-package mode, `--set-version` makes up for the version that the project lacks."""
    project = write_project(tmp_path / "jobs", [locked("cleo")], "[tool.poetry]\npackage-mode = false\n")

    assert poetry(project, "lock-package --build --set-version 3").code == 0
    assert only_wheel(project / "dist").requires == {"cleo==1.0"}
    assert str(only_wheel(project / "dist").metadata.version) == "3"


def test_dry_run(spark: Path) -> None:
    """`--dry-run` shows the pinned pyproject.toml on stdout, alone, and writes nothing."""
    before = tree(spark)

    run = poetry(spark, "lock-package --dry-run --build -v --ignore pandas")

    assert run.code == 0
    assert tree(spark) == before
    assert run.err.splitlines()[0] == "Building example-package-lock (0.1.0)"
    assert run.err.splitlines()[-1] == "  - Nothing was written (--dry-run)"
    poetry(spark, "lock-package --ignore pandas")
    assert run.out == (spark / LOCK_PROJECT / "pyproject.toml").read_text()


def test_origin(spark: Path) -> None:
    """The long description says what the wheel was made from."""
    poetry(spark, "lock-package --build --ignore pyspark")

    lock = (spark / "poetry.lock").read_bytes()
    metadata = only_wheel(spark / "dist").metadata
    assert metadata.description_content_type == "text/markdown"
    assert (metadata.description or "").strip().splitlines() == [
        "Made by `poetry lock-package`:",
        "",
        "- Project: example-package 0.1.0",
        f"- SHA-256 of poetry.lock: {hashlib.sha256(lock).hexdigest()}",
        f"- Content-hash in it: {re.findall('content-hash = .([0-9a-f]+)', lock.decode())[0]}",
        "- Groups: main",
        "- Extras that are always installed: none",
        "- Ignored: pyspark 4.0.0",
        "- Dropped with them: py4j 0.10.9",
        "- Packages pinned: 2",
    ]


def test_origin_is_the_same_with_other_line_ends(spark: Path) -> None:
    """Git may end the lines of poetry.lock otherwise on another machine: the wheel is the same."""
    poetry(spark, "lock-package --build")
    wheel = only_wheel(spark / "dist").path.read_bytes()
    lock = spark / "poetry.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))

    poetry(spark, "lock-package --build")

    assert only_wheel(spark / "dist").path.read_bytes() == wheel


# ---- --no-root and non-package mode


def test_no_root(spark: Path) -> None:
    """`--no-root` pins the dependencies alone."""
    run = poetry(spark, "lock-package --build --no-root")

    assert (run.code, run.err) == (0, "")
    assert only_wheel(spark / "dist").requires == {"pyspark==4.0.0", "py4j==0.10.9", "pandas==2.3.1", "numpy==2.2.0"}


def test_non_package_mode(tmp_path: Path) -> None:
    """In non-package mode the project is not pinned, and the user is told so."""
    pyproject = CLASSIC.replace("[tool.poetry]\n", "[tool.poetry]\npackage-mode = false\n")
    project = write_project(tmp_path, [locked("cleo")], pyproject)

    run = poetry(project, "lock-package --build")

    assert run.err == "The project is in non-package mode: it is not pinned itself, as with --no-root\n"
    assert only_wheel(project / "dist").requires == {"cleo==1.0"}


def test_non_package_mode_without_name(tmp_path: Path) -> None:
    """A project that needs no name is called as its folder is."""
    pyproject = '[tool.poetry]\npackage-mode = false\nversion = "3.1"\n[tool.poetry.dependencies]\npython = "^3.9"\n'
    project = write_project(tmp_path / "Data_Jobs", [], pyproject)

    assert poetry(project, "lock-package --build").code == 0
    assert only_wheel(project / "dist").path.name == "data_jobs_lock-3.1-py3-none-any.whl"


@pytest.mark.parametrize(
    ("folder", "pyproject", "error"),
    [
        (
            "my jobs",
            "[tool.poetry]\npackage-mode = false\n",
            (
                "The project's name in pyproject.toml is missing, and the name of its folder is used:"
                " 'my jobs' is no name for a package. Give the project one\n"
            ),
        ),
        (
            "jobs",
            '[tool.poetry]\npackage-mode = false\nname = "jobs_"\nversion = "1"\n',
            "The project's name in pyproject.toml 'jobs_' is no name for a package. Give the project one\n",
        ),
    ],
)
def test_non_package_mode_lacks(tmp_path: Path, folder: str, pyproject: str, error: str) -> None:
    """What cannot be made up is asked for."""
    project = write_project(tmp_path / folder, [], pyproject)
    before = tree(project)

    run = poetry(project, "lock-package --build")

    assert (run.code, run.err) == (1, error)
    assert tree(project) == before


@pytest.mark.parametrize(
    "pyproject",
    [
        '[project]\nname = "example"\ndynamic = ["version"]\n[tool.poetry]\npackage-mode = false\n',
        '[tool.poetry]\nname = "example"\npackage-mode = false\n',
    ],
)
@pytest.mark.parametrize(("arguments", "version"), [("", "0"), ("--set-version 3", "3"), ("--post 2", "0.post2")])
def test_version_that_nothing_sets(tmp_path: Path, pyproject: str, arguments: str, version: str) -> None:
    """A version that is missing, or that only a build backend knows, is Poetry's 0, which is said once."""
    project = write_project(tmp_path, [locked("a")], pyproject)

    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0
    assert run.err.count("so every lock package has version 0. Set its version with --set-version") == (version != "3")
    assert str(only_wheel(project / "dist").metadata.version) == version


# ---- --ignore


def test_ignore(spark: Path) -> None:
    """An ignored package goes with what only it needs; what others need stays; the report names all."""
    run = poetry(spark, "lock-package --build --ignore pyspark")

    assert run.code == 0
    assert run.out.splitlines() == [
        f"Building {LOCK_PROJECT} (0.1.0)",
        "  - Pinned 2 packages",
        "  - Ignored pyspark",
        "  - Dropped with them py4j",
        f"  - Built {WHEEL}",
    ]
    assert only_wheel(spark / "dist").requires == {"example-package==0.1.0", "pandas==2.3.1", "numpy==2.2.0"}


REQUIRED = (
    "Ignored, but example-package itself requires it, so pip installs it after all, in any version that fits: {}."
    " Build with --include-root, which leaves nothing but the pins, or with --no-root and install the project with pip"
    " install --no-deps, or make the dependency optional"
)
NEEDED = "Ignored, but what is pinned requires it, so pip installs it unless it finds it, in any version that fits: {}"


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [
        ("--ignore pyspark", [REQUIRED.format("pyspark")]),
        ("--ignore 'py.*' --ignore pandas", [REQUIRED.format("pandas, pyspark")]),
        ("--ignore pyspark --no-root", []),
        ("--ignore numpy", [NEEDED.format("numpy (for pandas, pyspark)")]),
        ("--ignore numpy --ignore pyspark --no-root", [NEEDED.format("numpy (for pandas)")]),
        ("--ignore py4j --ignore pyspark --no-root", []),
    ],
)
def test_ignored_and_yet_installed(spark: Path, arguments: str, warnings: list[str]) -> None:
    """What pip will install although it was ignored is said, with who requires it; otherwise not a word."""
    run = poetry(spark, f"lock-package --build {arguments}")

    assert (run.code, run.err.splitlines()) == (0, warnings)


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ("--ignore pyspark --ignore pandas", set()),
        ("--ignore 'p.*'", set()),  # numpy is needed by those alone
        ("--ignore 'py.*|numpy'", {"pandas"}),
        ("--ignore PySpark --ignore NUMPY", {"pandas"}),
        ("--ignore spark --ignore py", {"pyspark", "py4j", "pandas", "numpy"}),
    ],
)
def test_ignore_patterns(spark: Path, arguments: str, left: set[str]) -> None:
    """Patterns are regular expressions for the whole name, in any case."""
    poetry(spark, f"lock-package --build --no-root {arguments}")

    names = {requirement.name for requirement in only_wheel(spark / "dist").requirements}
    assert names == left


def test_ignore_any_spelling(tmp_path: Path) -> None:
    """A name may be spelt as its authors do."""
    project = write_project(tmp_path, [locked("zope-interface"), locked("cleo")], CLASSIC + '"zope.interface" = "*"\n')

    poetry(project, "lock-package --build --no-root --ignore Zope_Interface")

    assert only_wheel(project / "dist").requires == {"cleo==1.0"}


@pytest.mark.parametrize(
    ("pattern", "warning"),
    [
        ("spark", "--ignore spark matches no locked package; the closest names are pyspark"),
        ("tensorflow.*", "--ignore tensorflow.* matches no locked package"),
        ("", "--ignore matches no locked package"),
    ],
)
def test_ignore_matches_nothing(spark: Path, pattern: str, warning: str) -> None:
    """A pattern that hits nothing is a warning with what may have been meant, and no failure."""
    run = poetry(spark, f"lock-package --build --ignore '{pattern}'")

    assert (run.code, run.err) == (0, warning + "\n")
    assert len(only_wheel(spark / "dist").requirements) == 5


def test_ignore_of_a_doubtful_pattern(spark: Path, recwarn: pytest.WarningsRecorder) -> None:
    """Python's own doubts about a pattern, which name a file of this machine, are not shown."""
    run = poetry(spark, "lock-package --build --ignore '[[a]'")

    assert run.err == "--ignore [[a] matches no locked package\n"
    assert not recwarn.list


def test_ignore_invalid(spark: Path) -> None:
    """A pattern that is no regular expression is named, and nothing is written."""
    before = tree(spark)

    run = poetry(spark, "lock-package --build --ignore 'tensorflow.*' --ignore '*spark'")

    assert run.code == 1
    assert run.err.startswith("--ignore '*spark' is not a valid regular expression: nothing to repeat")
    assert run.err.count("\n") == 1
    assert tree(spark) == before


# ---- what is said


def test_verbose(tmp_path: Path) -> None:
    """`-v` lists every pin with its marker and extra."""
    project = write_project(
        tmp_path,
        [locked("cleo", marker='sys_platform == "win32"'), locked("pyyaml", marker='extra == "yaml"')],
        CLASSIC
        + 'cleo = "*"\npyyaml = { version = "*", optional = true }\n\n[tool.poetry.extras]\nyaml = ["pyyaml"]\n',
    )

    run = poetry(project, "lock-package --build -v")

    assert [line for line in run.out.splitlines() if "Pinning" in line] == [
        "  - Pinning example-package==0.1.0",
        "  - Pinning example-package[yaml]==0.1.0 (extra yaml)",
        '  - Pinning cleo==1.0 ; sys_platform == "win32"',
        "  - Pinning pyyaml==1.0 (extra yaml)",
    ]


@pytest.mark.parametrize("verbosity", ["-v", "-vv", "-vvv"])
def test_verbose_says_nothing_of_the_machine(spark: Path, verbosity: str) -> None:
    """However verbose, poetry-core's own talk (of temporary folders) is left out."""
    run = poetry(spark, f"lock-package --build --ignore pyspark {verbosity}")

    assert run.code == 0
    assert run.out.count("Built") == 1
    assert not re.search(r"/tmp|lock-package-\w+/", run.out.replace(str(spark), ""))


def test_quiet(spark: Path) -> None:
    """`-q` says nothing but still builds."""
    run = poetry(spark, "lock-package --build -q --ignore spark")

    assert run.out == ""
    assert only_wheel(spark / "dist")


def test_markup_is_text(tmp_path: Path) -> None:
    """What looks like console markup in a pattern is shown as it was written."""
    project = write_project(tmp_path, [locked("cleo")])

    run = poetry(project, "lock-package --build --ignore '<info>x</info>'")

    assert run.err == "--ignore <info>x</info> matches no locked package\n"


def test_help(tmp_path: Path) -> None:
    """The command is listed with the others and explains its options."""
    assert re.search(r"lock-package +Builds a package", poetry(tmp_path, "list").out)
    shown = poetry(tmp_path, "lock-package --help").out
    assert all(option in shown for option in ("--build", "--output", "--no-root", "--ignore"))


# ---- what stops it


def test_no_project(tmp_path: Path) -> None:
    """Without a pyproject.toml it fails as every Poetry command does."""
    run = poetry(tmp_path, "lock-package --build")

    assert run.code == 1
    assert "could not find a pyproject.toml" in run.err
    assert tree(tmp_path) == {}


def _damage(lock: str, how: str) -> str:
    return {
        "cut": lock[: len(lock) // 2] + "[",
        "empty": "",
        "no metadata": "package = []\n",
        "no version": lock.replace("lock-version", "other-version"),
        "future": lock.replace('lock-version = "2.1"', 'lock-version = "3.0"'),
        "stale": re.sub('content-hash = ".', 'content-hash = "x', lock),
        "no groups": lock.replace("groups", "clubs"),
        "wrong type": lock.replace('groups = ["main"]', "groups = 1"),
        "bad marker": lock.replace('groups = ["main"]', 'groups = ["main"]\nmarkers = "this is not one"'),
    }[how]


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("cut", r"poetry.lock cannot be read: Unable to read the lock file \(.*\)\. Run `poetry lock` to make it anew"),
        ("empty", "poetry.lock cannot be read: The lock file does not have a metadata entry. Run `poetry lock` .*"),
        ("no metadata", "poetry.lock cannot be read: The lock file does not have a metadata entry. Run .*"),
        ("no version", "poetry.lock cannot be read: The lock file is not compatible with the current version.*"),
        ("future", "poetry.lock cannot be read: The lock file is not compatible .* Upgrade Poetry .* Run .*"),
        ("stale", "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to .*"),
        ("no groups", "poetry.lock cannot be read: it has no 'groups'. Run `poetry lock` to make it anew"),
        ("wrong type", "poetry.lock cannot be read: 'int' object is not iterable. Run `poetry lock` to make it anew"),
        ("bad marker", "poetry.lock cannot be read: No terminal matches 't' .* Run `poetry lock` to make it anew"),
    ],
)
def test_bad_lock(spark: Path, how: str, error: str) -> None:
    """A lock that cannot be used is one line that says why and what to run, and nothing is written."""
    lock = spark / "poetry.lock"
    lock.write_text(_damage(lock.read_text(), how))
    before = tree(spark)

    run = poetry(spark, "lock-package --build")

    assert run.code == 1
    assert re.fullmatch(error, run.err.removesuffix("\n")), run.err
    assert run.err.count("\n") == 1
    assert run.out == ""
    assert tree(spark) == before


def test_no_lock(spark: Path) -> None:
    """Without a lock nothing is locked implicitly."""
    (spark / "poetry.lock").unlink()
    before = tree(spark)

    run = poetry(spark, "lock-package --build")

    assert (run.code, run.err) == (1, "poetry.lock does not exist. Run `poetry lock` to create it\n")
    assert tree(spark) == before

"""What pipelines that were written for poetry-lock-package call: its console script and its options."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from poetry_plugin_lock_package import script
from tests.kit import (
    CLASSIC,
    LOCK_PROJECT,
    LOCK_WHEEL,
    Run,
    locked,
    only_wheel,
    posix_only,
    read_wheel,
    tree,
    write_project,
)

Script = Callable[[Path, str], Run]

BUILT, REMOVED = f"Built {LOCK_WHEEL}", f"Removed {LOCK_PROJECT}"
WROTE = f"Wrote the lock project {LOCK_PROJECT}. Add --build for a wheel"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", [locked("a")])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Script:
    """Run ``poetry-lock-package ARGUMENTS`` in a folder, in this process."""

    def run(folder: Path, arguments: str) -> Run:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setattr(sys, "argv", ["poetry-lock-package", *arguments.split()])
        capfd.readouterr()
        return Run(script.main(), *capfd.readouterr())

    return run


def test_script(project: Path) -> None:
    """`poetry-lock-package` is the command under another name, with its options, streams and exit code."""
    program = Path(sys.executable).with_name(f"poetry-lock-package{'.exe' if os.name == 'nt' else ''}")
    environment = {**os.environ, "NO_COLOR": "1"}

    run = subprocess.run(
        [program, "--build", "--ignore", "a"], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    failed = subprocess.run([program, "--ignore", "("], cwd=project, env=environment, capture_output=True, check=False)

    assert run.returncode == 0
    assert run.stderr.startswith("Warning: poetry.lock has packages, but everything that the project needs is left out")
    assert BUILT in run.stdout
    assert only_wheel(project / "dist").requires == {"example-package==0.1.0"}
    assert failed.returncode == 1
    assert failed.stderr.startswith(b"Error: --ignore '(' is not a valid regular expression")


@pytest.mark.parametrize(
    ("options", "files", "done"),
    [
        ("--wheel", {f"{LOCK_PROJECT}/dist/{LOCK_WHEEL}", LOCK_PROJECT}, [WROTE, BUILT]),
        ("--wheel --move", {f"dist/{LOCK_WHEEL}", LOCK_PROJECT}, [WROTE, BUILT]),
        ("--wheel --move --clean", {f"dist/{LOCK_WHEEL}"}, [BUILT]),
        ("--build --wheel --move --clean", {f"dist/{LOCK_WHEEL}"}, [BUILT]),
        ("--build --move --tests", {f"dist/{LOCK_WHEEL}"}, [BUILT]),
        ("--tests", {LOCK_PROJECT}, [WROTE]),
        ("--clean", set(), []),
    ],
)
def test_old_options(project: Path, run: Script, options: str, files: set[str], done: list[str]) -> None:
    """The steps of `--build` can be asked for one by one, with the options that the tool has."""
    before = tree(project).keys()

    result = run(project, f"{options} --ignore b --no-root")

    assert (
        result.code,
        result.err.replace("Warning: --ignore b matches no locked package [ignore-matches-nothing]\n", ""),
    ) == (0, "")
    new = {name for name in tree(project).keys() - before if name.endswith(".whl")}
    assert new == {name for name in files if name.endswith(".whl")}
    assert (project / LOCK_PROJECT).exists() is (LOCK_PROJECT in files)
    lines = [line for line in result.out.splitlines() if line.startswith("  - ") and "Pinned" not in line]
    assert lines == [f"  - {line}" for line in done]
    for name in new:
        assert read_wheel(project / name).requires == {"a==1.0"}


def test_renamed_by_a_setting(tmp_path: Path, run: Script) -> None:
    """A lock project that has another name in the settings is the one that is written, built in and removed."""
    settings = '[tool.poetry-lock-package]\nname = "pins"\n'
    project = write_project(tmp_path, [locked("a")], f'{CLASSIC}a = "*"\n{settings}')
    before = tree(project)

    assert run(project, "--wheel").code == 0
    assert only_wheel(project / "pins" / "dist").path.name == "pins-0.1.0-py3-none-any.whl"
    assert run(project, "--clean").out == "  - Removed pins\n"
    assert tree(project) == before


def test_clean_removes_the_lock_project(project: Path, run: Script) -> None:
    """`--clean` removes a lock project of an earlier run with all in it, and says so; poetry.lock is not needed.

    With `--wheel --move`, it does that once the wheel is built.
    """
    before = tree(project)
    run(project, "--wheel --tests")
    assert (project / LOCK_PROJECT / "dist" / LOCK_WHEEL).is_file()
    (project / LOCK_PROJECT / "pyproject.toml").chmod(0o400)
    (project / "poetry.lock").rename(project / "elsewhere")

    result = run(project, "--clean")

    assert result == Run(0, f"  - {REMOVED}\n", "")
    (project / "elsewhere").rename(project / "poetry.lock")
    assert tree(project) == before

    run(project, "")
    result = run(project, "--wheel --move --clean")

    assert (result.code, result.out.splitlines()[-2:]) == (0, [f"  - {BUILT}", f"  - {REMOVED}"])
    assert tree(project).keys() - before.keys() == {f"dist/{LOCK_WHEEL}"}


@pytest.mark.parametrize("options", ["--clean", "--wheel --move --clean", "--build --clean", "--wheel", "--tests"])
def test_other_folders_stay(project: Path, run: Script, options: str) -> None:
    """What is no lock project stays, whatever it is called, and nothing is built either."""
    (project / LOCK_PROJECT).mkdir()
    (project / LOCK_PROJECT / "precious").write_text("", encoding="utf-8")
    before = tree(project)

    result = run(project, options)

    assert result.code == 1
    assert result.err.startswith(f"Error: {LOCK_PROJECT} already exists and is not a lock project.")
    assert tree(project) == before


@posix_only("Windows lets only privileged users make symbolic links")
@pytest.mark.parametrize("name", ["example_package_lock", "tests"])
def test_link_in_the_lock_project(project: Path, run: Script, tmp_path: Path, name: str) -> None:
    """A link that leads out of the lock project is never written through."""
    run(project, "--tests")
    elsewhere = (project / LOCK_PROJECT / name).rename(tmp_path / "elsewhere")
    (project / LOCK_PROJECT / name).symlink_to(elsewhere)
    before = tree(elsewhere)

    assert run(project, "--tests --set-version 2").code == 1
    assert tree(elsewhere) == before


def test_failed_run(project: Path, run: Script) -> None:
    """If a step fails, those after it are not done."""
    run(project, "")
    (project / "dist").write_text("", encoding="utf-8")
    before = tree(project)

    result = run(project, "--wheel --move --clean")

    assert (result.code, result.err) == (1, "Error: --output has to be a folder, and dist is a file. Choose another\n")
    assert tree(project) == before


def test_tests(project: Path, run: Script) -> None:
    """`--tests` writes a test into the lock project, which passes there and is not in the wheel."""
    run(project, "--tests --wheel")

    folder = project / LOCK_PROJECT
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in tests.stdout
    assert not [name for name in only_wheel(folder / "dist").files if "test" in name]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--move", "--move is not possible. Use --wheel, --wheel --move, --clean or --build"),
        ("--clean --wheel", "--wheel --clean is not possible. Use --wheel, --wheel --move, --clean or --build"),
        ("--clean --dry-run", "--clean cannot be used with --dry-run. Use `poetry lock-package`"),
        ("--build --clean --output=x", "--clean cannot be used with --output=x. Use `poetry lock-package`"),
        ("--wheel -C ..", "--wheel cannot be used with -C. Use `poetry lock-package`"),
    ],
)
def test_conflicts(project: Path, run: Script, options: str, message: str) -> None:
    """Options that make no sense together are an error, and nothing is written or removed."""
    run(project, "")
    before = tree(project)

    assert run(project, options) == Run(1, "", f"Error: {message}\n")
    assert tree(project) == before


def test_without_poetry(project: Path, run: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the build backend is installed, the script says in one line what is missing."""
    monkeypatch.setattr(script, "find_spec", lambda _: None)

    result = run(project, "--build")

    error = "Error: poetry-lock-package needs Poetry. Run `pip install poetry` in the same environment\n"
    assert result == Run(1, "", error)

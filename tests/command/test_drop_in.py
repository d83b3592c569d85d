"""What pipelines that were written for poetry-lock-package call: its console script and its options."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from poetry_plugin_lock_package import script
from tests.kit import locked, only_wheel, poetry, posix_only, read_wheel, tree, write_project

LOCK_PROJECT = "example-package-lock"
WHEEL = "example_package_lock-0.1.0-py3-none-any.whl"


def test_script(tmp_path: Path) -> None:
    """`poetry-lock-package` is the command under another name, with its options, streams and exit code."""
    project = write_project(tmp_path, [locked("a"), locked("pyspark")])
    program = Path(sys.executable).with_name(f"poetry-lock-package{'.exe' if os.name == 'nt' else ''}")

    run = subprocess.run(
        [program, "--build", "--ignore", "pyspark"],
        cwd=project,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert f"Built {WHEEL}" in run.stdout
    assert only_wheel(project / "dist").requires == {"a==1.0", "example-package==0.1.0"}


def test_script_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its errors are those of the command, too."""
    monkeypatch.setattr(sys, "argv", ["poetry-lock-package", "-C", str(write_project(tmp_path)), "--move"])

    with pytest.raises(SystemExit) as stop:
        script.main()

    assert stop.value.code == 1
    assert capsys.readouterr().err == "Error: --move has no effect without --wheel. Add that, or use --build\n"


@pytest.mark.parametrize(
    ("options", "files", "done"),
    [
        ("--wheel", {f"{LOCK_PROJECT}/dist/{WHEEL}", LOCK_PROJECT}, [f"Wrote {LOCK_PROJECT}", f"Built {WHEEL}"]),
        ("--wheel --move", {f"dist/{WHEEL}", LOCK_PROJECT}, [f"Wrote {LOCK_PROJECT}", f"Built {WHEEL}"]),
        ("--wheel --output out", {f"out/{WHEEL}", LOCK_PROJECT}, [f"Wrote {LOCK_PROJECT}", f"Built {WHEEL}"]),
        ("--wheel --move --clean", {f"dist/{WHEEL}"}, [f"Built {WHEEL}"]),
        ("--build --wheel --move --clean", {f"dist/{WHEEL}"}, [f"Built {WHEEL}"]),
        ("--wheel --clean --output x", {f"x/{WHEEL}"}, [f"Built {WHEEL}"]),
        ("--build --tests", {f"dist/{WHEEL}"}, [f"Built {WHEEL}"]),
        ("--clean", set(), []),
    ],
)
def test_old_options(tmp_path: Path, options: str, files: set[str], done: list[str]) -> None:
    """The steps of `--build` can be asked for one by one."""
    project = write_project(tmp_path, [locked("a")])
    before = tree(project).keys()

    run = poetry(project, f"lock-package {options}")

    assert (run.code, run.err) == (0, "")
    new = {name for name in tree(project).keys() - before if name.endswith(".whl")}
    assert new == {name for name in files if name.endswith(".whl")}
    assert (project / LOCK_PROJECT).exists() is (LOCK_PROJECT in files)
    pinned = ["Pinned 1 package"] if done else []
    assert run.out.splitlines()[1:] == [f"  - {line}" for line in pinned + done]
    for name in new:
        assert read_wheel(project / name).requires == {"a==1.0", "example-package==0.1.0"}


def test_clean_removes_the_lock_project(tmp_path: Path) -> None:
    """`--clean` removes a lock project of an earlier run, and says so; `--build` alone leaves it."""
    project = write_project(tmp_path, [locked("a")])
    before = tree(project)
    poetry(project, "lock-package --wheel --tests")
    assert poetry(project, "lock-package --build").code == 0
    assert (project / LOCK_PROJECT / "dist" / WHEEL).is_file()
    (project / "dist" / WHEEL).unlink()

    run = poetry(project, "lock-package --clean")

    assert run.out.splitlines() == [f"Removing {LOCK_PROJECT} (0.1.0)", f"  - Removed {LOCK_PROJECT}"]
    assert tree(project) == before


@pytest.mark.parametrize("options", ["--clean", "--wheel --move --clean", "--build --clean"])
def test_clean_removes_nothing_else(tmp_path: Path, options: str) -> None:
    """What is no lock project stays, whatever it is called, and nothing is built either."""
    project = write_project(tmp_path, [locked("a")])
    (project / LOCK_PROJECT).mkdir()
    (project / LOCK_PROJECT / "precious").write_text("", encoding="utf-8")
    before = tree(project)

    run = poetry(project, f"lock-package {options}")

    assert run.code == 1
    assert run.err.startswith(f"Error: {LOCK_PROJECT} already exists and is not a lock project.")
    assert tree(project) == before


def test_wheel_that_cannot_be_built(tmp_path: Path) -> None:
    """If `--wheel` fails, no lock project is left behind; one that was there before stays."""
    project = write_project(tmp_path, [locked("a")])
    (project / "file").write_text("", encoding="utf-8")
    before = tree(project)

    assert poetry(project, "lock-package --wheel --output file").code == 1
    assert tree(project) == before

    poetry(project, "lock-package")
    before = tree(project)
    assert poetry(project, "lock-package --wheel --output file").code == 1
    assert tree(project) == before


@pytest.mark.parametrize("fails", ["--constraints", "--output file"])
def test_lock_project_of_an_earlier_run(tmp_path: Path, fails: str) -> None:
    """If `--wheel` fails, a lock project that is there has not been brought up to date either."""
    project = write_project(tmp_path, [locked("a", files=[{"file": "a-1.0.zip", "hash": f"sha256:{'0' * 64}"}])])
    poetry(project, "lock-package --tests")
    (project / "file").write_text("", encoding="utf-8")
    (project / LOCK_PROJECT / "dist" / "example_package_lock-2-constraints.txt").mkdir(parents=True)
    before = tree(project)

    run = poetry(project, f"lock-package --wheel --set-version 2 {fails}")

    assert run.code == 1
    assert tree(project) == before


@posix_only("Windows lets only privileged users make symbolic links")
@pytest.mark.parametrize("name", ["example_package_lock", "tests"])
def test_link_in_the_lock_project(tmp_path: Path, name: str) -> None:
    """A link that leads out of the lock project is never written through."""
    project = write_project(tmp_path / "project", [locked("a")])
    poetry(project, "lock-package --tests")
    elsewhere = (project / LOCK_PROJECT / name).rename(tmp_path / "elsewhere")
    (project / LOCK_PROJECT / name).symlink_to(elsewhere)
    before = tree(elsewhere)

    run = poetry(project, "lock-package --tests --set-version 2")

    assert run.code == 1
    assert tree(elsewhere) == before


@pytest.mark.parametrize("options", ["", "--ignore nothing", "-v"])
def test_clean_asks_only_for_the_name(tmp_path: Path, options: str) -> None:
    """What is or should be known of a lock package is no matter to one that goes."""
    project = write_project(tmp_path, [locked("a")])
    poetry(project, "lock-package")
    (project / "poetry.lock").unlink()

    run = poetry(project, f"lock-package --clean {options}")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [f"Removing {LOCK_PROJECT} (0.1.0)", f"  - Removed {LOCK_PROJECT}"]


@pytest.mark.parametrize("options", ["--clean", "--build --clean"])
def test_clean_dry_run(tmp_path: Path, options: str) -> None:
    """A dry run says what would go, and refuses what the real one does."""
    project = write_project(tmp_path, [locked("a")])
    nothing = poetry(project, f"lock-package {options} --dry-run")
    poetry(project, "lock-package")
    before = tree(project)

    run = poetry(project, f"lock-package {options} --dry-run")

    would = f"  - Would remove {LOCK_PROJECT}\n"
    assert (nothing.code, would in nothing.out + nothing.err) == (0, False)
    assert (run.code, would in run.out + run.err) == (0, True)
    assert tree(project) == before
    (project / LOCK_PROJECT / "pyproject.toml").write_text("", encoding="utf-8")
    assert poetry(project, f"lock-package {options} --dry-run").code == 1


def test_clean_beside_the_own_wheel(tmp_path: Path) -> None:
    """The lock project goes by its own name, which is not that of the project's wheel."""
    project = write_project(tmp_path, [locked("a")])
    package = project / "example-package"
    package.mkdir()
    (project / "example_package.py").write_text("", encoding="utf-8")
    poetry(project, "lock-package")

    run = poetry(project, "lock-package --build --include-root --name renamed --clean")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[0] == "Building renamed (0.1.0)"
    assert run.out.splitlines()[-1] == f"  - Removed {LOCK_PROJECT}"
    assert package.is_dir()
    assert not (project / LOCK_PROJECT).exists()


@posix_only("Windows lets only privileged users make symbolic links")
def test_clean_beside_links_in_a_circle(tmp_path: Path) -> None:
    """Such an output folder is one line, as it is without `--clean`."""
    project = write_project(tmp_path, [locked("a")])
    (project / "dist").symlink_to("dist")

    run = poetry(project, "lock-package --build --clean")

    assert (run.code, run.err.count("\n")) == (1, 1)
    assert str(tmp_path) not in run.err


def test_clean_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock project that cannot be removed is an error of one line."""
    project = write_project(tmp_path, [locked("a")])
    poetry(project, "lock-package")
    monkeypatch.setattr("os.rename", _refuse)

    run = poetry(project, "lock-package --clean")

    assert (run.code, run.err) == (1, f"Error: {LOCK_PROJECT} cannot be removed: Device or resource busy\n")


def _refuse(*_: object, **__: object) -> None:
    raise OSError(16, "Device or resource busy")


def test_tests(tmp_path: Path) -> None:
    """`--tests` writes a test into the lock project, which passes there and is not in the wheel."""
    project = write_project(tmp_path, [locked("a")])

    poetry(project, "lock-package --tests --wheel")

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
    # Without the option, what is there is brought up to date, the test with it.
    assert poetry(project, "lock-package --set-version 2").code == 0
    assert '"2"' in (folder / "tests" / "test_version.py").read_text(encoding="utf-8")


REMOVED_WITH_IT = (
    f"--clean would remove {LOCK_PROJECT} with the wheel that is built in it. Build it into another folder with"
    " --output\n"
)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--move", "--move has no effect without --wheel. Add that, or use --build\n"),
        ("--wheel --clean", REMOVED_WITH_IT),
        (f"--build --clean --output ./{LOCK_PROJECT}/dist", REMOVED_WITH_IT),
    ],
)
def test_conflicts(tmp_path: Path, options: str, message: str) -> None:
    """Options that make no sense together are an error, and nothing is written."""
    project = write_project(tmp_path, [locked("a")])
    before = tree(project)

    run = poetry(project, f"lock-package {options}")

    assert (run.code, run.err) == (1, f"Error: {message}")
    assert tree(project) == before

"""The lock project: what is written, what is brought up to date, and what is spared."""

import re
import subprocess
from pathlib import Path

import pytest
from poetry.core.factory import Factory as CoreFactory
from poetry.core.masonry.builders.wheel import WheelBuilder

from tests.kit import (
    LOCK_PROJECT,
    locked,
    only_wheel,
    poetry,
    posix_only,
    tree,
    write_project,
)


def test_lock_project(tmp_path: Path) -> None:
    """Without options the lock project is written beside pyproject.toml, and nothing else."""
    project = write_project(tmp_path, [locked("cleo", "2.1.0", marker='python_version < "3.12"')])
    before = tree(project)

    run = poetry(project, "lock-package")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[-1] == f"  - Wrote the lock project {LOCK_PROJECT}. Add --build for a wheel"
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


def test_lock_project_in_a_repository_that_ignores_it(spark: Path) -> None:
    """A .gitignore around the lock project does not take the module out of its wheel."""
    subprocess.run(["git", "init", "--quiet", spark], check=True)
    (spark / ".gitignore").write_text("*_lock*\n__init__.py\n")
    poetry(spark, "lock-package")
    poetry(spark, "lock-package --build")

    built = WheelBuilder(CoreFactory().create_poetry(spark / LOCK_PROJECT)).build()

    assert "example_package_lock/__init__.py" in only_wheel(spark / "dist").files
    assert built.read_bytes() == only_wheel(spark / "dist").path.read_bytes()


LINKS = posix_only("Windows lets only privileged users make symbolic links")


@pytest.mark.parametrize("what", ["file", "folder", "project", "binary", pytest.param("link", marks=LINKS)])
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

    error = f"Error: {LOCK_PROJECT} already exists and is not a lock project. Rename or remove it\n"
    for run in runs:
        assert (run.code, run.err.removeprefix("Writing example-package-lock (0.1.0)\n")) == (1, error)
    assert tree(spark) == before


@posix_only("Windows says it in other words")
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
    assert re.fullmatch(
        f"Error: {LOCK_PROJECT}/example_package_lock/__init__.py cannot be written: (File exists|Is a directory)\n",
        run.err,
    )
    assert tree(spark) == before

"""`--build`: the wheel, its bytes, what it says of itself, and `--dry-run`."""

import hashlib
import re
import stat
from pathlib import Path

from tests.kit import (
    LOCK_PROJECT,
    LOCK_WHEEL,
    locked,
    only_wheel,
    poetry,
    tree,
    write_project,
)


def test_build(tmp_path: Path) -> None:
    """`--build` makes the wheel in dist/, changes nothing else and says what it did."""
    project = write_project(tmp_path, [locked("cleo", "2.1.0")])
    before = tree(project)

    run = poetry(project, "lock-package --build")

    assert run.err == ""
    assert run.out.splitlines() == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 1 package",
        f"  - Built {LOCK_WHEEL}",
    ]
    assert run.code == 0
    wheel = only_wheel(project / "dist")
    assert wheel.path.name == LOCK_WHEEL
    assert stat.S_IMODE(wheel.path.stat().st_mode) == 0o644
    assert wheel.requires == {"cleo==2.1.0", "example-package==0.1.0"}
    wheel.path.unlink()
    assert tree(project) == before


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

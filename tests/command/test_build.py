"""`--build`: the wheel, what it says of itself and of the project, and `--dry-run`."""

import hashlib
import re
import stat
from pathlib import Path

import pytest

from tests.kit import (
    CLASSIC,
    LOCK_PROJECT,
    LOCK_WHEEL,
    classic,
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
        "  - Pinned 1 package and the project",
        f"  - Built {LOCK_WHEEL}",
    ]
    assert run.code == 0
    wheel = only_wheel(project / "dist")
    assert wheel.path.name == LOCK_WHEEL
    assert stat.S_IMODE(wheel.path.stat().st_mode) == 0o644
    assert wheel.requires == {"cleo==2.1.0", "example-package==0.1.0"}
    wheel.path.unlink()
    assert tree(project) == before


def test_relative_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of ``--directory`` is that of the project, also if another folder in there has the same name."""
    project = write_project(tmp_path / "project", [locked("a")], classic("a"))
    module = project / "src" / "example_package" / "__init__.py"
    module.parent.mkdir(parents=True)
    module.touch()
    write_project(project / "project", [], CLASSIC.replace("example-package", "inner"))
    monkeypatch.chdir(tmp_path)

    run = poetry(Path("project"), "lock-package --all-wheels")

    assert run.code == 0, run.err
    assert {path.name for path in (project / "dist").iterdir()} == {
        LOCK_WHEEL,
        "example_package-0.1.0-py3-none-any.whl",
    }


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


def test_classic_metadata(tmp_path: Path) -> None:
    """The metadata of a [tool.poetry] project is taken over, as poetry-core writes it for the project itself."""
    pyproject = """\
[tool.poetry]
name = "my_app"
version = "1.0-beta.2"
description = "Does  things\\t"
authors = ["Ada Lovelace <ada@example.org>", "Grace"]
maintainers = ["Bob <bob@example.org>"]
license = "MIT"
keywords = ["one", "two"]
homepage = "https://example.org"
repository = "https://example.org/repo"
classifiers = ["Topic :: Utilities"]

[tool.poetry.urls]
Tracker = "https://example.org/issues"

[tool.poetry.dependencies]
python = "^3.11"
"""
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    wheel = only_wheel(project / "dist")
    metadata = wheel.metadata
    assert wheel.path.name == "my_app_lock-1.0b2-py3-none-any.whl"
    assert metadata.name == "my_app_lock"
    assert str(metadata.version) == "1.0b2"
    assert metadata.summary == "Does things lock package"
    assert (metadata.author, metadata.author_email) == ("Ada Lovelace", "ada@example.org")
    assert (metadata.maintainer, metadata.maintainer_email) == ("Bob", "bob@example.org")
    assert metadata.license == "MIT"
    assert metadata.keywords == ["one", "two"]
    assert str(metadata.requires_python) == "<4.0,>=3.11"
    assert metadata.project_urls == {
        "Homepage": "https://example.org",
        "Repository": "https://example.org/repo",
        "Tracker": "https://example.org/issues",
    }
    classifiers = metadata.classifiers or []
    assert {"Private :: Do Not Upload", "Topic :: Utilities", "License :: OSI Approved :: MIT License"} <= set(
        classifiers
    )
    assert wheel.requires == {"my_app==1.0b2"}
    assert wheel.files == (
        "my_app_lock/__init__.py",
        "my_app_lock-1.0b2.dist-info/METADATA",
        "my_app_lock-1.0b2.dist-info/WHEEL",
        "my_app_lock-1.0b2.dist-info/RECORD",
    )


def test_pep_621_metadata(tmp_path: Path) -> None:
    """The metadata of a [project] table is taken over, the narrower of two Python ranges with it."""
    pyproject = """\
[project]
name = "My.App"
version = "2.0"
authors = [{ name = "Arik", email = "<arik@example.org>" }, { email = "only@example.org" }]
license = "Apache-2.0"
requires-python = ">=3.10"
classifiers = ["License :: OSI Approved :: Apache Software License", "Topic :: Utilities"]
dependencies = []

[tool.poetry.dependencies]
python = ">=3.10,<3.13"
"""
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    wheel = only_wheel(project / "dist")
    assert wheel.path.name == "my_app_lock-2.0-py3-none-any.whl"
    assert wheel.metadata.name == "My.App-lock"
    assert wheel.metadata.summary == "My.App lock package"
    assert (wheel.metadata.author, wheel.metadata.author_email) == ("Arik", "arik@example.org")
    assert str(wheel.metadata.requires_python) == "<3.13,>=3.10"
    assert "Apache-2.0" in (wheel.metadata.license_expression, wheel.metadata.license)
    assert "Topic :: Utilities" in (wheel.metadata.classifiers or [])


def test_licence_classifiers_never_stand_beside_an_expression(tmp_path: Path) -> None:
    """PEP 639: where the wheel has a licence expression, it has no licence classifier."""
    pyproject = (
        '[project]\nname = "app"\nversion = "1"\nlicense = "MIT"\n'
        'classifiers = ["License :: OSI Approved :: MIT License", "Topic :: Utilities"]\n'
    )
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    metadata = only_wheel(project / "dist").metadata
    licence_classifiers = [line for line in metadata.classifiers or [] if line.startswith("License ::")]
    assert not (metadata.license_expression and licence_classifiers)


def test_whole_licence_text_is_left_out(tmp_path: Path) -> None:
    """A licence file in the metadata is text of the project, which a lock package does not carry."""
    (tmp_path / "LICENSE").write_text("All rights\nreserved\n")
    pyproject = '[project]\nname = "app"\nversion = "1"\nlicense = { file = "LICENSE" }\n'
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    assert only_wheel(project / "dist").metadata.license is None

"""The project's metadata in the wheel."""

from pathlib import Path

from tests.kit import only_wheel, poetry, write_project


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

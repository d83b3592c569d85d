"""Addresses with passwords in places of pyproject.toml and poetry.lock that are no addresses."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.command.own_wheel.project import build_plain_wheel
from tests.kit import COMMIT, locked, only_wheel, poetry, read_wheel, tree, write_project
from tests.wheels import INFO, METADATA, WHEEL, Member, write_wheel

URL = "https://ada:s3cret@example.org/a"
CLASSIC = f"""\
[tool.poetry]
name = "example-package"
version = "0.1.0"
description = "See {URL}, or https://p.org/{URL}"
authors = ["Ada {URL}", "{URL} <ada@example.org>"]
maintainers = ["Ada <ada@example.org>"]
keywords = ["{URL}", "a"]
classifiers = ["Topic :: {URL}"]
license = "{URL}"
homepage = "https://p.org/?to=https%3A%2F%2Fada%3As3cret%40example.org"

[tool.poetry.urls]
"{URL}" = "https://p.org/{URL}"

[tool.poetry.dependencies]
python = ">=3.9,<3.14"
a = "*"
"""
PEP_621 = f"""\
[project]
name = "example-package"
version = "0.1.0"
description = "See {URL}, or https://p.org/{URL}"
authors = [{{ name = "Ada {URL}" }}]
keywords = ["{URL}", "a"]
classifiers = ["Topic :: {URL}"]
license = {{ text = "{URL}" }}
requires-python = ">=3.9,<3.14"
dependencies = ["a"]

[project.urls]
"{URL}" = "https://p.org/{URL}"
"""


@pytest.mark.parametrize("pyproject", [CLASSIC, PEP_621])
@pytest.mark.parametrize("arguments", ["--build", "", "--dry-run"])
def test_metadata(tmp_path: Path, pyproject: str, arguments: str) -> None:
    """No text of the project takes a password into the lock package; the rest of the text stays."""
    project = write_project(tmp_path, [locked("a")], pyproject)
    before = tree(project)

    run = poetry(project, f"lock-package {arguments} -v")

    assert run.code == 0
    written = b"".join(text for name, text in tree(project).items() if name not in before)
    assert "s3cret" not in run.out + run.err
    assert b"s3cret" not in written
    if arguments == "--build":
        metadata = only_wheel(project / "dist").metadata
        assert metadata.summary == "See https://example.org/a, or https://p.org/https://example.org/a lock package"
        assert "https://example.org/a" in (metadata.keywords or [])


@pytest.mark.parametrize("name", [URL, "ada:s3cret@example.org"])
def test_name_of_a_source(tmp_path: Path, name: str) -> None:
    """A source that is called as an address is, password included, is named without it."""
    source = {"type": "legacy", "url": "https://example.org/simple", "reference": name}
    project = write_project(tmp_path, [locked("a", source=source)])

    run = poetry(project, "lock-package --build -v")

    assert run.code == 0
    assert "a comes from the source " in run.err
    assert "s3cret" not in run.out + run.err


def test_address_within_a_url_dependency(tmp_path: Path) -> None:
    """What a proxy is asked for loses its password, and a warning says that installers need it from elsewhere."""
    source = {"type": "url", "url": "https://p.org/https://ada:s3cret@example.org/a-1.0.zip"}
    project = write_project(tmp_path, [locked("a", source=source)])

    run = poetry(project, "lock-package --build -v")

    assert run.code == 0
    assert "[url-credentials]" in run.err
    assert "s3cret" not in run.out + run.err
    assert "a @ https://p.org/https://example.org/a-1.0.zip" in only_wheel(project / "dist").requires


# ---- wheels that are built or given, and not written by the command alone

PASSWORD = "https://ada:s3cret@example.org"
OWN = f"""\
[project]
name = "example-package"
version = "0.1.0"
description = "See {PASSWORD}/summary"
readme = "README.md"
authors = [{{ name = "Ada {PASSWORD}" }}]
keywords = ["{PASSWORD}/keyword", "a"]
license = {{ text = "{PASSWORD}" }}
requires-python = ">=3.9,<3.14"
dependencies = ["a", "gitty @ git+{PASSWORD}/gitty.git@main", "zip @ {PASSWORD}/zip-1.0.zip"]

[project.urls]
Home = "{PASSWORD}/home"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
README = f"# Caf\u00e9\n\nIndex: {PASSWORD}/simple.\nSource: <git+ssh://git@example.org/a.git>\n"
CLEANED = "  - Removed user names and passwords in URLs from {}: {}"


def _project(folder: Path, pyproject: str = OWN) -> Path:
    """A project with passwords in all of its metadata, and with a module of its name."""
    git = {"type": "git", "url": f"{PASSWORD}/gitty.git", "reference": "main", "resolved_reference": COMMIT}
    packages = [
        locked("a"),
        locked("gitty", source=git),
        locked("zip", source={"type": "url", "url": f"{PASSWORD}/zip-1.0.zip"}),
    ]
    project = write_project(folder, packages, pyproject)
    (project / "example_package").mkdir()
    (project / "example_package/__init__.py").write_text(f"URL = '{PASSWORD}'\n")
    (project / "README.md").write_text(README, encoding="utf-8")
    return project


def _metadata(wheel: Path) -> str:
    """The text of METADATA in ``wheel``, which is read back."""
    assert read_wheel(wheel)
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def _fields(metadata: str) -> list[str]:
    """The lines of METADATA that are not about what is required or which extras are offered."""
    return [line for line in metadata.splitlines() if not line.startswith(("Requires-Dist:", "Provides-Extra:"))]


@pytest.mark.parametrize("shape", ["--project-wheel", "--as-extra locked", "--all-wheels", "--project-wheel --post 1"])
def test_own_wheel(tmp_path: Path, shape: str) -> None:
    """Passwords are removed from all metadata of the project's own wheel, and that is told; all else stays."""
    project = _project(tmp_path / "project")
    plain = build_plain_wheel(project, tmp_path)

    run = poetry(project, f"lock-package {shape}")

    assert run.code == 0
    assert "s3cret" not in run.out + run.err
    names = [path.name for path in (project / "dist").iterdir()]
    (name,) = (name for name in names if "_lock" not in name)
    metadata = _metadata(project / "dist" / name)
    assert "s3cret" not in metadata
    assert "git+ssh://git@example.org/a.git" in metadata
    expected = (
        _metadata(plain).replace("ada:s3cret@", "").replace("Version: 0.1.0\n", f"Version: {name.split('-')[1]}\n")
    )
    assert _fields(metadata) == _fields(expected)
    if shape != "--project-wheel":
        kept = [line for line in expected.splitlines() if line.startswith("Requires-Dist:")]
        assert "Requires-Dist: gitty @ git+https://example.org/gitty.git@main" in kept
        assert shape == "--project-wheel --post 1" or set(kept) <= set(metadata.splitlines())
    fields = "Summary, License, Keywords, Author, Requires-Dist, Project-URL, Description"
    assert CLEANED.format(name, fields) in run.out.splitlines()


def test_wheel_of_a_path_dependency(tmp_path: Path) -> None:
    """The wheel of a path dependency that is built loses its passwords too; a wheel without any is not mentioned."""
    _project(tmp_path / "library", OWN.replace('"a", ', ""))
    path = 'dynamic = ["dependencies"]\n[tool.poetry.dependencies]\nexample-package = { path = "../library" }\n'
    head = '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.9"\n'
    packages = [locked("example-package", "0.1.0", source={"type": "directory", "url": str(tmp_path / "library")})]
    app = write_project(tmp_path / "app", packages, head + path + OWN[OWN.index("[build-system]") :])
    (app / "app.py").touch()

    run = poetry(app, "lock-package --all-wheels")

    assert run.code == 0
    assert "s3cret" not in _metadata(app / "dist" / WHEEL)
    told = [line for line in run.out.splitlines() if "Removed" in line]
    fields = "Summary, License, Keywords, Author, Requires-Dist, Project-URL, Description"
    assert told == [CLEANED.format(WHEEL, fields)]


FIELDS = f"""\
License: {PASSWORD}
Home-page: {PASSWORD}/home
Download-URL: {PASSWORD}/download
author-email: Ada <ada@example.org>, {PASSWORD}
Maintainer: ssh://git:s3cret@example.org and ssh://git@example.org
Classifier: Topic :: https%3A%2F%2Fada%3As3cret%40example.org
X-Unknown: {PASSWORD}
Requires-Dist: kept>=1; extra == 'x'
Requires-Dist: kept @ https://example.org/kept.zip ; extra=="x"
Requires-Dist: gitty @
 git+{PASSWORD}/gitty.git ; extra=="x"
Provides-Extra: x
Description: One
        | and two: {PASSWORD}
        | and \u00e9 (ada@example.org)
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_given_wheel(tmp_path: Path, end: str) -> None:
    """In a wheel that was given, each field and the text lose their passwords, and no other byte changes."""
    project = _project(tmp_path / "project")
    before = (METADATA.decode() + FIELDS).replace("\n", end).encode() + f"{end}{PASSWORD} ".encode() + b"\xff\xfe\x85"
    members = [Member("example_package.py", PASSWORD.encode()), Member(f"{INFO}/entry_points.txt", PASSWORD.encode())]
    wheel = write_wheel(tmp_path / WHEEL, members, before)

    run = poetry(project, f"lock-package --build --as-extra locked --from-wheel {wheel}")

    assert run.code == 0
    with ZipFile(project / "dist" / WHEEL) as archive:
        after = archive.read(f"{INFO}/METADATA")
        # These are the project's own files, and installed as they are.
        assert archive.read("example_package.py") == archive.read(f"{INFO}/entry_points.txt") == PASSWORD.encode()
    lines = [line for line in after.splitlines(keepends=True) if b"locked" not in line]
    encoded = before.replace(b"ada%3As3cret%40", b"").replace(b"ssh://git:s3cret@", b"ssh://git@")
    assert b"".join(lines) == encoded.replace(b"ada:s3cret@", b"")
    fields = (
        "License, Home-page, Download-URL, author-email, Maintainer, Classifier, X-Unknown, Requires-Dist, Description"
    )
    assert CLEANED.format(WHEEL, fields) in run.out.splitlines()


def test_wheel_without_secrets(tmp_path: Path) -> None:
    """A wheel without secrets keeps its METADATA, and nothing is told."""
    project = _project(tmp_path / "project")
    text = b"Home-page: https://example.org\n\nssh://git@example.org http://localhost:8080/@a ada@example.org \xff\n"
    wheel = write_wheel(tmp_path / WHEEL, metadata=METADATA + text)

    run = poetry(project, f"lock-package --build --as-extra locked --from-wheel {wheel}")

    assert "Removed" not in run.out
    with ZipFile(project / "dist" / WHEEL) as archive:
        lines = archive.read(f"{INFO}/METADATA").splitlines(keepends=True)
    assert b"".join(line for line in lines if b"locked" not in line) == METADATA + text


def test_wheel_of_an_earlier_release(tmp_path: Path) -> None:
    """A wheel that differs by its secrets alone, as earlier releases wrote it, is replaced."""
    project = _project(tmp_path / "project")
    command = "lock-package --build --as-extra locked"
    assert poetry(project, command).code == 0
    wheel = project / "dist" / WHEEL
    before = wheel.read_bytes()
    write_wheel(wheel, metadata=_metadata(wheel).replace("git+https://", "git+https://ada:s3cret@").encode())

    run = poetry(project, command)

    assert run.code == 0
    assert wheel.read_bytes() == before

"""The metadata of the project, and the name and version of its lock package."""

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from poetry_plugin_lock_package.errors import LockPackageError, OptionError
from poetry_plugin_lock_package.project import Person, Release, checked_version, identify, read_project
from poetry_plugin_lock_package.text import one_line
from tests.kit import load

APP = Release("my-app", "1.0")


def _requires_python(folder: Path, *, project: str | None = None, poetry: str | None = None) -> str | None:
    text = '[project]\nname = "app"\nversion = "1"\n' + (f'requires-python = "{project}"\n' if project else "")
    if poetry:
        text += f'dynamic = ["dependencies"]\n[tool.poetry.dependencies]\npython = "{poetry}"\n'
    (folder / "pyproject.toml").write_text(text)
    return read_project(load(folder)).requires_python


@pytest.mark.parametrize(
    ("poetry", "specifier"),
    [
        ("^3.11", ">=3.11,<4.0"),
        ("~3.10", ">=3.10,<3.11"),
        (">=3.9 <3.13", ">=3.9,<3.13"),
        ("3.11.*", ">=3.11,<3.12"),
        ("3.11.4", "==3.11.4"),
        ("~2.7 || ^3.5", ">=2.7,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,<4.0"),
        (">=3.9,!=3.9.7", ">=3.9,!=3.9.7"),
        ("~3.9 || ~3.11", ">=3.9,!=3.10.*,<3.12"),
        (">3.9,<3.10 || >=3.11.4,<=3.12.1", ">3.9,<=3.12.1"),
        ("<3.10 || >3.11", "!=3.10.*"),  # 3.11.0 stays, as do all gaps of patch versions
        ("^2.7 || ^4.0", ">=2.7,!=3.*,<5.0"),
    ],
)
def test_requires_python(tmp_path: Path, poetry: str, specifier: str) -> None:
    """Poetry's range is written as a PEP 440 specifier set that is no narrower."""
    found = _requires_python(tmp_path, poetry=poetry)

    # Poetry's releases spell the same range differently.
    versions = [f"{major}.{minor}.{patch}" for major in (2, 3, 4) for minor in range(15) for patch in (0, 1, 4, 7, 9)]
    assert found is not None
    assert list(SpecifierSet(found).filter(versions)) == list(SpecifierSet(specifier).filter(versions))


def test_requires_python_as_declared(tmp_path: Path) -> None:
    """What a PEP 621 project declares is taken as it stands."""
    assert _requires_python(tmp_path, project=">= 3.10, != 3.11.2, <3.14") == ">= 3.10, != 3.11.2, <3.14"
    assert _requires_python(tmp_path, project=">=3.10", poetry=">=3.11,<3.13") == ">=3.11,<3.13"
    assert _requires_python(tmp_path) is None


def test_requires_python_that_is_no_specifier(tmp_path: Path) -> None:
    """A range that Poetry reads and PEP 440 does not know is rewritten."""
    found = _requires_python(tmp_path, project=">=3.9 || >=3.11")

    assert SpecifierSet(found or "") == SpecifierSet(">=3.9")


def test_one_line() -> None:
    """No text can bring a line end or a control character with it."""
    assert one_line("a\r\nClassifier: b\x00\x1b[31m\u2028 c ") == "a Classifier: b [31m c"
    assert one_line("a\u200db") == "a\u200db"


@pytest.mark.parametrize(
    ("entry", "people"),
    [
        ("Ada Lovelace <ada@example.org>", [Person("Ada Lovelace", "ada@example.org")]),
        ("Arik <<arik@example.org>>", [Person("Arik", "arik@example.org")]),
        ("Lovelace, Ada (Company/Team) <a@b.org>", [Person("Lovelace, Ada (Company/Team)", "a@b.org")]),
        ("ada@example.org", [Person("ada@example.org")]),
        ("<ada@example.org>", [Person("ada@example.org")]),
        ("A <B> C", [Person("A B C")]),
        ("Ada <ada at example.org>", [Person("Ada ada at example.org")]),
        ("Ada <ada@localhost>", [Person("Ada ada@localhost")]),
        ("", []),
    ],
)
def test_people(tmp_path: Path, entry: str, people: list[Person]) -> None:
    """Authors are taken apart into what PEP 621 has, and none stops the build."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    poetry = load(tmp_path)
    poetry.package.authors = [entry]

    assert read_project(poetry).authors == tuple(people)


def test_empty_range(tmp_path: Path) -> None:
    """A range that no Python is in is an error that shows it."""
    with pytest.raises(LockPackageError, match="allows no Python version"):
        _requires_python(tmp_path, project=">=3.10,<3.10", poetry=">=3.10,<3.10")


def test_urls(tmp_path: Path) -> None:
    """URLs lose their user info, and what poetry-core would refuse as a URL is left out."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.poetry]\nname = "app"\nversion = "1"\ndescription = ""\nauthors = []\n'
        'repository = "https://u:secret@x.org/r"\n[tool.poetry.urls]\nTodo = "TODO"\nDocs = "https://x.org/d"\n'
    )

    assert dict(read_project(load(tmp_path)).urls) == {
        "Repository": "https://x.org/r",
        "Docs": "https://x.org/d",
    }


@pytest.mark.parametrize(
    ("project", "lock_package"), [("app", "app-lock"), ("my-app", "my-app-lock"), ("my_app", "my_app_lock")]
)
def test_default(project: str, lock_package: str) -> None:
    """The name follows the style of the project's, and the version is the same."""
    assert identify(Release(project, "1.0"), None, None, None) == Release(lock_package, "1.0")


def test_options() -> None:
    """A name, a version and the number of a post-release replace what follows from the project."""
    assert identify(APP, "other", "2.0", None) == Release("other", "2.0")
    assert identify(APP, None, None, "7") == Release("my-app-lock", "1.0.post7")
    assert identify(APP, None, None, "0" * 20 + "7") == Release("my-app-lock", "1.0.post7")
    assert identify(APP, None, "2.0+cpu", "007") == Release("my-app-lock", "2.0.post7+cpu")


def test_own_wheel() -> None:
    """The project's own wheel keeps its name, and may be given that name explicitly."""
    assert identify(APP, None, None, None, own_wheel=True) == APP
    assert identify(APP, "My_App", None, "1", own_wheel=True) == Release("My_App", "1.0.post1")


@pytest.mark.parametrize(
    ("name", "version", "post", "problem"),
    [
        ("my app", None, None, "--name 'my app' is not a valid package name"),
        ("My_App", None, None, "--name 'My_App' is the name of the project itself"),
        *(
            (name, None, None, f"--name '{name}' is the name of a device on Windows, where no file can have it")
            for name in ("nul", "con", "NUL", "Con.txt", "nul.a.b", "prn", "aux", "com1", "lpt9")
        ),
        (None, None, "-1", "--post takes a number, such as a build number, not '-1'"),
        (None, None, "9" * 5000, "--post takes a number of at most 18 digits"),
        (None, "1.0.post1", "2", "--post cannot be added to 1.0.post1"),
        (None, "1.0.dev1", "2", "--post cannot be added to 1.0.dev1"),
    ],
)
def test_refused(name: str | None, version: str | None, post: str | None, problem: str) -> None:
    """A value that cannot be used is an error that names the option."""
    with pytest.raises(OptionError) as error:
        identify(APP, name, version, post)

    assert str(error.value).startswith(problem)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("name", ["nul-lock", "null", "console", "com10", "com0", "a.con"])
def test_similar_to_a_device(name: str) -> None:
    """Names that only look like that of a device are accepted."""
    assert identify(APP, name, None, None).name == name


def test_version() -> None:
    """A version is normalised, and anything else is refused, without repeating what is very long."""
    assert checked_version("v1.0-1") == "1.0.post1"
    with pytest.raises(OptionError, match="--set-version 'one' is not a version by PEP 440"):
        checked_version("one")
    with pytest.raises(OptionError, match=r"--set-version '999.*…' is not a version by PEP 440") as error:
        checked_version("9" * 5000)
    assert len(str(error.value)) < 200

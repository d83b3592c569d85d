"""User names, passwords and paths of the machine are nowhere but where they were, however much is shown."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from poetry_plugin_lock_package.deliver import Output, deliver
from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.plan import Options, plan
from poetry_plugin_lock_package.poetry_api import load_project
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from tests.e2e.programs import Programs
from tests.kit import CLASSIC, load, locked, make_old, only_wheel, poetry, tree, write_project

pytestmark = pytest.mark.e2e

URL = "https://user:secret@example.org"
PYPROJECT = (
    CLASSIC.replace("[tool.poetry.dep", f'homepage = "{URL}"\nrepository = "{URL}"\n\n[tool.poetry.dep')
    + f"""\
forked = {{ git = "{URL}/forked.git", branch = "main" }}
archive = {{ url = "{URL}/archive-1.0.zip" }}
inner = {{ version = "*", source = "company" }}
beside = {{ path = "../beside" }}

[tool.poetry.urls]
Docs = "{URL}/docs"

[[tool.poetry.source]]
name = "company"
url = "{URL}/simple"
priority = "explicit"
"""
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a password in each address that it can have."""
    git = {"type": "git", "url": f"{URL}/forked.git", "reference": "main", "resolved_reference": "5d1c" * 10}
    folder = write_project(
        tmp_path / "project",
        [
            locked("forked", source=git, requires=["inner"]),
            locked("archive", source={"type": "url", "url": f"{URL}/archive-1.0.zip"}),
            locked("inner", source={"type": "legacy", "url": f"{URL}/simple", "reference": "company"}),
            locked("beside", source={"type": "directory", "url": str(tmp_path / "beside")}),
        ],
        PYPROJECT,
    )
    (folder / "poetry.toml").write_text(
        f'[repositories.company]\nurl = "{URL}"\n\n[http-basic.company]\nusername = "user"\npassword = "secret"\n'
    )
    return folder


@pytest.mark.parametrize("arguments", ["--build", "", "--dry-run"])
def test_nothing_is_shown_or_written(programs: Programs, project: Path, arguments: str) -> None:
    """Not even with -vvv, when Poetry shows all it does; one warning names the packages."""
    before = tree(project)

    config = project.parent / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text("[installer]\nparallel = false\n")
    programs = replace(programs, environment={**programs.environment, "POETRY_CONFIG_DIR": str(config.parent)})

    run = programs.run(*programs.poetry_command(project), "lock-package", *arguments.split(), "-vvv")

    assert run.returncode == 0, run.stderr
    written = b"".join(text for name, text in tree(project).items() if name not in before)
    shown = run.stdout + run.stderr
    assert "secret" not in shown
    assert str(project.parent) not in shown
    assert b"secret" not in written
    assert str(project.parent).encode() not in written
    (warning,) = (line for line in run.stderr.splitlines() if "user name or password" in line)
    assert "archive, forked are pinned without the user name" in warning
    if arguments == "--build":
        direct = {line for line in only_wheel(project / "dist").requires if "@" in line}
        assert direct == {
            "archive @ https://example.org/archive-1.0.zip",
            f"forked @ git+https://example.org/forked.git@{'5d1c' * 10}",
        }


def _with(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(project: Path) -> None:
        text = (project / name).read_text(encoding="utf-8")
        assert old in text
        (project / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def _inconsistent(project: Path) -> None:
    make_old(project, "2.0")
    _with("poetry.lock", 'python-versions = "*"', 'python-versions = "<3.5"')(project)


def _file_in_the_way(project: Path) -> None:
    (project / "dist").write_text("")


# Errors of each kind, all about something with a password or a path in it.
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no project": (lambda project: (project / "pyproject.toml").unlink(), "could not find a pyproject.toml"),
    "no TOML": (_with("pyproject.toml", "[tool.poetry]", f'x = "{URL}\n[tool.poetry]'), "TOML file"),
    "no project's address": (_with("pyproject.toml", 'git = "', 'git = " '), "Invalid git url"),
    "no project's name": (_with("pyproject.toml", "example-package", f"{URL}/"), "name"),
    "no version": (_with("poetry.lock", 'version = "1.0"', f'version = "{URL}"'), "invalid version"),
    "no marker": (_with("poetry.lock", "optional = ", f'markers = "{URL}"\noptional = '), "No terminal matches"),
    "no dependency": (_with("poetry.lock", 'inner = "*"', f'inner = "{URL}"'), "Could not parse version constraint"),
    "no name": (_with("poetry.lock", '"forked"', f'"{URL}"'), "is not a valid package name"),
    "no git address": (_with("poetry.lock", "example.org/forked", "[::1/forked"), "in the git address of 'forked'"),
    "on this machine": (_with("poetry.lock", f"{URL}/archive", "file:///home/ada/archive"), "archive comes from"),
    "not consistent": (_inconsistent, "poetry.lock is inconsistent"),
    "a file in the way": (_file_in_the_way, "dist is a file"),
}


def _deliver(project: Path) -> None:
    loaded = load_project(lambda: load(project))
    deliver(plan(loaded, Options(ignore=(IgnorePattern.parse("x"),))), loaded, Output())


@pytest.mark.parametrize("damage", DAMAGES)
def test_errors(project: Path, damage: str) -> None:
    """Nor in an error, nor in what it is chained to."""
    make, words = DAMAGES[damage]
    make(project)
    before = tree(project)

    run = poetry(project, "lock-package --build --ignore nothing -vvv")

    assert run.code == 1
    assert words in run.err
    assert run.err.count("\n") == 1
    assert not {word for word in ("secret", str(project.parent), "/home") if word in run.out + run.err}
    assert tree(project) == before
    with pytest.raises(LockPackageError) as error:
        _deliver(project)
    chain = traceback.format_exception_only(error.type, error.value)
    assert error.value.__suppress_context__ or not error.value.__context__
    assert not {word for word in ("secret", str(project.parent), "/home") if word in "".join(chain)}

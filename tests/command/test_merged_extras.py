"""A locked package that requires another for its extras: for one of two, or under a condition without it."""

from pathlib import Path

import pytest

from tests.kit import CLASSIC, built, locked, make_old, only_wheel, poetry, write_project

# How Poetry locks two extras of a package that ask for one name at different versions: it needs only one of them.
EITHER = 'helper>=2 ; extra == "async" and extra == "fast"'
# Such a requirement where both extras are asked for, or one that stands for both, or one of them alone.
ASKED = ['["async", "fast"]', '["all"]', '["fast"]']
MERGED = 'helper ; sys_platform == "win32" or extra == "async"'


def make_project(folder: Path, framework: str) -> Path:
    """A project that requires ``framework``, which may need helper, and server, which always does."""
    packages = [locked("framework", requires=[MERGED]), locked("server", requires=["helper"]), locked("helper")]
    return write_project(folder, packages, f"{CLASSIC}framework = {framework}\nserver = '*'\n")


@pytest.mark.parametrize(
    ("framework", "pin"),
    [
        ('"*"', 'helper==1.0 ; sys_platform == "win32"'),
        ('{ version = "*", extras = ["async"] }', "helper==1.0"),
    ],
)
def test_condition_or_extra(tmp_path: Path, framework: str, pin: str) -> None:
    """Without the ignored package, the other is pinned where the condition holds, and everywhere with the extra."""
    project = make_project(tmp_path, framework)

    run = poetry(project, "lock-package --build --no-root --ignore server")

    assert run.code == 0
    assert only_wheel(project / "dist").requires == {"framework==1.0", pin}


def test_what_only_the_ignored_package_needed(tmp_path: Path) -> None:
    """What follows from the ignored package's own merged edge is dropped with it, condition and all."""
    packages = [
        locked("framework", requires=[MERGED]),
        locked("other"),
        locked("helper", marker='sys_platform == "win32"'),
    ]
    project = write_project(tmp_path, packages, f"{CLASSIC}framework = '*'\nother = '*'\n")

    run = poetry(project, "lock-package --build --no-root --ignore framework")

    assert "Dropped with them helper" in run.out
    assert only_wheel(project / "dist").requires == {"other==1.0"}


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_before_2_1(tmp_path: Path, version: str) -> None:
    """In older locks, Poetry's solver takes such a requirement for one of the extra alone, so it is dropped."""
    project = make_old(make_project(tmp_path, '"*"'), version)

    poetry(project, "lock-package --build --no-root --ignore server")

    assert only_wheel(project / "dist").requires == {"framework==1.0"}


def make_two_extras(folder: Path, asked: str, others: str = 'server = "*"\n') -> Path:
    """A project that requires framework with the extras ``asked``, two of which need helper, and server, which does."""
    framework = locked("framework", requires=[EITHER, 'framework[async,fast] ; extra == "all"'])
    packages = [framework, locked("server", requires=["helper"]), locked("helper", "2.0")]
    pyproject = f'{CLASSIC}framework = {{ version = "*", extras = {asked} }}\n{others}'
    return write_project(folder, packages, pyproject)


@pytest.mark.parametrize("asked", ASKED)
def test_two_extras_for_one_name(tmp_path: Path, asked: str) -> None:
    """What two extras need stays, and is explained, if any of them is asked for; without them it goes."""
    project = make_two_extras(tmp_path, asked)

    run = poetry(project, "lock-package --build --no-root --ignore server -v")

    assert only_wheel(project / "dist").requires == {"framework==1.0", "helper==2.0"}
    assert "helper==2.0  # via framework\n" in run.out
    assert "Kept helper, which server needed: framework still needs it" in run.out
    assert built(project, "--ignore framework")[0] == {"helper==2.0", "server==1.0"}


def test_two_extras_that_nobody_asks_for(tmp_path: Path) -> None:
    """What only extras that nobody asks for would need goes with the ignored package."""
    assert built(make_two_extras(tmp_path, "[]"), "--ignore server")[0] == {"framework==1.0"}


@pytest.mark.parametrize("asked", ASKED)
def test_warnings_about_two_extras_for_one_name(tmp_path: Path, asked: str) -> None:
    """The package with the extras is named as what needs an ignored package, or another version of a provided one."""
    project = make_two_extras(tmp_path, asked)
    (project / "list.txt").write_text("helper==1.5\n", encoding="utf-8")

    ignored = poetry(project, "lock-package --build --no-root --ignore helper")
    provided = poetry(project, "lock-package --build --no-root --provided list.txt")

    assert "helper (for framework, server)" in ignored.err
    assert "helper 1.5 is provided, framework requires >=2, locked 2.0" in provided.err


@pytest.mark.parametrize(("others", "options"), [("", ""), ('server = "*"\n', "--ignore server")])
@pytest.mark.parametrize("asked", ASKED)
def test_two_extras_for_one_name_before_2_1(tmp_path: Path, asked: str, others: str, options: str) -> None:
    """In older locks as well, any of the extras brings what they need."""
    project = make_old(make_two_extras(tmp_path, asked, others), "2.0")

    assert built(project, options)[0] == {"framework==1.0", "helper==2.0"}

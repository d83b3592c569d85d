"""Extras of the project, mirrored by the lock package, and packages that are required for extras of another."""

from pathlib import Path

import pytest

from tests.kit import CLASSIC, built, classic, locked, make_old, only_wheel, poetry, write_project

EXTRAS = classic(extras={"yaml": ["pyyaml"], "All_Formats": ["pyyaml", "toml"]})


def test_extras_are_mirrored(tmp_path: Path) -> None:
    """Each extra of the project is one of the lock package, and asks for the root with that extra."""
    both = 'extra == "yaml" or extra == "all-formats"'
    project = write_project(
        tmp_path,
        [
            locked("pyyaml", marker=both),
            locked("toml", marker='python_version < "3.11" and extra == "all-formats"'),
            locked("tomli", marker=f'sys_platform == "win32" or ({both})'),
            locked("cleo"),
        ],
        EXTRAS,
    )

    poetry(project, "lock-package --build")

    wheel = only_wheel(project / "dist")
    assert set(wheel.metadata.provides_extra or ()) == {"yaml", "all-formats"}
    assert wheel.requires == {
        "cleo==1.0",
        'tomli==1.0 ; sys_platform == "win32"',
        'tomli==1.0 ; extra == "yaml"',
        'tomli==1.0 ; extra == "all-formats"',
        'pyyaml==1.0 ; extra == "yaml"',
        'pyyaml==1.0 ; extra == "all-formats"',
        'toml==1.0 ; python_version < "3.11" and extra == "all-formats"',
        "example-package==0.1.0",
        'example-package[yaml]==0.1.0 ; extra == "yaml"',
        'example-package[all-formats]==0.1.0 ; extra == "all-formats"',
    }


def test_empty_extra(tmp_path: Path) -> None:
    """An extra for which nothing is locked is offered all the same."""
    project = write_project(tmp_path, [], EXTRAS)

    assert built(project)[0] == set()
    assert set(only_wheel(project / "dist").metadata.provides_extra or ()) == {"yaml", "all-formats"}


@pytest.mark.parametrize(
    ("marker", "requires", "warning"),
    [
        (
            'extra == "yaml" and extra == "all-formats"',
            set(),
            (
                "Warning: torch is needed only with several extras together. No extra of a wheel can say that, so it"
                " is not pinned. Build with --extras for each such set of extras [joint-extras]"
            ),
        ),
        (
            'extra != "yaml"',
            {"torch==2.0"},
            (
                "Warning: torch is pinned, but not with the extra yaml, and no extra of a wheel can remove a package."
                " Build with --extras yaml for environments that have it [extra-takes-away]"
            ),
        ),
    ],
)
def test_extras_that_pins_cannot_follow(tmp_path: Path, marker: str, requires: set[str], warning: str) -> None:
    """What core metadata cannot say about extras is said by a warning, unless the package is ignored."""
    project = write_project(tmp_path, [locked("torch", "2.0", marker=marker), locked("cleo")], EXTRAS)

    found, warnings = built(project)

    assert found == {"cleo==1.0", *requires}
    assert warnings[-1] == warning
    assert built(project, "--ignore torch") == ({"cleo==1.0"}, [])


def test_extra_that_is_asked_for_takes_away(tmp_path: Path) -> None:
    """What an extra removes is no matter for a warning where that extra is part of the pins in any case."""
    project = write_project(tmp_path, [locked("torch", marker='extra != "yaml"'), locked("cleo")], EXTRAS)

    assert built(project, "--extras yaml") == ({"cleo==1.0"}, [])


def test_exclusive_extras(tmp_path: Path) -> None:
    """Extras that exclude each other get their own version each, and a note."""
    project = write_project(
        tmp_path,
        [
            locked("torch", "2.0", marker='extra == "yaml" and extra != "all-formats"'),
            locked("torch", "2.1", marker='extra == "all-formats" and extra != "yaml"'),
        ],
        EXTRAS,
    )

    requires, warnings = built(project)

    assert requires == {'torch==2.0 ; extra == "yaml"', 'torch==2.1 ; extra == "all-formats"'}
    note = "Note: torch is locked under extras that exclude each other. Do not install those extras together"
    assert warnings == [f"{note} [exclusive-extras]"]


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


@pytest.mark.parametrize("asked", ASKED)
def test_warnings_about_two_extras_for_one_name(tmp_path: Path, asked: str) -> None:
    """The package with the extras is named as what needs an ignored package, or another version of a provided one."""
    project = make_two_extras(tmp_path, asked)
    (project / "list.txt").write_text("helper==1.5\n", encoding="utf-8")

    ignored = poetry(project, "lock-package --build --no-root --ignore helper")
    provided = poetry(project, "lock-package --build --no-root --provided list.txt")

    assert "helper (for framework, server)" in ignored.err
    assert "helper 1.5 is provided, but framework requires >=2 (locked: 2.0)" in provided.err


@pytest.mark.parametrize(("others", "options"), [("", ""), ('server = "*"\n', "--ignore server")])
@pytest.mark.parametrize("asked", ASKED)
def test_two_extras_for_one_name_before_2_1(tmp_path: Path, asked: str, others: str, options: str) -> None:
    """In older locks as well, any of the extras brings what they need."""
    project = make_old(make_two_extras(tmp_path, asked, others), "2.0")

    assert built(project, options)[0] == {"framework==1.0", "helper==2.0"}

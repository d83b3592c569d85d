"""Settings of a project, empty values, and `--strict`."""

from pathlib import Path

import pytest

from poetry_plugin_lock_package.cli.options import OPTIONS, Kind
from tests.kit import CLASSIC, Run, classic, locked, only_wheel, poetry, tree, write_project

SETTINGS = "[tool.poetry-lock-package]\n"
PYPROJECT = classic("a", "b", extras={"ex": ["x"], "why": ["y"]}, groups={"dev": ["d"], "docs": ["e"]}) + SETTINGS
PACKAGES = (
    *map(locked, "ab"),
    locked("x", marker='extra == "ex"'),
    locked("y", marker='extra == "why"'),
    locked("d", groups=["dev"]),
    locked("e", groups=["docs"]),
)


# Each pinned name is one letter, and + the project itself.
@pytest.mark.parametrize(
    ("settings", "options", "expected"),
    [
        ('ignore = "a"', "", "b+"),
        ('ignore = ["a"]', "--ignore b", "+"),
        ('ignore = ["a", "b"]', "", "+"),
        ("no-root = true", "", "ab"),
        ("no-root = false", "", "ab+"),
        ("no-root = false", "--no-root", "ab"),
        ('with = "dev"', "", "abd+"),
        ('with = ["dev", "docs"]', "--without docs", "ab+"),
        ('with = ["dev", "docs"]\nwithout = "docs"', "", "abd+"),
        ("all-groups = true", "", "abde+"),
        ("all-groups = true", "--with dev", "abd+"),
        ('only = "dev docs"', "", "de"),
        ('only = "dev"', "--all-groups", "abde+"),
        ('extras = "ex"', "", "abx+"),
        ('extras = ["ex"]', "--extras why", "aby+"),
        ('extras = ["ex"]', "--all-extras", "abxy+"),
        ("all-extras = true", "-E ex", "abx+"),
        ("all-extras = false", "", "ab+"),
    ],
)
def test_pins(tmp_path: Path, settings: str, options: str, expected: str) -> None:
    """A setting is its option; one that is given wins over those that it is a choice with; `--ignore` adds."""
    project = write_project(tmp_path, PACKAGES, PYPROJECT + settings + "\n")

    run = poetry(project, f"lock-package --build {options}")

    assert run.code == 0, run.err
    requires = only_wheel(project / "dist").requires
    names = {line.partition("==")[0].partition("[")[0] for line in requires if "extra ==" not in line}
    assert names == {*expected.replace("+", ""), *(["example-package"] if "+" in expected else [])}


def test_name_version_and_output(tmp_path: Path) -> None:
    """What the lock package is called and where it goes can be set, and changed for one run."""
    settings = 'name = "environment"\nset-version = "7"\noutput = "wheels"\n'
    project = write_project(tmp_path, [], CLASSIC + SETTINGS + settings)

    assert poetry(project, "lock-package --build").code == 0
    assert poetry(project, "lock-package --build --name other --set-version 8 --output elsewhere").code == 0

    assert only_wheel(project / "wheels").path.name == "environment-7-py3-none-any.whl"
    assert only_wheel(project / "elsewhere").path.name == "other-8-py3-none-any.whl"


def test_settings_do_not_imply_a_build(tmp_path: Path) -> None:
    """As settings, what a wheel is and where it goes is for the runs that build one."""
    project = write_project(tmp_path, PACKAGES, PYPROJECT + 'output = "wheels"\nproject-wheel = true\n')

    run = poetry(project, "lock-package")

    assert (run.code, run.err) == (0, "")
    assert (project / "example-package-lock").is_dir()
    assert not (project / "wheels").exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            'ignroe = "a"',
            "tool.poetry-lock-package.ignroe in pyproject.toml is not a setting. Did you mean ignore?",
        ),
        ("build = true", "package.build in pyproject.toml is not a setting. Give --build on the command line"),
        ("zz = true", "package.zz in pyproject.toml is not a setting. The settings are all-extras, all-groups, as-"),
        ("[tool.lock-package]", "tool.lock-package in pyproject.toml has no effect. Rename it to tool.poetry-lock-p"),
        ("[tool.poetry_lock_package]", "tool.poetry_lock_package in pyproject.toml has no effect."),
        ('"no\\nroot" = true', "is not a setting. Did you mean no-root?"),
        ("ignore = 1", "tool.poetry-lock-package.ignore in pyproject.toml has to be a text or a list of texts"),
        ("with = [1]", "tool.poetry-lock-package.with in pyproject.toml has to be a text or a list of texts"),
        ('no-root = "yes"', "tool.poetry-lock-package.no-root in pyproject.toml has to be true or false"),
        ('output = "a\\u0000b"', "tool.poetry-lock-package.output in pyproject.toml contains a null character"),
        ("name = []", "tool.poetry-lock-package.name in pyproject.toml has to be a text"),
        ('name = "-"', " between them (pyproject.toml, tool.poetry-lock-package: name)\n"),
        (
            'ignore = "("',
            "missing ), unterminated subpattern at position 0 (pyproject.toml, tool.poetry-lock-package: ignore)",
        ),
        ('with = "zz"', "docs, main (pyproject.toml, tool.poetry-lock-package: with)\n"),
        (
            "no-root = true\nproject-wheel = true",
            "Choose one of them (pyproject.toml, tool.poetry-lock-package: no-root, project-wheel)\n",
        ),
        ('extras = "zz"', "Extra [zz] is not specified."),
    ],
)
def test_mistakes(tmp_path: Path, settings: str, message: str) -> None:
    """What is no setting or cannot be its value is an error of one line that names it, and nothing is written."""
    project = write_project(tmp_path, PACKAGES, PYPROJECT + settings + "\n")
    before = tree(project)

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert message in run.err
    assert run.err.count("\n") == 1
    assert tree(project) == before


def test_not_a_table(tmp_path: Path) -> None:
    """The settings are a table."""
    project = write_project(tmp_path, [], CLASSIC + '[tool]\npoetry-lock-package = "x"\n')

    run = poetry(project, "lock-package")

    assert (run.code, run.err) == (1, "Error: tool.poetry-lock-package in pyproject.toml has to be a table\n")


def test_mistake_in_an_option(tmp_path: Path) -> None:
    """What is given on the command line is not laid at the door of the settings."""
    project = write_project(tmp_path, PACKAGES, PYPROJECT + 'name = "fine"\nwithout = "docs"\n')

    run = poetry(project, "lock-package --name -x --with dev")

    assert (run.code, run.err.count("pyproject.toml")) == (1, 0)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path, [locked("a")], f'{classic(extras={"x": ["a"]})}{SETTINGS}name = "pins"\n')


@pytest.mark.parametrize(
    ("name", "values"),
    [
        *((spec.name, (value,)) for spec in OPTIONS if spec.kind is not Kind.FLAG for value in ("''", "' '")),
        *((spec.name, ("x", "''")) for spec in OPTIONS if spec.kind is Kind.LIST),
    ],
)
def test_empty(project: Path, name: str, values: tuple[str, ...]) -> None:
    """What is meant is not known: one line says which option it is, not a setting, and nothing is written."""
    before = tree(project)

    run = poetry(project, f"lock-package --build {' '.join(f'--{name} {value}' for value in values)}")

    assert run == Run(1, "", f"Error: --{name} is empty. Give a value, or leave the option out\n")
    assert tree(project) == before


@pytest.mark.parametrize(
    ("arguments", "setting", "error"),
    [
        ("--strict --ignore flask --build", "", "the warning above is an error"),
        ("--strict --ignore flask", "", "the warning above is an error"),
        ("--strict --ignore flask --build --dry-run", "", "the warning above is an error"),
        ("--strict --ignore flask --ignore jinja --build", "", "the 2 warnings above are errors"),
        (
            "--ignore flask --build",
            "strict = true",
            "the warning above is an error (pyproject.toml, tool.poetry-lock-package: strict)",
        ),
    ],
)
def test_strict(tmp_path: Path, arguments: str, setting: str, error: str) -> None:
    """The warnings are said, the run fails, with where that was set, and nothing has changed."""
    project = write_project(tmp_path, [locked("a")], f"{classic('a')}{SETTINGS}{setting}\n")
    before = tree(project)

    run = poetry(project, f"lock-package {arguments}")

    assert run.code == 1
    *warnings, last = run.err.splitlines()[-1 - arguments.count("--ignore") :]
    assert [warning.partition(" matches")[0] for warning in warnings] == [
        f"Warning: --ignore {name}" for name in ("flask", "jinja") if name in arguments
    ]
    assert last == f"Error: Nothing was written, because with --strict {error}"
    assert tree(project) == before

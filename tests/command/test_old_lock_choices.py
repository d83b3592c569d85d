"""What old locks leave open: versions by environment and by extra, and which extras bring what."""

from pathlib import Path

import pytest

from tests.kit import CLASSIC, locked, make_old, only_wheel, pinned, poetry, write_project

_FORK = (locked("lib", "1.0"), locked("lib", "2.0"), locked("client", requires=["lib>=1"]))


def _build(tmp_path: Path, packages: object, dependencies: str) -> Path:
    project = make_old(write_project(tmp_path, packages, CLASSIC + dependencies), "2.0")  # type: ignore[arg-type]
    run = poetry(project, "lock-package --build --no-root")
    assert run.code == 0, run.err
    return project


def test_ignore_what_an_extra_names_too(tmp_path: Path) -> None:
    """What is not optional is a reason for what it needs without the extra as well, so that goes with it."""
    dependencies = """\
base = "*"
side = { version = "*", markers = "sys_platform == 'win32'" }
real = { version = "*", optional = true }
[tool.poetry.extras]
all = ["base", "side", "real"]
"""
    packages = [
        locked("base", requires=["deep"]),
        locked("side", requires=["deep"]),
        locked("real", requires=["deep"]),
        locked("deep"),
    ]
    project = make_old(write_project(tmp_path, packages, CLASSIC + dependencies), "2.0")

    run = poetry(project, "lock-package --build --no-root --ignore base")

    assert run.code == 0
    assert only_wheel(project / "dist").requires == {
        'deep==1.0 ; sys_platform == "win32"',
        'side==1.0 ; sys_platform == "win32"',
        'deep==1.0 ; extra == "all"',
        'real==1.0 ; extra == "all"',
    }


ASKED_TWICE = """\
[project]
name = "example-package"
version = "0.1.0"
requires-python = ">=3.9"
dependencies = ["lib[{asked}] ; sys_platform == 'win32'", "other ; platform_machine == 'arm64'"]
[project.optional-dependencies]
more = ["lib[b,a]"]
[tool.poetry]
package-mode = false
"""


@pytest.mark.parametrize(
    ("asked", "expected", "on_windows"),
    [
        # Poetry's solver knows the package with each set of extras by its own name.
        ("a", {"other==1.0"}, {"lib==1.0", "helper==1.0"}),
        # The same set: what the project requires in any case is in the solution, its marker aside.
        ("a,b", {"lib==1.0", "helper==1.0", "other==1.0"}, {"lib==1.0", "helper==1.0"}),
        # A package with extras brings the package itself into the solution, but what the extras need stays optional.
        ("", {"lib==1.0", "other==1.0"}, {"lib==1.0"}),
    ],
)
def test_one_package_with_two_sets_of_extras(
    tmp_path: Path, asked: str, expected: set[str], on_windows: set[str]
) -> None:
    """What is required with some extras is installed only where exactly those extras are asked for together."""
    packages = [
        locked("lib", requires=['helper ; extra == "a"', 'helper ; extra == "b"']),
        locked("helper"),
        locked("other"),
    ]
    project = make_old(write_project(tmp_path, packages, ASKED_TWICE.format(asked=asked).replace("[]", "")), "2.0")
    run = poetry(project, "lock-package --build --no-root")

    assert run.code == 0, run.err
    assert pinned(project, platform_machine="arm64") == expected
    assert pinned(project, "more") == {"lib==1.0", "helper==1.0"}
    assert pinned(project, sys_platform="win32", os_name="nt", platform_system="Windows") == on_windows


EXCLUSIVE = """\
lib = [
    { version = "1.0", optional = true, markers = "extra == 'one' and extra != 'two'" },
    { version = "2.0", optional = true, markers = "extra == 'two' and extra != 'one'" },
]
[tool.poetry.extras]
one = ["lib"]
two = ["lib"]
"""


@pytest.mark.parametrize(
    ("arguments", "requires", "warning"),
    [
        (
            "",
            {'lib==1.0 ; extra == "one"', 'lib==2.0 ; extra == "two"'},
            "lib is locked under extras that exclude each other",
        ),
        ("--extras two", {"lib==2.0"}, "lib is pinned, but not with the extra one"),
    ],
)
def test_extras_that_exclude_each_other(tmp_path: Path, arguments: str, requires: set[str], warning: str) -> None:
    """Each extra, in the base or not, gets what Poetry installs with it alone; that both do not go together is said."""
    project = make_old(write_project(tmp_path, _FORK[:2], CLASSIC + EXCLUSIVE), "2.0")

    run = poetry(project, f"lock-package --build --no-root {arguments}")

    assert only_wheel(project / "dist").requires == requires
    assert warning in run.err


def test_an_extra_without_a_solution(tmp_path: Path) -> None:
    """An extra that Poetry cannot install has no pins; what is installed without it is not concerned."""
    dependencies = """\
client = "*"
lib = { version = ">=3", optional = true, markers = "extra == 'new'" }
[tool.poetry.extras]
new = ["lib"]
"""
    project = make_old(write_project(tmp_path, _FORK, CLASSIC + dependencies), "2.0")

    run = poetry(project, "lock-package --build --no-root")

    assert run.code == 0
    assert 'poetry.lock cannot be installed where extra == "new", so nothing is pinned there' in run.err
    assert pinned(project) == {"client==1.0", "lib==2.0"}


_INDEX = {"type": "legacy", "url": "https://torch.example.org/whl", "reference": "torch"}
_TORCH = """
[[tool.poetry.source]]
name = "torch"
url = "https://torch.example.org/whl"
priority = "explicit"
"""


@pytest.mark.parametrize("packages", [[locked("lib")], [locked("lib"), locked("other", source=_INDEX)]])
@pytest.mark.parametrize("origin", ["version = '*', source = 'torch'", "git = 'https://git.example.org/lib.git'"])
def test_a_source_that_lacks_a_package(tmp_path: Path, packages: list[object], origin: str) -> None:
    """Where Poetry cannot take a package from where it should, a warning says so; elsewhere, everything is pinned."""
    required = (
        f"lib = [{{ {origin}, markers = \"os_name == 'nt'\" }}, {{ version = '*', markers = \"os_name != 'nt'\" }}]"
    )
    if len(packages) > 1:
        required += '\nother = { version = "*", source = "torch" }'
    project = make_old(write_project(tmp_path, packages, CLASSIC + required + _TORCH), "2.0")  # type: ignore[arg-type]

    run = poetry(project, "lock-package --build --no-root")

    assert run.code == 0, run.err
    assert 'poetry.lock cannot be installed where os_name == "nt", so nothing is pinned there' in run.err
    names = ["lib", "other"][: len(packages)]
    assert only_wheel(project / "dist").requires == {f'{name}==1.0 ; os_name != "nt"' for name in names}


def test_a_source_without_packages_everywhere(tmp_path: Path) -> None:
    """A lock that Poetry can install nowhere is an error with Poetry's reason."""
    required = 'lib = { version = "*", source = "torch" }\n'
    project = make_old(write_project(tmp_path, [locked("lib")], CLASSIC + required + _TORCH), "2.0")

    run = poetry(project, "lock-package --build --no-root")

    assert run.code == 1
    assert 'poetry.lock is inconsistent: Repository "torch" does not exist' in run.err
    assert not (project / "dist").exists()


def test_a_version_in_two_sources(tmp_path: Path) -> None:
    """Poetry takes it from the source that is first in the lock, even if that is due to a package with one version."""
    packages = [
        locked("a", source=_INDEX),
        locked("lib", "0.1"),
        *(
            locked("lib", source=source, requires=[f"from-{name}"])
            for name, source in (("default", None), ("torch", _INDEX))
        ),
        locked("from-default"),
        locked("from-torch"),
    ]
    project = _build(tmp_path, packages, 'a = "*"\nlib = "*"\n')

    assert only_wheel(project / "dist").requires == {"a==1.0", "lib==1.0", "from-torch==1.0"}


def test_a_choice_that_opens_another(tmp_path: Path) -> None:
    """If what the solver decides about one name leaves another open, it decides on both together."""
    packages = [
        locked("a", "1.0", requires=["b>=1"]),
        locked("a", "2.0", requires=["b>=2"]),
        locked("b", "1.0"),
        locked("b", "2.0"),
        locked("c", requires=["a>=1"]),
        locked("d", requires=["a<2", "b<2"]),
    ]

    project = _build(tmp_path, packages, 'c = "*"\nd = "*"\n')

    assert only_wheel(project / "dist").requires == {"a==1.0", "b==1.0", "c==1.0", "d==1.0"}

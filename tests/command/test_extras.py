"""Extras of the project, mirrored by the lock package."""

from pathlib import Path

import pytest

from tests.kit import CLASSIC, built, locked, only_wheel, poetry, write_project

EXTRAS = (
    CLASSIC
    + """\
pyyaml = { version = "*", optional = true }
toml = { version = "*", optional = true }

[tool.poetry.extras]
yaml = ["pyyaml"]
All_Formats = ["pyyaml", "toml"]
"""
)


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
                "Warning: Needed only with several extras together, which no extra of a wheel can say, so not pinned:"
                " torch. Build with --extras for each such set of extras"
            ),
        ),
        (
            'extra != "yaml"',
            {"torch==2.0"},
            (
                "Warning: The extra yaml removes what is pinned without it, which no extra of a wheel can do: torch."
                " Build with --extras yaml for environments that have it"
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
    """Extras that exclude each other get their own version each, and a warning."""
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
    assert warnings == [
        "Warning: Locked under extras that exclude each other: torch. Do not install those extras together"
    ]

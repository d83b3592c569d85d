"""Which dependency groups and which extras are pinned: the options of `poetry export` and `poetry install`."""

from pathlib import Path

import pytest

from tests.kit import classic, locked, only_wheel, poetry, write_project

PYPROJECT = (
    classic(
        "base",
        extras={"yaml": ["pyyaml"], "all": ["pyyaml", "toml"]},
        groups={"Dev_Tools": ["pytest"], "docs": ["sphinx", "base"]},
    )
    + "[tool.poetry.group.docs]\noptional = true\n"
)
ROOT = {"example-package==0.1.0"}
# The extras without the project itself.
BARE = {'pyyaml==1.0 ; extra == "yaml"', 'pyyaml==1.0 ; extra == "all"', 'toml==1.0 ; extra == "all"'}
MIRRORED = BARE | {
    'example-package[yaml]==0.1.0 ; extra == "yaml"',
    'example-package[all]==0.1.0 ; extra == "all"',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two extras, a group and an optional group, which share packages."""
    base, info = locked("base", groups=("main", "docs"), marker='sys_platform == "win32"')
    info.markers["docs"] = info.markers["main"].invert()  # type: ignore[index]
    return write_project(
        tmp_path / "project",
        [
            (base, info),
            locked("pyyaml", marker='extra == "yaml" or extra == "all"'),
            locked("toml", marker='extra == "all"'),
            locked("pytest", groups=("Dev_Tools",), requires=["pluggy"]),
            locked("pluggy", groups=("Dev_Tools",)),
            locked("sphinx", groups=("docs",)),
        ],
        PYPROJECT,
    )


MAIN = {'base==1.0 ; sys_platform == "win32"'}
DEV = {"pytest==1.0", "pluggy==1.0"}
DOCS = {'base==1.0 ; sys_platform != "win32"', "sphinx==1.0"}


@pytest.mark.parametrize(
    ("arguments", "requires"),
    [
        ("", ROOT | MAIN | MIRRORED),
        ("--with Dev_Tools", ROOT | MAIN | MIRRORED | DEV),
        ("--with Dev_Tools,docs", ROOT | MIRRORED | DEV | {"base==1.0", "sphinx==1.0"}),
        ("--with 'Dev_Tools docs'", ROOT | MIRRORED | DEV | {"base==1.0", "sphinx==1.0"}),
        ("--with 'Dev_Tools, docs' --without docs", ROOT | MAIN | MIRRORED | DEV),
        ("--all-groups", ROOT | MIRRORED | DEV | {"base==1.0", "sphinx==1.0"}),
        ("--only docs", DOCS),
        ("--only docs --with Dev_Tools", DOCS),
        ("--only docs --only Dev_Tools", DOCS | DEV),
        ("--only 'DEV.tools DOCS'", DOCS | DEV),
        ("--only main", ROOT | MAIN | MIRRORED),
        ("--without main --with docs", DOCS),
        ("--all-groups --no-root --ignore pytest", BARE | {"base==1.0", "sphinx==1.0"}),
        # The project's own metadata has no groups: what only a group needs does not come back with the project.
        ("--with Dev_Tools --ignore pytest", ROOT | MAIN | MIRRORED),
    ],
)
def test_groups(project: Path, arguments: str, requires: set[str]) -> None:
    """Groups are chosen as in `poetry export`, in any spelling; the project belongs to main; `--only` wins."""
    run = poetry(project, f"lock-package --build {arguments}")

    has_no_effect = "--only" in arguments and "--with" in arguments
    warning = "Warning: --with and --without have no effect together with --only [groups-without-effect]\n"
    assert (run.code, run.err) == (0, warning if has_no_effect else "")
    assert only_wheel(project / "dist").requires == requires


@pytest.mark.parametrize(
    ("arguments", "requires"),
    [
        (
            "--extras yaml",
            {
                "example-package[yaml]==0.1.0",
                "pyyaml==1.0",
                'example-package[all]==0.1.0 ; extra == "all"',
                'toml==1.0 ; extra == "all"',
            },
        ),
        *(
            (arguments, {"example-package[all,yaml]==0.1.0", "pyyaml==1.0", "toml==1.0"})
            for arguments in ("-E yaml,all", "-E 'all yaml'", "-E yaml -E ALL", "--all-extras")
        ),
        ("--all-extras --no-root --ignore toml", {"pyyaml==1.0"}),
    ],
)
def test_extras(project: Path, arguments: str, requires: set[str]) -> None:
    """The pins of an extra that is asked for are base pins; the others stay extras."""
    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0, run.err
    wheel = only_wheel(project / "dist")
    assert wheel.requires == requires | MAIN
    assert set(wheel.metadata.provides_extra or ()) == {"yaml", "all"}


def test_extras_belong_to_main(project: Path) -> None:
    """Without main there is nothing that an extra could bring, so none is offered."""
    run = poetry(project, "lock-package --build --only docs --extras yaml")

    assert run.code == 0
    wheel = only_wheel(project / "dist")
    assert wheel.requires == DOCS
    assert not wheel.metadata.provides_extra


@pytest.mark.parametrize(
    ("arguments", "requires", "warning"),
    [
        (
            "--extras yaml",
            {"torch==2.0"},
            (
                "torch is pinned, but not with the extra all, and no extra of a wheel can remove a package. Build with"
                " --extras all for environments that have it [extra-takes-away]"
            ),
        ),
        (
            "--all-extras",
            set(),
            (
                "torch is not pinned, because the extras that were asked for exclude each other. Choose extras that"
                " go together [extras-asked-for-exclude-each-other]"
            ),
        ),
    ],
)
def test_excluded_extras(project: Path, arguments: str, requires: set[str], warning: str) -> None:
    """Of extras that exclude each other, one that is asked for gets its version; together they bring nothing."""
    packages = [
        locked("torch", "2.0", marker='extra == "yaml" and extra != "all"'),
        locked("torch", "2.1", marker='extra == "all" and extra != "yaml"'),
        locked("torch", "2.2", marker='extra != "all" and extra != "yaml"'),
    ]
    write_project(project, packages, PYPROJECT)

    run = poetry(project, f"lock-package --build --no-root {arguments}")

    assert only_wheel(project / "dist").requires == requires
    nothing = "poetry.lock has packages, but the project needs none of them, so nothing is pinned. Check the groups and"
    expected = [f"{nothing} extras that you have chosen [no-pins]", warning] if not requires else [warning]
    assert run.err.splitlines() == [f"Warning: {line}" for line in expected]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("--with tests", "Group(s) not found: tests (via --with). {groups}"),
        ("--only 'tests docs'", "Group(s) not found: tests (via --only). {groups}"),
        ("--extras pdf", "Extra [pdf] is not specified. {extras}"),
        ("--extras 'yaml pdf' -E csv", "Extra [csv, pdf] is not specified. {extras}"),
        ("--extras yaml --all-extras", "You cannot specify explicit `--extras` while using `--all-extras`."),
        (
            "--with docs --all-groups",
            "You cannot specify explicit `--with`, `--without` or `--only` while using `--all-groups`.",
        ),
    ],
)
def test_refused(project: Path, arguments: str, error: str) -> None:
    """Unknown names and contradictions are refused as Poetry refuses them, with nothing written."""
    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 1
    groups, extras = "The project has these groups: dev-tools, docs, main", "The project has these extras: all, yaml"
    assert run.err == f"Error: {error.format(groups=groups, extras=extras)}\n"
    assert not (project / "dist").exists()

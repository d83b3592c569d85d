"""Versions, recorded markers, forks and groups."""

from pathlib import Path

import pytest
from poetry.core.factory import Factory as CoreFactory
from poetry.core.version.markers import parse_marker

from tests.kit import CLASSIC, LOCK_PROJECT, built, locked, poetry, tree, write_project


@pytest.mark.parametrize("version", ["2.0+cpu", "1!2.0", "3.0rc1", "1.0.dev4", "1.0.post2", "4.24.0.20241221"])
def test_versions(tmp_path: Path, version: str) -> None:
    """Every kind of version is pinned exactly."""
    assert built(write_project(tmp_path, [locked("some", version)]))[0] == {f"some=={version}"}


def test_several_versions_for_one_environment(tmp_path: Path) -> None:
    """What no installer can follow is pinned as it is locked, and that is said, with the remedy for each such name."""
    packages = [
        locked("a", "1.0"),
        locked("a", "2.0", marker='sys_platform == "win32"'),
        locked("b", "1.0"),
        locked("b", "2.0"),
        locked("fork", "1.0", marker='sys_platform == "win32"'),
        locked("fork", "2.0", marker='sys_platform != "win32"'),
    ]

    requires, warnings = built(write_project(tmp_path, packages, CLASSIC + 'a = "*"\nfork = "*"\n'))

    assert {"a==1.0", 'a==2.0 ; sys_platform == "win32"', "b==1.0", "b==2.0"} <= requires
    several = "are locked for one environment, and pip cannot install several versions."
    assert warnings == [
        (
            f"Warning: a 1.0, a 2.0 {several} Correct the markers in pyproject.toml, and run `poetry lock`"
            " [several-versions]"
        ),
        (
            f"Warning: b 1.0, b 2.0 {several} Add one version to the dependencies in pyproject.toml, and run"
            " `poetry lock` [several-versions]"
        ),
    ]


@pytest.mark.parametrize(
    "marker",
    [
        'python_version >= "3.10" and python_version < "3.12"',
        'sys_platform == "win32" or platform_machine == "arm64"',
        'python_full_version < "3.11.4"',
        'platform_python_implementation != "PyPy" and (os_name == "nt" or sys_platform == "darwin")',
        'platform_system != "Windows" and platform_machine != "ppc64le" and platform_machine != "s390x"',
        '"tegra" not in platform_version',
    ],
)
def test_recorded_markers(tmp_path: Path, marker: str) -> None:
    """A recorded marker arrives in the wheel letter for letter."""
    assert built(write_project(tmp_path, [locked("some", marker=marker)]))[0] == {f"some==1.0 ; {marker}"}


def test_contradiction(tmp_path: Path) -> None:
    """A package that is locked for no environment at all is not pinned (poetry-core would drop its marker)."""
    project = write_project(tmp_path, [locked("never", marker="<empty>"), locked("cleo")])
    lock = project / "poetry.lock"
    contradiction = '\'sys_platform == "linux" and sys_platform == "win32"\''
    lock.write_text(lock.read_text().replace('"<empty>"', contradiction))

    assert built(project)[0] == {"cleo==1.0"}


def test_group_that_never_reaches_a_package(tmp_path: Path) -> None:
    """A group whose marker is empty adds nothing to the other groups' markers, in the wheel and in the lock project."""
    docs = '[tool.poetry.group.docs.dependencies]\nnever = "*"\n[tool.poetry.group.api.dependencies]\nnever = "*"\n'
    markers = {
        "main": '(sys_platform == "win32" or python_version == "3.10") and os_name == "nt"',
        "api": '(platform_machine == "arm64" or python_version < "3.12") and implementation_name == "cpython"',
        "docs": "<empty>",
    }
    package, info = locked("never", groups=markers)
    info.markers = {group: parse_marker(markers[group]) for group in info.groups}
    project = write_project(tmp_path, [(package, info)], CLASSIC + docs)

    requires, _ = built(project, "--with api,docs")
    run = poetry(project, "lock-package --with api,docs")

    assert requires == {f"never==1.0 ; {markers['main']} or {markers['api']}"}
    assert run.code == 0
    (dependency,) = CoreFactory().create_poetry(project / LOCK_PROJECT).package.requires[1:]
    assert str(dependency.marker) == f"{markers['main']} or {markers['api']}"


@pytest.mark.parametrize(
    "condition",
    [
        'implementation_version >= "3.11"',
        'platform_release >= "5.10.0-tegra"',
    ],
)
@pytest.mark.parametrize("options", ["", "--build", "--build --ignore other"])
def test_markers_that_pip_reads_differently(tmp_path: Path, condition: str, options: str) -> None:
    """What pip compares as versions and Poetry as text, or not at all, is refused before anything is written."""
    marker = f'{condition} and os_name == "posix"'
    packages = [locked("some", marker=marker, requires=["needed"]), locked("other", requires=["needed"])]
    pyproject = f"{CLASSIC}some = {{ version = '*', markers = '{marker}' }}\nother = '*'\n"
    project = write_project(tmp_path, [*packages, locked("needed")], pyproject)
    before = tree(project)

    run = poetry(project, f"lock-package {options}")

    assert (run.code, len(run.err.splitlines())) == (1, 1)
    assert "some has a marker that pip and Poetry read differently" in run.err
    assert tree(project) == before


@pytest.mark.parametrize("condition", ['platform_release >= "10.0"', 'platform_version == "10.0"'])
def test_platform_release(tmp_path: Path, condition: str) -> None:
    """Markers on which some versions of pip fail are pointed out, with what can be done."""
    marker = f'{condition} and platform_system == "Darwin"'
    project = write_project(tmp_path, [locked("pyobjc-core", marker=marker), locked("cleo")])

    _, warnings = built(project)

    assert warnings == [
        (
            "Warning: pyobjc-core has a marker with platform_release or platform_version, on which pip 24.1 to 25.3"
            " fails where the kernel has a name like 6.1.0-13-amd64. Use --ignore if it is not needed"
            " [platform-release]"
        )
    ]

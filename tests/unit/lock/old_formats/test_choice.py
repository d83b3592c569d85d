"""What the solver need not be asked about, and which values of environment markers occur together."""

import pytest
from poetry.core.packages.package import Package
from poetry.core.packages.project_package import ProjectPackage
from poetry.packages.transitive_package_info import TransitivePackageInfo

from poetry_plugin_lock_package.lock.old_formats.candidates import Candidates, known_platforms, read_candidates
from poetry_plugin_lock_package.lock.old_formats.choice import names_behind, narrow, parts, reached_nodes
from poetry_plugin_lock_package.markers.regions import EVERYWHERE, NOWHERE
from tests.kit import locked


def _candidates(*packages: tuple[Package, TransitivePackageInfo]) -> Candidates:
    """``packages`` as candidates for a project that requires the last one."""
    root = ProjectPackage("project", "1.0")
    root.python_versions = ">=3.9"
    root.add_dependency(packages[-1][0].to_dependency().with_constraint("*"))
    (candidates,) = read_candidates(root, [package for package, _ in packages], [frozenset()])
    return candidates


def test_one_choice() -> None:
    """Requirements that each lead to the same version leave nothing open, and rule the others out."""
    candidates = _candidates(
        locked("lib"),
        locked("lib", "2.0"),
        locked("b", requires=["lib>=2"]),
        locked("a", requires=["b", "lib>=1", 'lib<2 ; python_version < "3"']),
    )

    narrowed = narrow(candidates, candidates.allowed)

    assert narrowed.open == NOWHERE
    assert narrowed.chosen == (NOWHERE, EVERYWHERE, EVERYWHERE, EVERYWHERE)


def test_two_choices() -> None:
    """Where one requirement alone would lead to another version, the order matters: that is open, and only there."""
    candidates = _candidates(
        locked("lib"), locked("lib", "2.0"), locked("a", requires=["lib", 'lib<2 ; sys_platform == "win32"'])
    )

    narrowed = narrow(candidates, candidates.allowed)

    assert candidates.environments.markers(narrowed.open)[0].validate({"sys_platform": "win32"})
    assert not candidates.environments.markers(narrowed.open)[0].validate({"sys_platform": "linux"})
    assert narrowed.disputed == {"lib"}


def test_local_versions_are_left_to_the_solver() -> None:
    """Poetry takes a local version for the public one now and then, so the solver has to say which."""
    candidates = _candidates(locked("lib"), locked("lib", "1.0+cpu"), locked("a", requires=["lib"]))

    assert narrow(candidates, candidates.allowed).disputed == {"lib"}


def test_dispute() -> None:
    """Only what may lead to a disputed name bears on it, and its environments are parted by that alone."""
    candidates = _candidates(
        locked("far", requires=["farther"]),
        locked("farther"),
        locked("lib"),
        locked("lib", "2.0"),
        locked("b", requires=["lib<2", 'far ; os_name == "nt"']),
        locked("a", requires=["lib", "far", 'b ; sys_platform == "win32"']),
    )
    narrowed = narrow(candidates, candidates.allowed)

    reached = reached_nodes(candidates, candidates.allowed)
    names = names_behind(candidates, narrowed.disputed, reached)

    assert names == {"lib", "b", "a"}
    assert parts(candidates, names, narrowed.open, reached) == [narrowed.open]


_LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
_CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}


@pytest.mark.parametrize(
    ("variables", "is_possible"),
    [
        ({}, True),
        ({"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}, True),
        ({"sys_platform": "freebsd14", "platform_system": "FreeBSD"}, True),
        ({"implementation_name": "graalpy", "platform_python_implementation": "GraalVM"}, True),
        ({"os_name": "nt"}, False),
        ({"platform_system": "Windows"}, False),
        ({"implementation_name": "pypy"}, False),
    ],
)
def test_known_platforms(variables: dict[str, str], *, is_possible: bool) -> None:
    """The variables of common systems and implementations go together, and others have none of their values."""
    environment = {**_LINUX, **_CPYTHON, **variables}

    assert all(marker.validate(environment) for marker in known_platforms()) is is_possible

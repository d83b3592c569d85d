"""Constraints from selections that no lock of a test could have, and the hashes of files in a folder."""

from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.constraints import make_constraints
from poetry_plugin_lock_package.lock.model import LockedPackage
from poetry_plugin_lock_package.plan import Options, plan
from poetry_plugin_lock_package.selection.select import Selection, pin
from tests.kit import load, write_project


def test_many_alternatives(tmp_path: Path) -> None:
    """What has no short marker is a line for each of several, with the same hashes, and holds where an extra has it."""
    package = LockedPackage(canonicalize_name("a"), "1.0", parse_marker(""), hashes=("sha256:a", "sha256:b"))
    minors = range(9, 14)
    rows = [
        pin(
            package,
            parse_marker(f'python_version == "3.{minor}" and sys_platform == "p{minor}"'),
            canonicalize_name(f"x{minor}"),
        )
        for minor in minors
    ]

    planned = plan(load(write_project(tmp_path / "project")), Options(no_root=True))

    (constraint,) = make_constraints(replace(planned, selection=Selection(tuple(rows))), tmp_path)

    lines = str(constraint).replace("\\\n", "").splitlines()
    assert len(lines) == len(minors)
    markers = []
    for line in lines:
        requirement, *hashes = line.split(" --hash=")
        assert [text.strip() for text in hashes] == list(package.hashes)
        markers.append(Requirement(requirement).marker)
    for minor in minors:
        environment = {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.1"}
        for platform in minors:
            holds = [marker and marker.evaluate({**environment, "sys_platform": f"p{platform}"}) for marker in markers]
            assert any(holds) == (minor == platform)

"""Constraints from selections that no lock of a test could have, and the hashes of files in a folder."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.constraints import find_hashes, hash_of, make_constraints
from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.lock.model import LockedPackage
from poetry_plugin_lock_package.plan import Options, plan
from poetry_plugin_lock_package.selection.select import Selection, pin
from tests.kit import load, write_project

A = (canonicalize_name("a-b"), Version("1.0"))


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


def test_hashes(tmp_path: Path) -> None:
    """All files of a release count, in whichever spelling; other files and other releases do not."""
    for name in ("A_b-1.0-py3-none-any.whl", "a_b-1.tar.gz", "a_b-2.0-py3-none-any.whl", "notes.txt", "x.whl"):
        (tmp_path / name).write_text(name)

    hashes = sorted(
        f"sha256:{sha256(name.encode()).hexdigest()}" for name in ("A_b-1.0-py3-none-any.whl", "a_b-1.tar.gz")
    )
    assert find_hashes(tmp_path, {A}) == {A: tuple(hashes)}
    assert find_hashes(tmp_path / "missing", {A}) == {}


def test_unreadable(tmp_path: Path) -> None:
    """A file that cannot be read is named without the folders above its own."""
    with pytest.raises(OutputError) as error:
        hash_of(tmp_path / "dist" / "a.whl")

    assert str(error.value).startswith("dist/a.whl cannot be read: ")

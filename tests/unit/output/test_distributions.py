"""Wheels and sdists in a folder, and their hashes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from poetry_plugin_lock_package.errors import OutputError
from poetry_plugin_lock_package.output.distributions import find_hashes, hash_of

if TYPE_CHECKING:
    from pathlib import Path

A = (canonicalize_name("a-b"), Version("1.0"))


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

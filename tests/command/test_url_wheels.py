"""Dependencies by the URL of a wheel, and by addresses that no installer follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from tests.kit import locked, only_wheel, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path

WHEELS = {
    "en-core-web-sm": "https://example.org/en_core_web_sm-3.7.1-py3-none-any.whl",
    "jinja2": "https://example.org/Jinja2-3.0.3-py3-none-any.whl",
    "pillow": "https://example.org/Pillow-9.5.0-cp311-cp311-win_amd64.whl",
}


def test_spelling_of_the_file(tmp_path: Path) -> None:
    """Each wheel is pinned to its URL, in whatever way its file spells the name."""
    packages = [locked(name, source={"type": "url", "url": url}) for name, url in WHEELS.items()]
    project = write_project(tmp_path, packages)

    run = poetry(project, "lock-package --build --no-root")

    assert run.code == 0
    pinned = {canonicalize_name(r.name): r.url for r in only_wheel(project / "dist").requirements}
    assert pinned == WHEELS


@pytest.mark.parametrize(
    "url", ["ftp://example.org/b-1.0.zip", "s3://bucket/b-1.0.zip", "s3://bucket/b-1.0-py3-none-any.whl"]
)
def test_address_of_another_kind(tmp_path: Path, url: str) -> None:
    """The error names the package, and how to leave it out; nothing is written."""
    project = write_project(tmp_path, [locked("b", source={"type": "url", "url": url})])

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    (line,) = run.err.splitlines()
    assert "No requirement can express some packages in poetry.lock: b comes from a" in line
    assert line.endswith("Leave them out with --ignore b")
    assert str(tmp_path) not in line
    assert not (project / "dist").exists()

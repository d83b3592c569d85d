"""What the tests of the project's own wheel start from."""

from pathlib import Path

import pytest

from tests.command.own_wheel.project import make_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project on poetry-core, with a script, a licence, an extra and a group."""
    return make_project(tmp_path / "project")

"""examples/polylith: the wheel that another plugin builds gets the pins."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, copy_example, lock_anew, make_shell
from tests.e2e.index import serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

BUILD, INSTALL = read_console(EXAMPLES / "polylith" / "README.md")


def test_polylith(programs: Programs, stock: Path, later_stock_index: str, tmp_path: Path) -> None:
    """From a workspace to a running service, with the locked release of click."""
    user = make_shell(programs, tmp_path, later_stock_index)
    copy_example("polylith", user.folder)
    shell = replace(user, folder=user.folder / "projects" / "service")
    with serve_index(stock) as url:
        lock_anew(shell, url)

    shell.follow(BUILD)
    shell.follow(INSTALL)

    assert shell.installed() == {"click": "8.1.8", "example-service": "1.0.0"}

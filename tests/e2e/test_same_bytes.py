"""The same input makes the same wheel, on whatever machine."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.e2e.programs import Programs
from tests.kit import CLASSIC, locked, make_old, only_wheel, poetry, write_project

pytestmark = pytest.mark.e2e

PYPROJECT = (
    CLASSIC
    + """\
server = { version = "*", extras = ["tls", "http2"] }
forked = [{ version = "1.0", python = "<3.11" }, { version = "2.0", python = ">=3.11" }]
plotter = { version = "*", optional = true }
tables = { version = "*", optional = true }

[tool.poetry.group.Test_Group.dependencies]
tester = "*"
shared = { version = "*", markers = "sys_platform == 'win32'" }

[tool.poetry.group.docs.dependencies]
shared = { version = "*", markers = "sys_platform == 'darwin'" }

[tool.poetry.extras]
plot = ["plotter", "tables"]
tables = ["tables"]
all = ["plotter", "tables"]
"""
)


def _write(folder: Path) -> Path:
    """A project with groups that share a package under different markers, extras that overlap, a fork and a cycle."""
    either = 'extra == "plot" or extra == "tables" or extra == "all"'
    shared, info = locked("shared", groups=["test-group", "docs"], marker='sys_platform == "win32"')
    info.markers["docs"] = locked("x", marker='sys_platform == "darwin"')[1].markers["main"]  # type: ignore[index]
    return write_project(
        folder,
        [
            (shared, info),
            locked("server", requires=["base", 'certs ; extra == "tls"', 'frames ; extra == "http2"']),
            locked("certs", requires=["frames"]),
            locked("frames", requires=["certs ; python_version < '3.12'"]),
            locked("base"),
            locked("forked", "1.0", marker='python_version < "3.11"', python="<3.11"),
            locked("forked", "2.0", marker='python_version >= "3.11"', python=">=3.11"),
            locked("plotter", marker='extra == "plot" or extra == "all"', requires=["base"]),
            locked("tables", marker=either),
            locked("tester", groups=["test-group"], requires=["shared"]),
        ],
        PYPROJECT,
    )


@pytest.mark.parametrize("version", ["2.1", "2.0", "1.1"])
def test_same_bytes(programs: Programs, tmp_path: Path, version: str) -> None:
    """Neither the folder nor the rights that new files get, the time zone, the locale or the hash seed show."""
    wheels = []
    for folder, umask, settings in (
        (tmp_path / "one", 0o022, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"}),
        (tmp_path / "two" / "deeper", 0o077, {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"}),
    ):
        project = _write(folder)
        if version != "2.1":
            make_old(project, version)
        arguments = ("lock-package", "--build", "--all-groups", "--extras", "tables", "--ignore", "base")
        subprocess.run(
            [*programs.poetry_command(project), *arguments],
            env={**programs.environment, **settings},
            umask=umask,
            check=True,
        )
        wheel = only_wheel(project / "dist").path
        wheels.append((wheel.name, wheel.stat().st_mode, wheel.read_bytes()))

    assert wheels[0] == wheels[1]


@pytest.mark.parametrize(
    ("date", "year"),
    [("315532800", 1980), ("4354819199", 2107), ("0", 2016), ("-1", 2016), ("", 2016), ("soon", 2016), (None, 2016)],
)
def test_source_date_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, date: str | None, year: int) -> None:
    """SOURCE_DATE_EPOCH is the date of all files; what is no date of a ZIP file counts as unset, as in Poetry."""
    project = _write(tmp_path)
    if date is None:
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    else:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", date)

    run = poetry(project, "lock-package --build")

    assert run.code == 0, run.err
    with zipfile.ZipFile(only_wheel(project / "dist").path) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {year}


@pytest.mark.parametrize("date", ["4354819200", "9" * 20, "-" + "9" * 20])
def test_source_date_epoch_too_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, date: str) -> None:
    """A date on which poetry-core fails is refused in one line."""
    project = _write(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", date)

    run = poetry(project, "lock-package --build")

    error = "SOURCE_DATE_EPOCH is after the year 2107, the last that a wheel can have. Correct it\n"
    assert (run.code, run.err) == (1, f"Error: {error}")
    assert not (project / "dist").exists()

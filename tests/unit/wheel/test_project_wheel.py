"""Reading a wheel of the project: what is refused, and what the message says."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from poetry_plugin_lock_package.errors import WheelError
from poetry_plugin_lock_package.wheel.project_wheel import backend_errors, read_project_wheel
from tests.wheels import INFO, METADATA, WHEEL, Member, record_of, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

CODE = Member("example_package.py", b"print('x')\n")


def _problem(path: Path) -> str:
    """What is said of the wheel at ``path``, after its name."""
    with pytest.raises(WheelError) as error:
        read_project_wheel(path)
    text = str(error.value)
    assert text.startswith(f"{path.name} ")
    assert str(path.parent) not in text
    return text.removeprefix(f"{path.name} ")


def _invalid(problem: str) -> str:
    return f"is not a valid wheel: {problem}. Build it again, or give another one"


def test_outside_the_folder(tmp_path: Path) -> None:
    """Files that leave the folder are named, the first five of them."""
    members = [Member(f"../{number}.py") for number in range(7)]
    wheel = write_wheel(tmp_path / WHEEL, members)

    named = "; ".join(f"'../{number}.py' would be unpacked outside the wheel's folder" for number in range(5))
    assert _problem(wheel) == _invalid(f"{named}; and 2 more problems")


def test_bomb(tmp_path: Path) -> None:
    """A wheel that claims to be huge is refused before anything of it is unpacked."""
    wheel = write_wheel(tmp_path / WHEEL, [CODE])
    with ZipFile(wheel, "a") as archive:
        archive.infolist()[0].file_size = 5 << 30
        archive.comment = b"so that the directory is written again"

    assert _problem(wheel) == _invalid("its files have more than 4 GiB when unpacked")


@pytest.mark.parametrize("row", [b'"a\nb",,\n', b'"a\r\nb",,\n', b"a,,\x0cb,,\n", b"a,sha256=x,1\x0c\n", b'"a,,\n'])
def test_record_with_other_lines(tmp_path: Path, row: bytes) -> None:
    """A row of RECORD that is not one line for everybody who reads it is refused."""
    members = [Member(f"{INFO}/METADATA", METADATA), Member(f"{INFO}/WHEEL", b"Wheel-Version: 1.0\n")]
    wheel = write_wheel(tmp_path / WHEEL, [*members, Member(f"{INFO}/RECORD", record_of(members) + row)])

    problem = _problem(wheel)

    assert problem.startswith("is not a valid wheel: ")
    assert "RECORD" in problem
    assert "\n" not in problem


def test_future_format(tmp_path: Path) -> None:
    """A wheel of a format that is not known yet is refused."""
    wheel = write_wheel(tmp_path / WHEEL, [CODE, Member(f"{INFO}/WHEEL", b"Wheel-Version: 2.0\n")])

    assert _problem(wheel) == _invalid("it has the Wheel-Version '2.0', and only 1.x is supported")


def test_weak_hashes(tmp_path: Path) -> None:
    """Correct hashes that are too weak are refused."""
    members = [Member(f"{INFO}/METADATA", METADATA), Member(f"{INFO}/WHEEL", b"Wheel-Version: 1.0\n")]
    digest = base64.urlsafe_b64encode(hashlib.md5(CODE.content, usedforsecurity=False).digest()).decode().rstrip("=")
    record = record_of(members) + f"{CODE.name},md5={digest},{len(CODE.content)}\n".encode()
    wheel = write_wheel(tmp_path / WHEEL, [CODE, *members, Member(f"{INFO}/RECORD", record)])

    assert _problem(wheel) == _invalid("its RECORD has hashes by 'md5', which is not as strong as SHA-256")


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        (b"From x\n" + METADATA, "METADATA has a line among its fields that is not a field"),
        (METADATA.replace(b"example", b"\n example"), "Name in METADATA goes on over several lines"),
    ],
)
def test_metadata(tmp_path: Path, metadata: bytes, problem: str) -> None:
    """METADATA that cannot be changed line by line is refused."""
    assert _problem(write_wheel(tmp_path / WHEEL, [CODE], metadata)) == _invalid(problem)


def test_not_a_zip_file(tmp_path: Path) -> None:
    """Another file with the name of a wheel is refused in words that do not speak of zip's internals alone."""
    (tmp_path / WHEEL).write_bytes(b"<html>")

    assert _problem(tmp_path / WHEEL).startswith("is not a valid wheel: it is not a zip file, or damaged (")


def test_not_there(tmp_path: Path) -> None:
    """A folder, and a file that does not exist, cannot be read."""
    assert _problem(tmp_path / WHEEL) == "cannot be read: No such file or directory. Check the path of the wheel"
    (tmp_path / WHEEL).mkdir()
    # Windows has another reason for it.
    assert _problem(tmp_path / WHEEL).startswith("cannot be read: ")


def test_no_folder_of_the_machine(tmp_path: Path) -> None:
    """A file of the project is named by its path in it, any other by its name alone."""
    inside, outside = tmp_path / "project/src/a.py", tmp_path / "elsewhere/b.py"

    with pytest.raises(WheelError) as caught, backend_errors("app", tmp_path / "project", "Run it"):
        raise OSError(f"'{inside}' and '{outside}'")

    assert str(caught.value) == "app cannot be built: 'src/a.py' and 'b.py'. Run it"

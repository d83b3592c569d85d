"""Damaged TOML files: what merges, editors, disks and people do to them."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import tomlkit
from poetry.core.pyproject.toml import PyProjectTOML
from poetry.packages import Locker
from tomlkit.exceptions import TOMLKitError


def damaged(random: Random, text: str) -> bytes:
    """``text``, which is TOML, with a fault or a few: in its values mostly, else in the bytes of the file."""
    if random.random() < 0.4:
        data = text.encode()
        for _ in range(random.choice([1, 1, 2])):
            data = random.choice(_FAULTS)(random, data)
        return data
    document = tomlkit.parse(text).unwrap()
    for _ in range(random.choice([1, 1, 1, 2, 5])):
        _damage_value(random, document)
    try:
        return tomlkit.dumps(document).encode()
    except (TOMLKitError, TypeError, ValueError):  # tomlkit cannot write all that it reads
        return b"\xff" + text.encode()


def adopt(project: Path, lock: str) -> None:
    """Write ``lock`` as if it had been made from ``project`` as it is now, if that can be read."""
    path = project / "poetry.lock"
    try:
        content_hash = Locker(path, PyProjectTOML(project / "pyproject.toml").data)._get_content_hash()  # noqa: SLF001
    except Exception:  # noqa: BLE001 - whatever Poetry makes of the damage
        return
    path.write_text(re.sub('content-hash = ".*"', f'content-hash = "{content_hash}"', lock), encoding="utf-8")


# ---- faults in values


def _damage_value(random: Random, document: dict[str, Any]) -> None:
    places = list(_places(document))
    if not places:
        return
    container, key = random.choice(places)
    other, other_key = random.choice(places)
    how = random.choice(["remove", "replace", "replace", "add", "copy", "wrap"])
    if how == "remove":
        del container[key]
    elif how == "replace":
        container[key] = deepcopy(random.choice(_VALUES))
    elif how == "add" and isinstance(container, dict):
        container[random.choice([*_KEYS, str(other_key)])] = deepcopy(random.choice(_VALUES))
    elif how == "add":
        container.append(deepcopy(random.choice([*_VALUES, container[key]])))
    elif how == "copy":
        container[key] = deepcopy(other[other_key])
    else:
        container[key] = random.choice([[container[key]], {"x": container[key]}])


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every key or index below ``value``, with the table or array that it is in."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


_KEYS = ("x", "", "a\nb", "<info>", "name", "source", "markers", "optional")
_VALUES: tuple[Any, ...] = (
    # of other types
    *(0, -1, 10**30, 1.5, float("nan"), float("inf"), True, False),
    *([], [[]], ["x"], ["x", 1], [{}], {}, {"x": "y"}, {"x": {}}, {"": ""}),
    # empty, huge, deep
    *("", " ", "9" * 5000, "99999999999999999999999999.1", "x" * 100_000, "a.." * 30_000, "(" * 5000),
    # other versions, ranges, names
    *("x", "*", "1.0", "2.1", "==1.0", ">=3.8,<4", "<3", ">=3.9,!=3.9.7,<3.99999999 || >=4.1,<4.77777777"),
    # other markers
    *('python_version < "3.10"', 'extra == "more"', 'sys_platform in "linux win32"', 'platform_release >= "5"'),
    *('python_full_version not in "3.9.1,3.9.2"', "python_version < '3.10' and", "1.0; evil", "]]]]"),
    # addresses and paths
    *("https://user:secret@[::1", "https://user:secret@example.org/a b", "user:secret@example.org"),
    *("git@example.org:a/b.git", "file:///home/ada/x", "/home/ada/x", "../../outside", "C:\\Windows\\con"),
    # what is something else elsewhere
    *("a\nName: evil", "a\r\n\r\nevil", "\x00\x1b[31m\x7f", "<info>x</info>", "<error>", "\u2028\ud7ff\U0010ffff"),
)


# ---- faults in bytes


def _truncate(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _insert(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + random.choice(_BYTES) + data[place:]


def _change_byte(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]


def _leave_conflict(random: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    place = random.randrange(len(lines) + 1)
    part = lines[place : place + 3]
    conflict = [b"<<<<<<< HEAD\n", *part, b"=======\n", *reversed(part), b">>>>>>> main\n"]
    return b"".join(lines[:place] + conflict + lines[place + 3 :])


_FAULTS: tuple[Callable[[Random, bytes], bytes], ...] = (*(_truncate, _insert, _change_byte, _leave_conflict),)
_BYTES = (
    # no UTF-8, NUL, a byte order mark, other line ends
    *(b"\xff\xfe", b"\x00", b"\xef\xbb\xbf", b"\r", b"\n\n\n"),
    # what begins and does not end
    *(b"'", b'"""', b"#", b"\n[[[["),
    # deep and huge
    *(b"\nx = " + b"[" * 5000, b"\nx = " + b"[" * 200 + b"]" * 200 + b"\n", b"\n" + b"a." * 2000 + b"b = 1\n"),
    *(b"\nx = " + b"9" * 10_000 + b"\n", b'\nx = "' + b"x" * 1_000_000 + b'"\n'),
)

"""Targets: the Python and the platform that a wheelhouse is for, in the words of wheel tags.

https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, mac_platforms
from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.version.markers import parse_marker

from poetry_plugin_lock_package.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.version.markers import BaseMarker

_PYTHON = re.compile(r"(?P<interpreter>(?P<kind>cp|pp)(?P<major>3)(?P<minor>\d+))(?:-(?P<abi>[a-z]\w*))?")
_LINUX = re.compile(r"(?P<libc>manylinux|musllinux)_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)")
_MAC = re.compile(r"macosx_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>arm64|x86_64)")
_WINDOWS = {"win_amd64": "AMD64", "win32": "x86", "win_arm64": "ARM64"}
# https://github.com/pypa/manylinux: the names that some versions of glibc have had.
_OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_FORMS = "Write one such as cp312-manylinux_2_28_x86_64, cp312-macosx_11_0_arm64 or cp312-win_amd64"


@dataclass(frozen=True, slots=True)
class Target:
    """An environment that files are chosen for."""

    name: str
    """As the user gave it."""
    tags: Sequence[Tag]
    """The tags that it supports, the best one first."""
    variables: Mapping[str, str]
    """The variables of markers that are known of it."""
    is_host: bool = False
    """Whether it is this machine, of which all variables are known."""

    @property
    def marker(self) -> BaseMarker:
        """The marker that holds in all environments that it may be."""
        return parse_marker(" and ".join(f'{name} == "{value}"' for name, value in self.variables.items()))

    def is_in(self, python: VersionConstraint) -> bool:
        """Whether ``python`` allows a release of its Python."""
        if full := self.variables.get("python_full_version"):
            return python.allows(Version.parse(full))
        minor = int(self.variables["python_version"].partition(".")[2])
        return python.allows_any(parse_constraint(f">=3.{minor},<3.{minor + 1}"))

    def environment(self) -> dict[str, str]:
        """The variables of markers for installers, with examples for those that are not known."""
        python = self.variables["python_version"]
        unknown = {"platform_release": "0", "platform_version": "0", "python_full_version": f"{python}.0"}
        return {**unknown, "implementation_version": f"{python}.0", **self.variables}


def parse_target(text: str) -> Target:
    """The target that ``text`` names: ``PYTHON-PLATFORM``, or ``PYTHON-ABI-PLATFORM`` as in the name of a wheel.

    Raises OptionError if it is neither.
    """
    python_text, _, platform = text.rpartition("-")
    python = _PYTHON.fullmatch(python_text)
    try:
        platforms = tuple(_platforms(platform))
    except ValueError as error:
        raise OptionError("--target", f"{text!r} has an unknown platform: {error}. {_FORMS}") from None
    if python is None:
        raise OptionError("--target", f"{text!r} does not begin with a Python such as cp312. {_FORMS}")
    version = (int(python["major"]), int(python["minor"]))
    if python["kind"] == "pp" and not python["abi"]:
        raise OptionError("--target", f"{text!r} needs the ABI of PyPy as well, such as pp310-pypy310_pp73-{platform}")
    tags = _tags(python["interpreter"], version, python["abi"] or python["interpreter"], platforms)
    is_cpython = python["kind"] == "cp"
    variables = {
        "python_version": f"{version[0]}.{version[1]}",
        "implementation_name": "cpython" if is_cpython else "pypy",
        "platform_python_implementation": "CPython" if is_cpython else "PyPy",
        **_system(platform),
    }
    return Target(text, tuple(dict.fromkeys(tags)), variables)


def _tags(interpreter: str, version: tuple[int, int], abi: str, platforms: Sequence[str]) -> Iterator[Tag]:
    # The ABI is given explicitly: by default, it is that of the Python at hand.
    if interpreter.startswith("cp"):
        yield from cpython_tags(version, abis=[abi], platforms=platforms)
    else:
        yield from generic_tags(interpreter, abis=[abi], platforms=platforms)
    yield from compatible_tags(version, interpreter, platforms)


def _platforms(platform: str) -> Iterator[str]:
    """The tags of all platforms whose wheels run on ``platform``, the best one first; raises ValueError."""
    if platform in _WINDOWS:
        yield platform
        return
    if mac := _MAC.fullmatch(platform):
        yield from mac_platforms((int(mac["major"]), int(mac["minor"])), mac["machine"])
        return
    for minor, old in _OLD_NAMES.items():
        if platform.startswith(f"{old}_"):
            platform = platform.replace(old, f"manylinux_2_{minor}", 1)
    linux = _LINUX.fullmatch(platform)
    if linux is None:
        raise ValueError(platform or "none")
    oldest = 0 if linux["libc"] == "musllinux" else 5 if linux["machine"] in ("x86_64", "i686") else 17
    for minor in range(int(linux["minor"]), oldest - 1, -1):
        yield f"{linux['libc']}_{linux['major']}_{minor}_{linux['machine']}"
        if linux["libc"] == "manylinux" and minor in _OLD_NAMES:
            yield f"{_OLD_NAMES[minor]}_{linux['machine']}"
    yield f"linux_{linux['machine']}"


def _system(platform: str) -> dict[str, str]:
    """The variables of markers that follow from ``platform``."""
    if platform in _WINDOWS:
        machine = _WINDOWS[platform]
        return {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": machine}
    if mac := _MAC.fullmatch(platform):
        return {
            "sys_platform": "darwin",
            "platform_system": "Darwin",
            "os_name": "posix",
            "platform_machine": mac["machine"],
        }
    machine = re.split(r"linux(?:\d+|_\d+_\d+)_", platform)[-1]
    return {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": machine}

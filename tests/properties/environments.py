"""The environments that the property tests look at."""

from collections.abc import Iterator, Mapping
from functools import cache

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

Environment = Mapping[str, str]
Extras = frozenset[str]

_PLATFORMS = (
    ("posix", "linux", "Linux", "x86_64", "6.1.0", "cpython"),
    ("posix", "linux", "Linux", "aarch64", "5.10.0-tegra", "pypy"),
    ("posix", "darwin", "Darwin", "arm64", "23.1.0", "cpython"),
    ("nt", "win32", "Windows", "AMD64", "10", "cpython"),
    ("posix", "freebsd13", "FreeBSD", "amd64", "13.2-RELEASE", "cpython"),
)
PLATFORM_COUNT = len(_PLATFORMS)
# On both sides of every bound in the random projects, and around their ranges.
_PYTHONS = (
    "3.8.1",
    "3.8.18",
    "3.9.4",
    "3.9.5",
    "3.9.7",
    "3.9.8",
    "3.10.3",
    "3.10.4",
    "3.11.0",
    "3.12.1",
    "3.13.0",
    "3.14.2",
)


def _environment(full: str, platform: tuple[str, ...]) -> dict[str, str]:
    os_name, sys_platform, system, machine, release, implementation = platform
    return {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
        "platform_release": release,
        "platform_version": release,
        "python_version": full.rpartition(".")[0],
        "python_full_version": full,
        "implementation_name": implementation,
        "implementation_version": full if implementation == "cpython" else "7.3.15",
        "platform_python_implementation": "CPython" if implementation == "cpython" else "PyPy",
    }


ENVIRONMENTS = tuple(_environment(full, platform) for full in _PYTHONS for platform in _PLATFORMS)


def supported(python: str, quarter: int) -> Iterator[Environment]:
    """A quarter of the environments, as far as the range ``python`` has them: each platform, most Pythons."""
    allowed = SpecifierSet(python)
    yield from (e for e in ENVIRONMENTS[quarter::4] if e["python_full_version"] in allowed)


@cache
def _parsed(marker: str) -> Marker:
    return Marker(marker)


def holds(marker: str, environment: Environment, extras: Extras = frozenset()) -> bool:
    """Whether ``marker`` holds in ``environment`` for one of ``extras`` or without any, as pip evaluates it."""
    return not marker or any(_parsed(marker).evaluate({**environment, "extra": extra}) for extra in ("", *extras))

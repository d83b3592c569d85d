"""Which values of environment markers occur together."""

import pytest

from poetry_plugin_lock_package.lock.old_formats.candidates import known_platforms

_LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
_CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}


@pytest.mark.parametrize(
    ("variables", "is_possible"),
    [
        ({}, True),
        ({"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}, True),
        ({"sys_platform": "freebsd14", "platform_system": "FreeBSD"}, True),
        ({"implementation_name": "graalpy", "platform_python_implementation": "GraalVM"}, True),
        ({"os_name": "nt"}, False),
        ({"platform_system": "Windows"}, False),
        ({"implementation_name": "pypy"}, False),
    ],
)
def test_known_platforms(variables: dict[str, str], *, is_possible: bool) -> None:
    """The variables of common systems and implementations go together, and others have none of their values."""
    environment = {**_LINUX, **_CPYTHON, **variables}

    assert all(marker.validate(environment) for marker in known_platforms()) is is_possible

"""Which values of environment markers occur together."""

from __future__ import annotations

from functools import cache

from poetry.core.version.markers import BaseMarker, MarkerUnion, MultiMarker, parse_marker

# Values that belong together: of https://docs.python.org/3/library/sys.html#sys.platform and `platform.system`,
# and of `sys.implementation.name` and `platform.python_implementation`.
_SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
_IMPLEMENTATIONS = (
    {"implementation_name": "cpython", "platform_python_implementation": "CPython"},
    {"implementation_name": "pypy", "platform_python_implementation": "PyPy"},
)


@cache
def known_platforms() -> tuple[BaseMarker, ...]:
    """Markers that all hold in each environment that an interpreter can have.

    A common system or implementation has all values of its own. Any other one has none of these values.
    """
    return tuple(map(_either, (_SYSTEMS, _IMPLEMENTATIONS)))


def _either(kinds: tuple[dict[str, str], ...]) -> BaseMarker:
    named = [[f'{name} == "{value}"' for name, value in kind.items()] for kind in kinds]
    values = {(name, value) for kind in kinds for name, value in kind.items()} - {("os_name", "posix")}
    others = [f'{name} != "{value}"' for name, value in sorted(values)]
    # Put together here, because poetry-core takes minutes to simplify such a marker.
    return MarkerUnion(*(MultiMarker(*map(parse_marker, texts)) for texts in (*named, others)))

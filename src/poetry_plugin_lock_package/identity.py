"""The name and version of a lock package."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.utils import canonicalize_name
from packaging.version import Version

from poetry_plugin_lock_package.errors import OptionError

# What Windows takes for a device, with any extension:
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file#naming-conventions
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[1-9])(\..*)?", re.IGNORECASE)
# https://packaging.python.org/en/latest/specifications/name-normalization/#name-format
_NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE | re.ASCII)
# Some installers, such as uv, keep the parts of a version in 64 bits.
_MOST_DIGITS = 18
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Identity:
    """The name and the version of a project, or of its lock package."""

    name: str
    version: str


def identify(
    project: Identity, name: str | None, version: str | None, post: str | None, *, own_wheel: bool = False
) -> Identity:
    """The identity of the lock package of ``project``; ``name``, ``version`` and ``post`` are options or None.

    With ``own_wheel`` it is the identity of the project's own wheel, which is that of the project by default.
    Raises OptionError if an option is not a valid name or version (PEP 508, PEP 440).
    """
    chosen = version or project.version
    if name is None:
        name = project.name if own_wheel else _lock_name(project.name)
    elif not is_name(name):
        raise OptionError(
            "--name", f"{name!r} is not a valid package name: use letters and digits, with . _ - between them"
        )
    elif _DEVICE.fullmatch(name):
        raise OptionError("--name", f"{name!r} is the name of a device on Windows, where no file can have it")
    elif canonicalize_name(name) == canonicalize_name(project.name) and not own_wheel:
        raise OptionError("--name", f"{name!r} is the name of the project itself. Choose another one")
    return Identity(
        name=name,
        version=chosen if post is None else _post_release(chosen, post),
    )


def is_name(text: str) -> bool:
    """Whether ``text`` is a valid name of a distribution (PEP 508)."""
    return bool(_NAME.fullmatch(text))


def checked_version(text: str) -> str:
    """``text`` as PEP 440 normalises it; raises OptionError if it is not a version."""
    try:
        return str(Version(text))
    except ValueError:  # InvalidVersion, or a number with more digits than Python reads
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
        raise OptionError("--set-version", f"{shown!r} is not a version by PEP 440, such as 1.0 or 1.0.post1") from None


def _lock_name(name: str) -> str:
    """``<name>-lock``, in the style of ``name``: ``_lock`` where it has underscores."""
    return f"{name}_lock" if "_" in name else f"{name}-lock"


def _post_release(version: str, number: str) -> str:
    if not re.fullmatch("[0-9]+", number):
        raise OptionError("--post", f"takes a number, such as a build number, not {number!r}")
    number = number.lstrip("0") or "0"
    if len(number) > _MOST_DIGITS:
        raise OptionError("--post", f"takes a number of at most {_MOST_DIGITS} digits, which all installers can read")
    parsed = Version(version)
    if parsed.is_postrelease or parsed.is_devrelease:
        raise OptionError("--post", f"cannot be added to {version}. Give the whole version with --set-version")
    public, plus, local = version.partition("+")
    return f"{public}.post{number}{plus}{local}"

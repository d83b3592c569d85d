"""Regular expressions that may take forever are matched in a process that can be stopped.

Python's engine tries all ways in which repetitions can share a text among them, and cannot be interrupted by another
thread while it does. A name of fifty characters is enough for a pattern such as ``(a+)+$`` to run for years.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

_SECONDS = 5
_MATCH = """
import json, re, sys, warnings
warnings.simplefilter("ignore")
text, names = json.load(sys.stdin)
expression = re.compile(text, re.IGNORECASE)
json.dump([name for name in names if expression.fullmatch(name)], sys.stdout)
"""
# A repeated group, or repetitions that may share a text among more than three of them. With the flag x, spaces and
# comments may be anywhere.
_REPEATED_GROUP = re.compile(r"\)[*+{]|\(\?[a-zA-Z]*x")
_REPETITION = re.compile(r"[*+?}]")
_FEW = 3


def may_take_long(pattern: str) -> bool:
    """Whether ``pattern`` may take more time than the third power of the length of a name."""
    return bool(_REPEATED_GROUP.search(pattern)) or len(_REPETITION.findall(pattern)) > _FEW


def full_matches(pattern: str, names: Iterable[NormalizedName]) -> frozenset[NormalizedName]:
    """Those of ``names`` that the valid ``pattern`` matches as a whole; raises OptionError if that takes too long."""
    known = {str(name): name for name in names}
    try:
        run = subprocess.run(  # noqa: S603 - this Python, with a text of ours
            [sys.executable, "-I", "-c", _MATCH],
            input=json.dumps([pattern, sorted(known)]),
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise OptionError(
            "--ignore", f"{pattern!r} takes too long to match. Write it without a repetition within a repetition"
        ) from None
    return frozenset(known[name] for name in json.loads(run.stdout))

"""``--ignore``: patterns that name packages to leave out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import LockPackageError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

# A star behind a name: in a regular expression, it repeats only the last character.
_GLOB = re.compile(r"(?=[\w.*-]+\Z).*?(?<![.*])\*", re.ASCII)
_METACHARACTERS = re.compile(r"\\.|[][^$*+?{}()|]")
# A repeated group; with the flag x, spaces and comments may be anywhere.
_REPEATED_GROUP = re.compile(r"\)[*+{]|\(\?[a-zA-Z]*x")
_REPETITION = re.compile(r"[*+?}]")
_FEW = 3
_SECONDS = 5
_MATCH = """
import json, re, sys, warnings
warnings.simplefilter("ignore")
text, names = json.load(sys.stdin)
expression = re.compile(text, re.IGNORECASE)
json.dump([name for name in names if expression.fullmatch(name)], sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class IgnorePattern:
    """A regular expression for the whole of a package's normalised name, whatever the case."""

    text: str
    expression: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> IgnorePattern:
        """Compile ``text``; raises LockPackageError, naming it, if it is not a regular expression."""
        try:
            with warnings.catch_warnings():
                # FutureWarning shows a path of this machine.
                warnings.simplefilter("ignore")
                return cls(text, re.compile(text, re.IGNORECASE))
        except (re.error, OverflowError, RecursionError) as error:
            proposal = _from_glob(text)
            advice = f". Write {proposal!r} instead" if proposal else ""
            raise LockPackageError(
                f"--ignore {text!r} is not a valid regular expression: {error}{advice}", options=["ignore"]
            ) from None

    def select(self, names: Iterable[NormalizedName]) -> frozenset[NormalizedName]:
        """Those of ``names`` that it matches as a whole, or that equal it once normalised (PEP 503).

        Raises OptionError if that takes too long.
        """
        names = frozenset(names)
        if may_take_long(self.text):
            matched = _match_with_time_limit(self.text, names)
        else:
            matched = frozenset(name for name in names if self.expression.fullmatch(name))
        return matched | ({canonicalize_name(self.text)} & names)


def may_take_long(pattern: str) -> bool:
    """Whether ``pattern`` may take more time than the third power of the length of a name.

    Python's engine tries all ways in which repetitions can share a text among them. A name of fifty characters is
    enough for a pattern such as ``(a+)+$`` to run for years.
    """
    alternatives = pattern.split("|") if re.fullmatch(r"[\w.*|-]*", pattern) else [pattern]
    return bool(_REPEATED_GROUP.search(pattern)) or any(len(_REPETITION.findall(one)) > _FEW for one in alternatives)


@cache
def _match_with_time_limit(pattern: str, names: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
    """Match in another process, which can be stopped: a thread cannot, while Python's engine runs."""
    try:
        run = subprocess.run(  # noqa: S603 - this Python, with a text of ours
            [sys.executable, "-I", "-c", _MATCH],
            input=json.dumps([pattern, sorted(names)]),
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise OptionError(
            "--ignore", f"{pattern!r} takes too long to match. Write it without a repetition within a repetition"
        ) from None
    return names & frozenset(json.loads(run.stdout))


def ignored_names(patterns: Iterable[IgnorePattern], names: Iterable[NormalizedName]) -> frozenset[NormalizedName]:
    """The ``names`` that any of ``patterns`` matches; raises OptionError if that takes too long."""
    names = frozenset(names)
    return frozenset(name for pattern in patterns for name in pattern.select(names))


def closest_names(pattern: IgnorePattern, names: Iterable[NormalizedName]) -> tuple[str, ...]:
    """Up to three of ``names`` that are similar to ``pattern``, which matches none."""
    names = sorted(names)
    text = canonicalize_name(_METACHARACTERS.sub("", pattern.text).strip(".-_"))
    # One or two letters are in too many names.
    containing = (name for name in names if len(text) > 2 and text in name)  # noqa: PLR2004
    return tuple(dict.fromkeys([*get_close_matches(text, names), *containing]))[:3]


def separate_patterns(pattern: IgnorePattern) -> tuple[str, ...]:
    """The single patterns if ``pattern`` is a list of names with commas or spaces between them, else none."""
    names = tuple(name for name in re.split(r"[\s,]+", pattern.text) if name)
    return names if len(names) > 1 and all(re.fullmatch(r"[\w.*-]+", name) for name in names) else ()


def meant_as_glob(pattern: IgnorePattern, names: Iterable[NormalizedName]) -> tuple[str, frozenset[NormalizedName]]:
    """``pattern`` as a regular expression if it looks like a shell pattern, and the ``names`` that it misses."""
    text = _from_glob(pattern.text)
    if text is None:
        return "", frozenset()
    names = frozenset(names)
    return text, IgnorePattern.parse(text).select(names) - pattern.select(names)


def _from_glob(text: str) -> str | None:
    """``text`` as a regular expression, if it looks like a pattern of a shell."""
    return re.sub(r"(?<!\.)\*+", ".*", text) if _GLOB.match(text) else None

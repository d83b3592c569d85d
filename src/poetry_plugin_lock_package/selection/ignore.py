"""``--ignore``: patterns that name packages to leave out."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import PatternError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName


@dataclass(frozen=True, slots=True)
class IgnorePattern:
    """A regular expression for the whole of a package's normalised name, whatever the case."""

    text: str
    expression: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> IgnorePattern:
        """Compile ``text``; raises PatternError, naming it, if it is not a regular expression."""
        try:
            with warnings.catch_warnings():
                # Of what a pattern may mean in a later Python: that names a file of this machine.
                warnings.simplefilter("ignore")
                return cls(text, re.compile(text, re.IGNORECASE))
        except (re.error, OverflowError, RecursionError) as error:
            raise PatternError(text, str(error)) from None

    def matches(self, name: NormalizedName) -> bool:
        """Whether ``name`` is meant: matched as a whole, or spelt another way (PEP 503: ``Zope_Interface``)."""
        return bool(self.expression.fullmatch(name)) or canonicalize_name(self.text) == name


def ignored_names(patterns: Iterable[IgnorePattern], names: Iterable[NormalizedName]) -> frozenset[NormalizedName]:
    """The ``names`` that any of ``patterns`` matches."""
    patterns = tuple(patterns)
    return frozenset(name for name in names if any(pattern.matches(name) for pattern in patterns))


def closest_names(pattern: IgnorePattern, names: Iterable[NormalizedName]) -> tuple[str, ...]:
    """Up to three of ``names`` that the author of ``pattern``, which matches none, may have meant."""
    names = sorted(names)
    text = canonicalize_name(pattern.text)
    containing = (name for name in names if text and text in name)
    return tuple(dict.fromkeys([*get_close_matches(text, names), *containing]))[:3]

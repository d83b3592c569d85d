"""Regular expressions that may take forever."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import OptionError
from poetry_plugin_lock_package.selection import time_limit
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from poetry_plugin_lock_package.selection.time_limit import may_take_long

LONG = canonicalize_name("a" * 60 + "b")


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("requests", False),
        ("requests.*", False),
        ("(numpy|scipy)(-.*)?", False),
        ("(?!numpy).*", False),
        ("a.*|b.*|c.*", False),
        ("(a+)+$", True),
        ("(a|aa)*", True),
        ("(a?){30}", True),
        ("a?a?a?a?", True),
        ("a*a*a*a*b", True),
        ("(?x)(a+) +$", True),
    ],
)
def test_may_take_long(pattern: str, answer: bool) -> None:  # noqa: FBT001
    """Only a repeated group, or several repetitions, can take long: other patterns cost nothing more."""
    assert may_take_long(pattern) is answer


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(?x)(a+) +$"])
def test_no_hang(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would take years is an error that names the pattern."""
    monkeypatch.setattr(time_limit, "_SECONDS", 0.5)

    with pytest.raises(OptionError, match="takes too long to match") as error:
        IgnorePattern.parse(pattern).select([LONG])

    assert repr(pattern) in str(error.value)


def test_the_same_names() -> None:
    """In a process of its own, a pattern matches as it does in this one."""
    names = frozenset(map(canonicalize_name, ("aab", "ab", "b", "c")))

    assert IgnorePattern.parse("(A+)+[[b]").select(names) == {"aab", "ab"}

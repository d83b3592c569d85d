"""Patterns of `--ignore`, and what their authors may have meant."""

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import LockPackageError, OptionError
from poetry_plugin_lock_package.selection import ignore
from poetry_plugin_lock_package.selection.ignore import (
    IgnorePattern,
    closest_names,
    may_take_long,
    meant_as_glob,
    separate_patterns,
)

NAMES = frozenset(
    map(canonicalize_name, ("requests", "requests-toolbelt", "types-requests", "zope-interface", "click"))
)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("requests", {"requests"}),
        ("REQUESTS.*", {"requests", "requests-toolbelt"}),
        ("(types-)?requests", {"requests", "types-requests"}),
        ("(?!requests).*", {"types-requests", "zope-interface", "click"}),
        ("(types-|zope-)+.*", {"types-requests", "zope-interface"}),
        ("Zope_Interface", {"zope-interface"}),
        ("Zope.Interface", {"zope-interface"}),
        ("", set()),
    ],
)
def test_select(text: str, selected: set[str]) -> None:
    """A pattern selects the names that it matches as a whole, in any case, or that it spells another way."""
    assert IgnorePattern.parse(text).select(NAMES) == selected


@pytest.mark.parametrize(
    ("text", "expression", "missed"),
    [
        ("requests*", "requests.*", {"requests-toolbelt"}),
        ("types-*", "types-.*", {"types-requests"}),
        ("z*interface", "z.*interface", {"zope-interface"}),
        ("click*", "click.*", set()),
        ("requests.*", "", set()),
        ("(requests)*", "", set()),
        ("requests", "", set()),
    ],
)
def test_meant_as_glob(text: str, expression: str, missed: set[str]) -> None:
    """A star behind a name is that of a shell; it matters only if names are missed."""
    found, names = meant_as_glob(IgnorePattern.parse(text), NAMES)

    assert (found, set(names)) == (expression, missed)


def test_glob_that_is_no_expression() -> None:
    """A star at the beginning cannot be compiled: the error has what was meant."""
    with pytest.raises(LockPackageError, match=r"nothing to repeat at position 0\. Write '\.\*requests' instead$"):
        IgnorePattern.parse("*requests")
    with pytest.raises(LockPackageError, match=r"unterminated subpattern at position 0$"):
        IgnorePattern.parse("(")


@pytest.mark.parametrize(
    ("text", "separate"),
    [
        ("click,platformdirs", ("click", "platformdirs")),
        ("click, types-.*", ("click", "types-.*")),
        ("click platformdirs", ("click", "platformdirs")),
        ("click", ()),
        ("a{1,2}", ()),
        (",", ()),
    ],
)
def test_separate_patterns(text: str, separate: tuple[str, ...]) -> None:
    """A list of names is recognised as such, and what is an expression is not."""
    assert separate_patterns(IgnorePattern.parse(text)) == separate


@pytest.mark.parametrize(
    ("text", "closest"),
    [
        ("request", ("requests", "types-requests", "requests-toolbelt")),
        ("^clik$", ("click",)),
        ("klick.*", ("click",)),
        ("interface", ("zope-interface",)),
        ("tensorflow", ()),
        ("", ()),
    ],
)
def test_closest_names(text: str, closest: tuple[str, ...]) -> None:
    """What may have been meant is found whatever else is in the expression."""
    assert closest_names(IgnorePattern.parse(text), NAMES) == closest


LONG = canonicalize_name("a" * 60 + "b")


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("requests", False),
        ("requests.*", False),
        ("(numpy|scipy)(-.*)?", False),
        ("(?!numpy).*", False),
        ("a.*|b.*|c.*|d.*", False),
        ("(a+)+$", True),
        ("(a|aa)*", True),
        ("(a?){30}", True),
        ("a?a?a?a?", True),
        ("a*a*a*a*b", True),
        ("a*[|]a*a*a*", True),
        ("(a*|b)(a*|c)a*a*", True),
        ("(?x)(a+) +$", True),
    ],
)
def test_may_take_long(pattern: str, answer: bool) -> None:  # noqa: FBT001
    """Only a repeated group, or several repetitions, can take long: other patterns cost nothing more."""
    assert may_take_long(pattern) is answer


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(?x)(a+) +$"])
def test_no_hang(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would take years is an error that names the pattern."""
    monkeypatch.setattr(ignore, "_SECONDS", 0.5)

    with pytest.raises(OptionError, match="takes too long to match") as error:
        IgnorePattern.parse(pattern).select([LONG])

    assert repr(pattern) in str(error.value)


def test_the_same_names() -> None:
    """In a process of its own, a pattern matches as it does in this one."""
    names = frozenset(map(canonicalize_name, ("aab", "ab", "b", "c")))

    assert IgnorePattern.parse("(A+)+[[b]").select(names) == {"aab", "ab"}

"""Patterns of `--ignore`, and what their authors may have meant."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.selection.ignore import (
    IgnorePattern,
    closest_names,
    ignored_names,
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


def test_ignored_names() -> None:
    """Several patterns add up."""
    patterns = [IgnorePattern.parse(text) for text in ("cli.*", "zope-interface", "nothing")]

    assert ignored_names(patterns, NAMES) == {"click", "zope-interface"}
    assert ignored_names([], NAMES) == frozenset()


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

"""Patterns of `--ignore`: what they match, and what their author may have meant."""

from __future__ import annotations

import warnings

import pytest
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.errors import PatternError
from poetry_plugin_lock_package.selection.ignore import IgnorePattern, closest_names, ignored_names

NAMES = [canonicalize_name(name) for name in ("pyspark", "py4j", "pandas", "numpy", "zope.interface")]


@pytest.mark.parametrize(
    ("patterns", "matched"),
    [
        ((), set()),
        (("pyspark", "pandas"), {"pyspark", "pandas"}),
        (("p.*",), {"pyspark", "py4j", "pandas"}),
        (("py.*|numpy",), {"pyspark", "py4j", "numpy"}),
        (("PySpark", "NUM.*"), {"pyspark", "numpy"}),
        # The whole name, from its first letter to its last.
        (("spark", "py", "pandas?x"), set()),
        # However its authors spell it.
        (("Zope_Interface",), {"zope-interface"}),
        (("zope.interface",), {"zope-interface"}),
        (("",), set()),
    ],
)
def test_ignored_names(patterns: tuple[str, ...], matched: set[str]) -> None:
    """A pattern is a regular expression for the whole name, in any case, or a name in any spelling."""
    assert ignored_names(map(IgnorePattern.parse, patterns), NAMES) == matched


@pytest.mark.parametrize("text", ["*spark", "(", "a{99999999999999999999}", "(" * 5000])
def test_no_regular_expression(text: str) -> None:
    """What is no regular expression is an error that has the pattern and the reason."""
    with pytest.raises(PatternError) as raised:
        IgnorePattern.parse(text)

    assert raised.value.__suppress_context__
    assert raised.value.__cause__ is None
    assert text[:10] in str(raised.value)


def test_doubtful_pattern() -> None:
    """Python's doubts about a pattern, which name a file of this machine, are not passed on."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert IgnorePattern.parse("[[a]").text == "[[a]"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("pyspork", ("pyspark",)),
        ("spark", ("pyspark",)),
        ("Interface", ("zope-interface",)),
        ("p", ("numpy", "pandas", "py4j")),
        ("tensorflow.*", ()),
        ("", ()),
    ],
)
def test_closest_names(text: str, names: tuple[str, ...]) -> None:
    """At most three names: those that are spelt alike, then those that have the pattern in them."""
    assert closest_names(IgnorePattern.parse(text), NAMES) == names

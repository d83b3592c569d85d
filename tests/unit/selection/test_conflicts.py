"""What a lock says about extras and versions that pins cannot express."""

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.lock.model import LockedGraph, LockedPackage
from poetry_plugin_lock_package.selection.conflicts import (
    Inexpressible,
    find_conflicting,
    find_excluded,
    find_inexpressible,
)
from tests.unit.selection.graph import graph, package

X, Y = canonicalize_name("x"), canonicalize_name("y")


def _package(marker: str, version: str = "1.0") -> LockedPackage:
    return package("a", version, marker=marker)


def _graph(*packages: LockedPackage) -> LockedGraph:
    return graph((), *packages, extras=("x", "y"))


def test_extras_that_add() -> None:
    """A package that an extra brings is what core metadata can say."""
    assert not list(find_inexpressible(_graph(_package('extra == "x" or extra == "y"')), frozenset()))
    assert not list(find_inexpressible(_graph(_package("")), frozenset()))


def test_taken_away() -> None:
    """An extra that removes a package is named, unless it is installed always."""
    found = _package('extra != "x"')

    assert list(find_inexpressible(_graph(found), frozenset())) == [Inexpressible(found, taken_by=X)]
    assert not list(find_inexpressible(_graph(found), frozenset({X})))


def test_together() -> None:
    """A package that two extras bring only together, or each alone and not together, is found."""
    both = _package('extra == "x" and extra == "y"')
    either = _package('extra == "x" and extra != "y" or extra == "y" and extra != "x"')

    assert list(find_inexpressible(_graph(both), frozenset())) == [Inexpressible(both)]
    assert list(find_inexpressible(_graph(either), frozenset())) == [Inexpressible(either, is_exclusive=True)]


def test_excluded() -> None:
    """Of extras that are installed together, one may exclude what the other needs."""
    found = _package('extra == "x" and extra != "y"')

    assert list(find_excluded(_graph(found), frozenset({X, Y}))) == [found]
    assert not list(find_excluded(_graph(found), frozenset({X})))


def test_conflicting() -> None:
    """Versions of one name conflict if they meet in an environment, with one extra more or with none."""
    old, new = _package('extra == "x"'), _package('python_version >= "3.12"', "2.0")

    assert list(find_conflicting(_graph(old, new), frozenset())) == [old, new]
    assert not list(find_conflicting(_graph(_package('python_version < "3.12"'), new), frozenset()))

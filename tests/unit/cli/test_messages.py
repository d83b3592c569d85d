"""Warnings and lists of names as text."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomlkit

from poetry_plugin_lock_package.cli import messages
from poetry_plugin_lock_package.cli.messages import find_documentation, names_text, warning_text
from poetry_plugin_lock_package.plan_warnings.model import PlanWarning


@pytest.mark.parametrize(
    ("count", "text"), [(1, "n0"), (5, "n0, n1, n2, n3, n4"), (6, "n0, n1, n2, n3, n4 and 1 more"), (0, "")]
)
def test_names(count: int, text: str) -> None:
    """More than five names are cut, unless all are asked for."""
    names = [f"n{number}" for number in range(count)]

    assert names_text(names) == text
    assert names_text(names, verbose=True) == ", ".join(names)


@pytest.mark.parametrize(
    ("warning", "text"),
    [
        (PlanWarning("c", "Something"), "Something"),
        (PlanWarning("c", "Something", ("a", "b")), "Something: a, b"),
        (PlanWarning("c", "Something", ("a",), "Mend it"), "Something: a. Mend it"),
        (PlanWarning("c", "Something", remedy="Mend it"), "Something. Mend it"),
        (
            PlanWarning("c", "Something", remedy="Mend it", is_long_story=True),
            f"Something. Mend it (see {find_documentation()}/troubleshooting.html#c)",
        ),
    ],
)
def test_warning(warning: PlanWarning, text: str) -> None:
    """A warning has its problem, the names, one remedy, and where to read on, if that is a long story."""
    assert warning_text(warning) == text


def test_address_of_the_documentation() -> None:
    """The messages lead to where pyproject.toml says that the documentation is."""
    pyproject = Path(__file__).parents[3] / "pyproject.toml"
    urls = tomlkit.parse(pyproject.read_text(encoding="utf-8")).unwrap()["project"]["urls"]

    assert find_documentation() == urls["Documentation"]


def test_no_address_of_the_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    """If whoever packaged this has left the address out, the messages do without it."""
    monkeypatch.setattr(messages, "find_documentation", lambda: None)

    assert warning_text(PlanWarning("c", "Something", is_long_story=True)) == "Something"

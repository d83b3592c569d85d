"""Rules between options."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.cli.options import OPTIONS
from poetry_plugin_lock_package.cli.rules import RULES, check_rules
from poetry_plugin_lock_package.cli.values import merge
from poetry_plugin_lock_package.errors import OptionsError


def test_no_rule_is_broken_by_nothing() -> None:
    """A run without options is fine."""
    check_rules(merge({}, {}))


def test_rules_speak_of_their_options() -> None:
    """Every rule is about options that exist, and its message names at least one of them, or stands for them."""
    known = {spec.name for spec in OPTIONS}
    for rule in RULES:
        assert known.issuperset(rule.options), rule
        assert set(rule.options).issuperset(rule.named), rule
        assert "{used}" in rule.message or any(f"--{name}" in rule.message for name in rule.options), rule


@pytest.mark.parametrize(
    ("given", "settings", "options", "message"),
    [
        ({"build": True}, {"no-root": True, "as-extra": "x"}, "no-root", "--no-root cannot be used with --as-extra"),
    ],
)
def test_broken(given: dict[str, object], settings: dict[str, object], options: str, message: str) -> None:
    """The error has the options that it is about, and names those that are in use."""
    with pytest.raises(OptionsError) as error:
        check_rules(merge(given, settings))  # type: ignore[arg-type]

    assert options in error.value.options
    assert message in str(error.value)

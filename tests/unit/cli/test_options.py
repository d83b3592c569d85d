"""The table of options, and what follows from it."""

import pytest

from poetry_plugin_lock_package.cli.command import LockPackageCommand
from poetry_plugin_lock_package.cli.options import CHOICES, OPTIONS, RULES, SETTINGS, WRITING_OPTIONS, Kind, Mode
from poetry_plugin_lock_package.cli.request import merge, read_settings
from poetry_plugin_lock_package.errors import LockPackageError


def test_the_command_has_the_options_of_the_table() -> None:
    """Each row is an option of its name, shortcut and kind, in the order of the table."""
    options = [option for option in LockPackageCommand.options if option.name in {spec.name for spec in OPTIONS}]

    assert [(o.name, o.shortcut, o.accepts_value(), o.is_list()) for o in options] == [
        (spec.name, spec.shortcut, spec.kind is not Kind.FLAG, spec.kind is Kind.LIST) for spec in OPTIONS
    ]


def test_help_is_short() -> None:
    """Each option is explained in a sentence or two, and each value has a name."""
    for spec in OPTIONS:
        assert spec.help.endswith("."), spec
        assert len(spec.help) <= 100, spec
        assert bool(spec.value_name) == (spec.kind is not Kind.FLAG), spec


def test_settings_are_those_of_the_table() -> None:
    """A setting is what the table says is one, of the same kind; nothing else is."""
    values = {Kind.FLAG: True, Kind.TEXT: "x", Kind.LIST: ["x"]}
    for spec in OPTIONS:
        settings = {spec.name: values[spec.kind]}
        pyproject = {"tool": {"poetry-lock-package": settings}}
        if spec.is_setting:
            assert read_settings(pyproject) == settings
        else:
            with pytest.raises(LockPackageError, match="is not a setting"):
                read_settings(pyproject)


def test_names_beside_the_table() -> None:
    """Each name in the sets beside the table is that of an option."""
    assert SETTINGS.union(WRITING_OPTIONS, *CHOICES.values()) <= {spec.name for spec in OPTIONS}


def test_rules_speak_of_their_options() -> None:
    """Every rule is about options that exist, and its message names at least one of them, or stands for them."""
    known = {spec.name for spec in OPTIONS}
    for rule in RULES:
        assert known.issuperset(rule.options), rule
        assert "{used}" in rule.message or any(f"--{name}" in rule.message for name in rule.options), rule


@pytest.mark.parametrize(
    ("given", "settings", "mode"),
    [
        ((), (), Mode.WRITE),
        (("build",), (), Mode.BUILD),
        (("build", "diff"), (), Mode.DIFF),
        *(((name,), (), Mode.BUILD) for name in ("output", "constraints", "project-wheel", "as-extra", "from-wheel")),
        *(((), (name,), Mode.WRITE) for name in ("output", "project-wheel", "as-extra")),
    ],
)
def test_mode(given: tuple[str, ...], settings: tuple[str, ...], mode: Mode) -> None:
    """Asking for what only a wheel has is asking for a wheel; a setting alone is not."""
    assert merge(dict.fromkeys(given, True), dict.fromkeys(settings, "x")).mode is mode

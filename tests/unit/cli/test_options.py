"""The table of options, and what follows from it."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.cli.command import LockPackageCommand
from poetry_plugin_lock_package.cli.options import OPTIONS, Choice, Kind, names_of
from poetry_plugin_lock_package.cli.settings import read_settings
from poetry_plugin_lock_package.errors import SettingError


def test_the_command_has_the_options_of_the_table() -> None:
    """Each row is an option of its name, shortcut and kind, in the order of the table."""
    options = [option for option in LockPackageCommand.options if option.name in {spec.name for spec in OPTIONS}]

    assert [(o.name, o.shortcut, o.accepts_value(), o.is_list()) for o in options] == [
        (spec.name, spec.shortcut, spec.kind is not Kind.FLAG, spec.kind is Kind.LIST) for spec in OPTIONS
    ]


def test_what_people_need_first_comes_first() -> None:
    """`--help` begins with what most runs need."""
    names = [spec.name for spec in OPTIONS]

    assert names[:3] == ["build", "ignore", "no-root"]
    assert names.index("output") < names.index("constraints")


def test_help_is_one_line() -> None:
    """Each option is explained in a sentence that fits a line, and each value has a name."""
    for spec in OPTIONS:
        assert spec.help.endswith("."), spec
        assert len(spec.help) <= 90, spec
        assert bool(spec.value_name) == (spec.kind is not Kind.FLAG), spec


def test_settings_are_those_of_the_table() -> None:
    """What the table says is a setting is one, of the same kind; nothing else is."""
    values = {Kind.FLAG: True, Kind.TEXT: "x", Kind.LIST: ["x"]}
    for spec in OPTIONS:
        if spec.is_setting:
            assert read_settings({spec.name: values[spec.kind]}) == {spec.name: values[spec.kind]}
        else:
            with pytest.raises(SettingError, match="is not a setting"):
                read_settings({spec.name: values[spec.kind]})


def test_choices() -> None:
    """Options that answer one question are known as such."""
    assert names_of(Choice.GROUPS) == {"with", "without", "only", "all-groups"}
    assert names_of(Choice.EXTRAS) == {"extras", "all-extras"}
    assert names_of(Choice.SHAPE) == {"no-root", "include-root", "as-extra"}

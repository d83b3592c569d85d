"""Which options go together: a table of rules, each with its message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.console.options import GROUP_OPTIONS, OWN_WHEEL_OPTIONS, PUBLISH_OPTIONS
from poetry_plugin_lock_package.console.values import Mode
from poetry_plugin_lock_package.errors import OptionsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from poetry_plugin_lock_package.console.values import Values

# What the public indexes are called by Poetry and by many users.
_PUBLIC = ("pypi", "testpypi", "test-pypi")


@dataclass(frozen=True, slots=True)
class Rule:
    """``options`` whose values do not go together if ``is_broken``.

    ``message`` says why, and what to do. In it, ``{used}`` stands for those of ``named`` that are in use.
    """

    options: tuple[str, ...]
    is_broken: Callable[[Values], bool]
    message: str
    named: tuple[str, ...] = ()


def check_rules(values: Values) -> None:
    """Raise OptionsError for the first rule that ``values`` break."""
    for rule in RULES:
        if rule.is_broken(values):
            used = " ".join(f"--{name}" for name in rule.named if values[name])
            raise OptionsError(rule.options, rule.message.format(used=used))


def _any(values: Values, names: Iterable[str]) -> bool:
    return any(values[name] for name in names)


RULES = (
    Rule(
        ("output",),
        # As a setting, it is for the runs that build.
        lambda values: values.is_given("output") and not values.mode.builds,
        "--output is where --build puts the wheel: add --build",
    ),
    Rule(
        ("constraints",),
        lambda values: values["constraints"] and not values.mode.builds,
        "--constraints go beside the wheel that --build makes: add --build",
    ),
    Rule(
        ("publish", "repository"),
        lambda values: values["publish"] and canonicalize_name(values["repository"] or "pypi") in _PUBLIC,
        "--publish needs the --repository of an index of your own (`poetry config repositories.NAME URL`): a lock"
        " package does not belong on the public index",
    ),
    Rule(
        ("publish", *OWN_WHEEL_OPTIONS),
        lambda values: values["publish"] and _any(values, OWN_WHEEL_OPTIONS),
        "--publish uploads a lock package: publish what {used} builds with `poetry publish`",
        named=OWN_WHEEL_OPTIONS,
    ),
    Rule(
        PUBLISH_OPTIONS,
        lambda values: _any(values, PUBLISH_OPTIONS) and not values["publish"],
        "{used} is for --publish: add --publish",
        named=PUBLISH_OPTIONS,
    ),
    Rule(
        ("move",),
        lambda values: values["move"] and not values.mode.builds,
        "--move is for the wheel that --wheel builds: add --wheel, or use --build",
    ),
    Rule(
        OWN_WHEEL_OPTIONS,
        # As settings, they are for the runs that build.
        lambda values: any(map(values.is_given, OWN_WHEEL_OPTIONS)) and values.mode is not Mode.BUILD,
        "{used} puts the pins into a wheel: add --build",
        named=OWN_WHEEL_OPTIONS,
    ),
    Rule(
        OWN_WHEEL_OPTIONS,
        lambda values: all(values[name] for name in OWN_WHEEL_OPTIONS),
        "You cannot specify `--as-extra` while using `--include-root`.",
    ),
    Rule(
        ("no-root", *OWN_WHEEL_OPTIONS),
        lambda values: values["no-root"] and _any(values, OWN_WHEEL_OPTIONS),
        "You cannot specify `--no-root` while using `{used}`.",
        named=OWN_WHEEL_OPTIONS,
    ),
    Rule(
        ("from-wheel", *OWN_WHEEL_OPTIONS),
        lambda values: values["from-wheel"] and not (_any(values, OWN_WHEEL_OPTIONS) and values.mode is Mode.BUILD),
        "--from-wheel is a wheel to put the pins into: add --include-root or --as-extra",
    ),
    Rule(
        ("extras", "all-extras"),
        lambda values: values["extras"] and values["all-extras"],
        "You cannot specify explicit `--extras` while using `--all-extras`.",
    ),
    Rule(
        ("all-groups", *GROUP_OPTIONS),
        lambda values: values["all-groups"] and _any(values, GROUP_OPTIONS),
        "You cannot specify explicit `--with`, `--without` or `--only` while using `--all-groups`.",
    ),
)

"""Which options go together: a table of rules, each with its message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.cli.options import (
    GROUP_OPTIONS,
    OPTIONS,
    OWN_WHEEL_OPTIONS,
    WRITING_OPTIONS,
    Kind,
)
from poetry_plugin_lock_package.cli.values import Mode
from poetry_plugin_lock_package.errors import OptionsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from poetry_plugin_lock_package.cli.values import Value, Values


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


def _has_empty(value: Value) -> bool:
    texts = [value] if isinstance(value, str) else value
    return isinstance(texts, list) and not all(map(str.strip, texts))


def _any(values: Values, names: Iterable[str]) -> bool:
    return any(values[name] for name in names)


RULES = (
    *(
        Rule(
            (spec.name,),
            # A variable of a pipeline that is not set: what is meant is not known.
            lambda values, name=spec.name: _has_empty(values.given.get(name)),  # type: ignore[misc]
            f"--{spec.name} is empty. Give a value, or leave the option out",
        )
        for spec in OPTIONS
        if spec.kind is not Kind.FLAG
    ),
    Rule(
        ("diff", *WRITING_OPTIONS),
        lambda values: values["diff"] and any(map(values.is_given, WRITING_OPTIONS)),
        "--diff writes nothing, so it cannot be used with {used}",
        named=WRITING_OPTIONS,
    ),
    Rule(
        ("format",),
        lambda values: values["format"] and not values["diff"],
        "--format is only for --diff. Add that",
    ),
    Rule(
        ("format",),
        lambda values: values["format"] not in (None, "text", "json"),
        "--format has to be text or json",
    ),
    Rule(
        OWN_WHEEL_OPTIONS,
        lambda values: all(values[name] for name in OWN_WHEEL_OPTIONS),
        "--as-extra cannot be used with --include-root. Choose one of them",
    ),
    Rule(
        ("no-root", *OWN_WHEEL_OPTIONS),
        lambda values: values["no-root"] and _any(values, OWN_WHEEL_OPTIONS),
        "--no-root cannot be used with {used}, which builds the wheel of the project. Choose one of them",
        named=OWN_WHEEL_OPTIONS,
    ),
    Rule(
        ("from-wheel", *OWN_WHEEL_OPTIONS),
        lambda values: values["from-wheel"] and not (_any(values, OWN_WHEEL_OPTIONS) and values.mode is Mode.BUILD),
        "--from-wheel needs to know how the pins go into the wheel. Add --include-root or --as-extra",
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

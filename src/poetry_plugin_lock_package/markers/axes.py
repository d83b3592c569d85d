"""Axes: the questions about an environment that markers can tell apart.

An *axis* is one such question, about one variable: the version of Python, cut where some marker cuts it and only
within the project's range; the value of a variable, with those that are named and "any other"; its version, with a
sample on each side of every bound; or whether a word is in it.

poetry-core (``validate``) or packaging always decides what a condition means, never this module, so that a region
agrees with what Poetry, or pip, installs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from poetry.core.constraints.generic import Constraint
from poetry.core.constraints.version import Version, VersionConstraint

from poetry_plugin_lock_package.markers.operations import atoms, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import TypeAlias

    from poetry_plugin_lock_package.markers.operations import Atom

    Answers = frozenset[int]
    # Whether a condition holds for some values of variables.
    Holds: TypeAlias = Callable[[dict[str, str]], bool]
    Point = tuple[int, int, int]

# Poetry's constraint parser reads some punctuation as operators, so a plain word.
_OTHER = "any-other-value"

_PYTHON = ("python_version", "python_full_version")


@dataclass(frozen=True)
class Axis:
    """One question about an environment, with its possible answers numbered from 0."""

    examples: list[dict[str, str]]
    """For each answer: values of variables for which it is the answer."""
    text: Callable[[Answers], str]
    """Gives a PEP 508 marker that holds for some answers, which are a proper, non-empty subset."""
    is_version: bool = False
    """Whether the answers are versions, which say nothing about the words in a variable."""


class Question(NamedTuple):
    """What decides a condition: ``variable`` itself, or whether ``word`` is in it. Sorted, shorter words come first."""

    variable: str
    length: int = 0
    word: str = ""


# The version of Python, which has two variables.
PYTHON = Question("")


def question_of(atom: Atom) -> Question:
    """The question that decides ``atom``."""
    if atom.name in _PYTHON and isinstance(atom.constraint, VersionConstraint):
        return PYTHON
    if isinstance(atom.constraint, Constraint) and atom.constraint.operator in ("in", "not in"):
        return Question(atom.name, len(atom.constraint.value), atom.constraint.value)
    return Question(atom.name)


def make_axis(
    question: Question, conditions: Collection[Atom], others: Collection[Holds], python: VersionConstraint
) -> Axis:
    """The axis for ``question``, which decides ``conditions`` and their ``other`` readings, in the range ``python``."""
    if question == PYTHON:
        return python_axis(conditions, python, others)
    if question.word:
        return word_axis(question.variable, question.word)
    if any(isinstance(condition.constraint, VersionConstraint) for condition in conditions):
        return version_axis(question.variable, conditions, others)
    parts = (part for condition in conditions for part in parts_of(condition))
    # poetry-core finds constraints that nothing meets in some texts with punctuation. These have no value.
    return value_axis(question.variable, {part.value for part in parts if isinstance(part, Constraint)})


# ---- the version of Python


def python_axis(conditions: Collection[Atom], python: VersionConstraint, others: Iterable[Holds] = ()) -> Axis:
    """The version of Python, cut into intervals between which no condition changes."""
    readings = [*(condition.validate for condition in conditions), *others]
    points = _points([python, *(condition.constraint for condition in conditions)])
    allowed = [point for point in points if python.allows(Version.parse(".".join(map(str, point))))]
    # If no release is in the range, use any version.
    intervals = groupby(allowed or points[:1], lambda point: [holds(_python(point)) for holds in readings])
    starts = [next(interval) for _, interval in intervals]
    return Axis(list(map(_python, starts)), partial(_python_text, starts))


def _python_text(starts: list[Point], answers: Answers) -> str:
    firsts = (answer for answer in sorted(answers) if answer - 1 not in answers)
    ends = (answer + 1 for answer in sorted(answers) if answer + 1 not in answers)
    return " or ".join(
        " and ".join(
            # No bound is needed where the project's range ends.
            ([_bound(">=", starts[first])] if first else []) + ([_bound("<", starts[end])] if end < len(starts) else [])
        )
        for first, end in zip(firsts, ends, strict=True)
    )


def _points(constraints: Collection[VersionConstraint]) -> list[Point]:
    """Python versions of which at least one lies in each interval that ``constraints`` cut out.

    Around each bound: the version itself, its neighbours, and the minor versions next to it
    (``python_version`` knows only those).
    """
    points: set[Point] = set()
    for bound in _bounds(constraints):
        major, minor, patch = bound.major, bound.minor or 0, bound.patch or 0
        points |= {(major, minor, patch + step) for step in (-1, 0, 1) if patch + step >= 0}
        points |= {(major, minor, 0), (major, minor + 1, 0)}
        points.add((major, minor - 1, 0) if minor else (max(major - 1, 0), 99, 0))
    return sorted(points)


def _bounds(constraints: Iterable[VersionConstraint]) -> set[Version]:
    intervals = (interval for constraint in constraints for interval in constraint.flatten())
    return {bound for interval in intervals for bound in (interval.min, interval.max) if bound is not None}


def _python(point: Point) -> dict[str, str]:
    major, minor, patch = point
    return {"python_version": f"{major}.{minor}", "python_full_version": f"{major}.{minor}.{patch}"}


def _bound(operator: str, point: Point) -> str:
    major, minor, patch = point
    if patch:
        return f'python_full_version {operator} "{major}.{minor}.{patch}"'
    return f'python_version {operator} "{major}.{minor}"'


# ---- the value of another variable, its version, and words in it


def value_axis(name: str, values: Collection[str]) -> Axis:
    """A variable that is compared only for equality: its values, then any other."""
    known = sorted(values)
    return Axis([{name: value} for value in (*known, _OTHER)], partial(_value_text, name, known))


def _value_text(name: str, values: list[str], answers: Answers) -> str:
    if len(values) in answers:
        return " and ".join(f'{name} != "{value}"' for answer, value in enumerate(values) if answer not in answers)
    return " or ".join(f'{name} == "{values[answer]}"' for answer in sorted(answers))


def word_axis(name: str, word: str) -> Axis:
    """Whether ``word`` is in a variable: not, or (the last answer) it is."""
    without = "0" if word in _OTHER else _OTHER
    return Axis(
        [{name: without}, {name: word}], lambda answers: f'"{word}" {"in" if 1 in answers else "not in"} {name}'
    )


def version_axis(name: str, conditions: Collection[Atom], others: Iterable[Holds] = ()) -> Axis:
    """A variable that is compared as a version, and is not Python's: a sample for each combination of conditions."""
    conditions = sorted(conditions, key=str)
    readings = [*(condition.validate for condition in conditions), *others]
    example_of: dict[tuple[bool, ...], dict[str, str]] = {}
    for sample in _samples(conditions):
        example = {name: sample}
        example_of.setdefault(tuple(holds(example) for holds in readings), example)
    examples = list(example_of.values())
    return Axis(examples, partial(_version_text, conditions, examples), is_version=True)


def _samples(conditions: Iterable[Atom]) -> list[str]:
    """Versions: one below all bounds of ``conditions``, each bound, and one after each bound."""
    bounds = _bounds(condition.constraint for condition in conditions)
    return ["0", *sorted({str(bound) for bound in bounds} | {f"{bound.release.text}.0.0.1" for bound in bounds})]


def _version_text(conditions: Iterable[Atom], examples: list[dict[str, str]], answers: Answers) -> str:
    literals = {
        frozenset(answer for answer, example in enumerate(examples) if literal.validate(example)): (
            f"({literal})" if " or " in str(literal) else str(literal)
        )
        for condition in conditions
        for either in (condition.invert(), condition)
        for literal in atoms(either)
    }
    if answers in literals:
        return literals[answers]
    alternatives = []
    still_open = set(answers)
    while still_open:
        # Add literals until nothing else is inside, each time the one that excludes most.
        inside, chosen = frozenset(range(len(examples))), []
        one = min(still_open)
        while inside - answers:
            literal = min((some for some in literals if one in some), key=lambda some: len((inside & some) - answers))
            inside &= literal
            chosen.append(literals[literal])
        alternatives.append(" and ".join(chosen))
        still_open -= inside
    return " or ".join(alternatives)

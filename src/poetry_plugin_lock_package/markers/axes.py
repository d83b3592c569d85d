"""Axes: the questions about an environment that markers can tell apart.

An *axis* is one such question, about one variable: the version of Python, cut where some marker cuts it and only
within the project's range; the value of a variable, with those that are named and "any other"; its version, with a
sample on each side of every bound; or whether a word is in it.

What a condition means is always asked of poetry-core (``validate``) or packaging, never decided here, so that a region
agrees with what Poetry, or pip, installs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from poetry.core.constraints.generic import Constraint
from poetry.core.constraints.version import Version, VersionConstraint

from poetry_plugin_lock_package.markers.operations import atoms, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Protocol, TypeAlias

    from poetry_plugin_lock_package.markers.operations import Atom

    Answers = frozenset[int]
    # Whether a condition holds for some values of variables.
    Holds: TypeAlias = Callable[[dict[str, str]], bool]

    class Axis(Protocol):
        """One question about an environment, with its possible answers numbered from 0."""

        @property
        def size(self) -> int:
            """How many answers there are."""

        def example(self, answer: int) -> dict[str, str]:
            """Values of variables for which ``answer`` is the answer."""

        def text(self, answers: Answers) -> str:
            """A PEP 508 marker that holds for ``answers``, which are neither none nor all."""


# Poetry's constraint parser reads some punctuation as operators, so a plain word.
_OTHER = "any-other-value"

_PYTHON = ("python_version", "python_full_version")


class PythonAxis:
    """The version of Python, cut into intervals between which no condition changes."""

    def __init__(self, conditions: Iterable[Atom], python: VersionConstraint, others: Iterable[Holds] = ()) -> None:
        conditions = set(conditions)
        readings = [*(condition.validate for condition in conditions), *others]
        points = _points([python, *(condition.constraint for condition in conditions)])
        allowed = [point for point in points if python.allows(Version.parse(".".join(map(str, point))))]
        # No release is in the range: use any version.
        allowed = allowed or points[:1]
        self.starts: list[tuple[int, int, int]] = []
        previous = None
        for point in allowed:
            truth = [holds(_python(point)) for holds in readings]
            if truth != previous:
                self.starts.append(point)
                previous = truth
        self.size = len(self.starts)

    def example(self, answer: int) -> dict[str, str]:
        """Values of variables for which ``answer`` is the answer."""
        return _python(self.starts[answer])

    def text(self, answers: Answers) -> str:
        """A PEP 508 marker that holds for ``answers``."""
        return " or ".join(
            " and ".join(
                # No bound is needed where the project's range ends.
                ([_bound(">=", self.starts[first])] if first else [])
                + ([_bound("<", self.starts[last + 1])] if last + 1 < self.size else [])
            )
            for first, last in _runs(answers)
        )


class ValueAxis:
    """A variable that is compared only for equality: its values, then any other."""

    def __init__(self, name: str, values: Collection[str]) -> None:
        self.name = name
        self.values = [*sorted(values), _OTHER]
        self.size = len(self.values)

    def example(self, answer: int) -> dict[str, str]:
        """Values of variables for which ``answer`` is the answer."""
        return {self.name: self.values[answer]}

    def text(self, answers: Answers) -> str:
        """A PEP 508 marker that holds for ``answers``."""
        other = self.size - 1
        if other in answers:
            return " and ".join(f'{self.name} != "{self.values[i]}"' for i in range(other) if i not in answers)
        return " or ".join(f'{self.name} == "{self.values[i]}"' for i in sorted(answers))


class VersionAxis:
    """A variable that is compared as a version, and is not Python's: a sample for each combination of conditions."""

    def __init__(self, name: str, conditions: Collection[Atom], others: Iterable[Holds] = ()) -> None:
        self.name = name
        self.conditions = sorted(conditions, key=str)
        readings = [*(condition.validate for condition in self.conditions), *others]
        sample_of: dict[tuple[bool, ...], str] = {}
        for sample in _samples(self.conditions):
            sample_of.setdefault(tuple(holds({name: sample}) for holds in readings), sample)
        self.samples = list(sample_of.values())
        self.size = len(self.samples)

    def example(self, answer: int) -> dict[str, str]:
        """Values of variables for which ``answer`` is the answer."""
        return {self.name: self.samples[answer]}

    def text(self, answers: Answers) -> str:
        """A PEP 508 marker that holds for ``answers``."""
        literals = {
            answers_of(self, literal.validate): f"({literal})" if " or " in str(literal) else str(literal)
            for condition in self.conditions
            for either in (condition.invert(), condition)
            for literal in atoms(either)
        }
        if answers in literals:
            return literals[answers]
        alternatives = []
        still_open = set(answers)
        while still_open:
            # Add literals until nothing else is inside, each time the one that excludes most.
            inside, chosen = frozenset(range(self.size)), []
            one = min(still_open)
            while inside - answers:
                literal = min(
                    (some for some in literals if one in some), key=lambda some: len((inside & some) - answers)
                )
                inside &= literal
                chosen.append(literals[literal])
            alternatives.append(" and ".join(chosen))
            still_open -= inside
        return " or ".join(alternatives)


class WordAxis:
    """Whether ``word`` is in a variable: not, or (the last answer) it is."""

    size = 2

    def __init__(self, name: str, word: str) -> None:
        self.name = name
        self.word = word

    def example(self, answer: int) -> dict[str, str]:
        """Values of variables for which ``answer`` is the answer."""
        return {self.name: self.word if answer else _without(self.word)}

    def text(self, answers: Answers) -> str:
        """A PEP 508 marker that holds for ``answers``."""
        return f'"{self.word}" {"in" if 1 in answers else "not in"} {self.name}'


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
        return PythonAxis(conditions, python, others)
    if question.word:
        return WordAxis(question.variable, question.word)
    if any(isinstance(condition.constraint, VersionConstraint) for condition in conditions):
        return VersionAxis(question.variable, conditions, others)
    parts = (part for condition in conditions for part in parts_of(condition))
    # poetry-core finds constraints that nothing meets in some texts with punctuation. These have no value.
    return ValueAxis(question.variable, {part.value for part in parts if isinstance(part, Constraint)})


def answers_of(axis: Axis, holds: Holds) -> Answers:
    """The answers of ``axis`` with which a condition ``holds``."""
    return frozenset(answer for answer in range(axis.size) if holds(axis.example(answer)))


def _without(word: str) -> str:
    """A value in which ``word`` does not occur."""
    return "0" if word in _OTHER else _OTHER


def _samples(conditions: Iterable[Atom]) -> list[str]:
    """Versions: one below all bounds of ``conditions``, each bound, and one after each bound."""
    bounds = {
        bound
        for condition in conditions
        for interval in condition.constraint.flatten()
        for bound in (interval.min, interval.max)
        if bound is not None
    }
    return ["0", *sorted({str(bound) for bound in bounds} | {f"{bound.release.text}.0.0.1" for bound in bounds})]


def _points(constraints: Collection[VersionConstraint]) -> list[tuple[int, int, int]]:
    """Python versions of which at least one lies in each interval that ``constraints`` cut out.

    Around each bound: the version itself, its neighbours, and the minor versions next to it
    (``python_version`` knows only those).
    """
    points: set[tuple[int, int, int]] = set()
    for constraint in constraints:
        for part in constraint.flatten():
            for bound in (part.min, part.max):
                if bound is None:
                    continue
                major, minor, patch = bound.major, bound.minor or 0, bound.patch or 0
                points |= {(major, minor, patch + step) for step in (-1, 0, 1) if patch + step >= 0}
                points |= {(major, minor, 0), (major, minor + 1, 0)}
                points.add((major, minor - 1, 0) if minor else (max(major - 1, 0), 99, 0))
    return sorted(points)


def _python(point: tuple[int, int, int]) -> dict[str, str]:
    major, minor, patch = point
    return {"python_version": f"{major}.{minor}", "python_full_version": f"{major}.{minor}.{patch}"}


def _bound(operator: str, point: tuple[int, int, int]) -> str:
    major, minor, patch = point
    if patch:
        return f'python_full_version {operator} "{major}.{minor}.{patch}"'
    return f'python_version {operator} "{major}.{minor}"'


def _runs(answers: Answers) -> list[tuple[int, int]]:
    """The first and last of each unbroken run of numbers."""
    runs: list[tuple[int, int]] = []
    for i in sorted(answers):
        if runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    return runs

"""Axes: the questions about an environment that markers can tell apart.

An *axis* is one such question, about one variable: the version of Python, cut where some
marker cuts it and only within the project's range; a variable that is compared with ``==``
and ``!=`` alone, with its named values and "any other"; or one that is compared in other
ways too, with a sample for each combination of conditions that some value of it can meet.

What a condition means is always asked of poetry-core (``validate``), never decided here,
so that a region agrees with what Poetry installs.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from poetry.core.constraints.generic import Constraint, MultiConstraint, UnionConstraint
from poetry.core.constraints.version import Version, VersionConstraint

from poetry_plugin_lock_package.markers.operations import atoms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from typing import Any, Protocol

    from poetry_plugin_lock_package.markers.operations import Atom

    Answers = frozenset[int]

    class Axis(Protocol):
        """One question about an environment, with its possible answers numbered from 0."""

        @property
        def size(self) -> int:
            """How many answers there are."""

        def answers(self, atom: Atom) -> Answers:
            """The answers with which ``atom`` holds."""

        def example(self, answer: int) -> dict[str, str]:
            """Values of variables for which ``answer`` is the answer."""

        def text(self, answers: Answers) -> str:
            """A PEP 508 marker that holds for ``answers``, which are neither none nor all."""


# Poetry's constraint parser reads some punctuation as operators, so a plain word.
_OTHER = "any-other-value"

_PYTHON = ("python_version", "python_full_version")


class PythonAxis:
    """The version of Python, cut into intervals between which no condition changes."""

    def __init__(self, conditions: Iterable[Atom], python: VersionConstraint) -> None:
        conditions = set(conditions)
        points = _points([python, *(condition.constraint for condition in conditions)])
        allowed = [point for point in points if python.allows(Version.parse(".".join(map(str, point))))]
        # No release is in the range: use any version.
        allowed = allowed or points[:1]
        self.starts: list[tuple[int, int, int]] = []
        previous = None
        for point in allowed:
            truth = [condition.validate(_python(point)) for condition in conditions]
            if truth != previous:
                self.starts.append(point)
                previous = truth
        self.size = len(self.starts)

    def answers(self, atom: Atom) -> Answers:
        """The answers with which ``atom`` holds."""
        return frozenset(i for i, start in enumerate(self.starts) if atom.validate(_python(start)))

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

    def answers(self, atom: Atom) -> Answers:
        """The answers with which ``atom`` holds."""
        return frozenset(i for i, value in enumerate(self.values) if atom.validate({self.name: value}))

    def example(self, answer: int) -> dict[str, str]:
        """Values of variables for which ``answer`` is the answer."""
        return {self.name: self.values[answer]}

    def text(self, answers: Answers) -> str:
        """A PEP 508 marker that holds for ``answers``."""
        other = self.size - 1
        if other in answers:
            return " and ".join(f'{self.name} != "{self.values[i]}"' for i in range(other) if i not in answers)
        return " or ".join(f'{self.name} == "{self.values[i]}"' for i in sorted(answers))


class SampledAxis:
    """A variable that is compared in other ways too: as a version, or by what is in it."""

    def __init__(self, name: str, conditions: Collection[Atom]) -> None:
        self.name = name
        self.conditions = sorted(conditions, key=str)
        sample_of: dict[tuple[bool, ...], str] = {}
        for sample in _samples(self.conditions):
            sample_of.setdefault(tuple(self._holds(condition, sample) for condition in self.conditions), sample)
        self.samples = list(sample_of.values())
        self.size = len(self.samples)

    def answers(self, atom: Atom) -> Answers:
        """The answers with which ``atom`` holds."""
        return frozenset(i for i, sample in enumerate(self.samples) if self._holds(atom, sample))

    def example(self, answer: int) -> dict[str, str]:
        """Values of variables for which ``answer`` is the answer."""
        return {self.name: self.samples[answer]}

    def _holds(self, atom: Atom, sample: str) -> bool:
        try:
            return atom.validate({self.name: sample})
        except ValueError:  # the sample is not a version, so no comparison holds
            return False

    def text(self, answers: Answers) -> str:
        """A PEP 508 marker that holds for ``answers``."""
        literals = {
            self.answers(literal): f"({literal})" if " or " in str(literal) else str(literal)
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


def variable_of(atom: Atom) -> str:
    """The variable of ``atom``; ``python_version`` and ``python_full_version`` are one."""
    if atom.name in _PYTHON and isinstance(atom.constraint, VersionConstraint):
        return "python"
    return atom.name


def is_equality(atom: Atom) -> bool:
    """Whether ``atom`` compares for equality alone."""
    return all(isinstance(part, Constraint) and part.operator in ("==", "!=") for part in parts_of(atom))


def parts_of(atom: Atom) -> Sequence[Any]:
    """The comparisons that poetry-core has merged into ``atom``."""
    if isinstance(atom.constraint, (MultiConstraint, UnionConstraint)):
        return atom.constraint.constraints
    return (atom.constraint,)


def _samples(conditions: Collection[Atom]) -> Iterator[str]:
    """Values of a variable: at least one for each combination of ``conditions`` that a value can meet."""
    parts = [part for condition in conditions for part in parts_of(condition)]
    compared = [part for part in parts if isinstance(part, Constraint)]
    equal = {part.value for part in compared if part.operator in ("==", "!=")}
    within = sorted({part.value for part in compared if part.operator not in ("==", "!=")})
    bounds = {
        str(bound)
        for part in parts
        if isinstance(part, VersionConstraint)
        for interval in part.flatten()
        for bound in (interval.min, interval.max)
        if bound is not None
    }
    # A value below all bounds, each bound, and a value after each bound.
    versions = ["0", *bounds, *(f"{bound}.0.0.1" for bound in bounds)] if bounds else [_OTHER]
    yield from sorted(equal)
    for number in range(len(within) + 1):
        for some in combinations(within, number):
            yield from ("-".join((version, *some)) for version in sorted(versions))


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

"""Sets of environments that can be joined, intersected and compared exactly.

A marker stands for the set of environments in which it holds. Following the edges of
a locked graph, with its cycles, needs comparisons of such sets, such as "has this
grown?". Marker texts cannot be compared, because many texts stand for one set.
So a set is a decision diagram here: a tree that asks about one variable after the
other and shares equal subtrees. Two sets are equal exactly if their diagrams are the
same (R. E. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986,
with more than two answers per question).

Questions ask only what the markers can tell apart: see ``axes``.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from functools import cache, reduce
from math import prod
from typing import TYPE_CHECKING, NewType, TypeVar

from poetry.core.version.markers import AnyMarker, MarkerUnion, MultiMarker, parse_marker

from poetry_plugin_lock_package.errors import VerificationError
from poetry_plugin_lock_package.markers.axes import PYTHON, Question, make_axis, question_of
from poetry_plugin_lock_package.markers.operations import atoms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from poetry.core.constraints.version import VersionConstraint
    from poetry.core.version.markers import BaseMarker

    from poetry_plugin_lock_package.markers.axes import Answers, Holds
    from poetry_plugin_lock_package.markers.operations import Atom

Node = TypeVar("Node")
Region = NewType("Region", int)
"""A set of environments, as the number of its diagram; equal sets have equal numbers."""

NOWHERE = Region(0)
EVERYWHERE = Region(1)

# How many steps poetry-core may need to parse a marker. So many take milliseconds, a quarter of a second at worst.
# A marker with three platforms and a machine for each needs two thirds of them.
_MOST_STEPS = 10_000


class Environments:
    """All environments that some markers can tell apart, within a range of Python versions."""

    def __init__(
        self,
        markers: Iterable[BaseMarker],
        python: VersionConstraint,
        others: Iterable[tuple[Atom, Holds]] = (),
    ) -> None:
        """Prepare for regions of ``markers`` and of combinations of them.

        ``python`` is the project's range: environments outside it are left out. ``others`` are conditions as something
        else than poetry-core reads them.
        """
        readings: defaultdict[Question, list[Holds]] = defaultdict(list)
        conditions: defaultdict[Question, set[Atom]] = defaultdict(set, {PYTHON: set()})
        for atom, holds in others:
            conditions[question_of(atom)].add(atom)
            readings[question_of(atom)].append(holds)
        for atom in {atom for marker in markers for atom in atoms(marker) if atom.name != "extra"}:
            conditions[question_of(atom)].add(atom)
        self._axis_of = {question: number for number, question in enumerate(sorted(conditions))}
        self._axes = [make_axis(one, conditions[one], readings[one], python) for one in self._axis_of]
        # A diagram is an axis and one diagram for each answer. The first two ask nothing: NOWHERE and EVERYWHERE.
        self._diagrams: list[tuple[int, tuple[Region, ...]]] = [(len(self._axes), ()), (len(self._axes), ())]
        self._number: dict[tuple[int, tuple[Region, ...]], Region] = {}
        # Cache every operation: the same few sets are combined many times.
        self.union = cache(self._union)
        self.intersection = cache(self._intersection)
        self.difference = cache(self._difference)
        self.region = cache(self._region)
        self.markers = cache(self._markers)
        self._cover = cache(self._covered)
        # Combinations of answers that no value gives, such as "arm64" for the value, and no "arm" in it.
        self._impossible = reduce(
            self.union, map(self._contradictions, (question for question in self._axis_of if question.word)), NOWHERE
        )

    # ---- markers to regions

    def _region(self, marker: BaseMarker, extras: frozenset[NormalizedName] = frozenset()) -> Region:
        """Where ``marker`` holds if exactly ``extras`` are installed."""
        if marker.is_any():
            return EVERYWHERE
        if marker.is_empty():
            return NOWHERE
        if isinstance(marker, MultiMarker):
            return reduce(self.intersection, (self.region(part, extras) for part in marker.markers))
        if isinstance(marker, MarkerUnion):
            return reduce(self.union, (self.region(part, extras) for part in marker.markers))
        (atom,) = atoms(marker)
        if atom.name == "extra":
            return EVERYWHERE if atom.validate({"extra": set(extras)}) else NOWHERE
        return self.decided(question_of(atom), atom.validate)

    def decided(self, question: Question, holds: Holds) -> Region:
        """Where a condition about ``question`` ``holds``, which is evaluated for an example of each answer."""
        number = self._axis_of[question]
        region = self._diagram(number, self._truth(number, holds))
        for guard in reversed(self._guards(question)):
            # Only its last answer leaves open whether the word is there: any other value, or one with a shorter word.
            region = self._diagram(guard, [*self._truth(guard, holds)[:-1], region])
        return region

    def _truth(self, number: int, holds: Holds) -> list[Region]:
        def is_met(example: dict[str, str]) -> bool:
            try:
                return holds(example)
            except ValueError:  # pragma: no cover - poetry-core before 2.2 reads no value with a space
                return False

        return [EVERYWHERE if is_met(example) else NOWHERE for example in self._axes[number].examples]

    def _guards(self, question: Question) -> list[int]:
        """The axes that may decide whether the word of ``question`` occurs: the value's, and those of words in it."""
        return [
            number
            for other, number in self._axis_of.items()
            if other.variable == question.variable and other < question and other.word in question.word
            # A version says nothing about words.
            if not self._axes[number].is_version
        ]

    def _contradictions(self, question: Question) -> Region:
        """Where the answer to ``question``, about a word, is not the one that follows from those of its guards."""
        answer = self._diagram(self._axis_of[question], (NOWHERE, EVERYWHERE))
        true = self.decided(question, lambda values: question.word in values[question.variable])
        return self.union(self.difference(answer, true), self.difference(true, answer))

    def example(self, region: Region) -> dict[str, str]:
        """The variables of one environment in ``region``, which is not empty; those of no marker are left out."""
        found: dict[str, str] = {}
        for number, axis in enumerate(self._axes):
            asked, parts = self._diagrams[region]
            answer = 0
            if asked == number:
                answer = next(i for i, part in enumerate(parts) if part != NOWHERE)
                region = parts[answer]
            for name, value in axis.examples[answer].items():
                # Words follow the value or the version, which are asked about first.
                known = found.get(name)
                found[name] = value if known is None else f"{known}-{value}" if answer else known
        return found

    # ---- sets of environments

    def _union(self, a: Region, b: Region) -> Region:
        """Where ``a`` or ``b`` holds."""
        if b in (a, NOWHERE) or a == EVERYWHERE:
            return a
        if a == NOWHERE or b == EVERYWHERE:
            return b
        axis, pairs = self._branches(a, b)
        return self._diagram(axis, [self.union(*pair) for pair in pairs])

    def _intersection(self, a: Region, b: Region) -> Region:
        """Where both ``a`` and ``b`` hold."""
        if b in (a, EVERYWHERE) or a == NOWHERE:
            return a
        if a == EVERYWHERE or b == NOWHERE:
            return b
        axis, pairs = self._branches(a, b)
        return self._diagram(axis, [self.intersection(*pair) for pair in pairs])

    def _difference(self, a: Region, b: Region) -> Region:
        """Where ``a`` holds and ``b`` does not."""
        if a in (b, NOWHERE) or b == EVERYWHERE:
            return NOWHERE
        if b == NOWHERE:
            return a
        axis, pairs = self._branches(a, b)
        return self._diagram(axis, [self.difference(*pair) for pair in pairs])

    def joined(self, regions: Iterable[tuple[Node, Region]]) -> dict[Node, Region]:
        """The union of the ``regions`` of each node."""
        found: dict[Node, Region] = {}
        for node, region in regions:
            found[node] = self.union(found.get(node, NOWHERE), region)
        return found

    def _branches(self, a: Region, b: Region) -> tuple[int, Iterable[tuple[Region, Region]]]:
        """The first axis that ``a`` or ``b`` asks about, and for each answer the rest of both."""
        axis = min(self._diagrams[a][0], self._diagrams[b][0])
        return axis, zip(self._answers(a, axis), self._answers(b, axis), strict=True)

    def _answers(self, region: Region, axis: int) -> Sequence[Region]:
        asked, parts = self._diagrams[region]
        return parts if asked == axis else [region] * len(self._axes[axis].examples)

    def _diagram(self, axis: int, parts: Sequence[Region]) -> Region:
        if all(part == parts[0] for part in parts):
            return parts[0]
        key = (axis, tuple(parts))
        if key not in self._number:
            self._number[key] = Region(len(self._diagrams))
            self._diagrams.append(key)
        return self._number[key]

    # ---- regions to markers

    def _markers(self, region: Region) -> tuple[BaseMarker, ...]:
        """Short markers that together hold in ``region`` and, within the Python range, nowhere else.

        Usually it is one marker. But poetry-core converts a marker to conjunctive and back to disjunctive normal
        form, which can take exponential time. Then each alternative becomes a marker of its own. Raises
        VerificationError if poetry-core misreads even these.
        """
        if region == EVERYWHERE:
            return (AnyMarker(),)
        if region == NOWHERE:
            return ()
        bounds = self.difference(region, self._impossible), self.union(region, self._impossible)
        alternatives = [" and ".join(self._literals(cube)) for cube in self._cover(*bounds)[0]]
        clauses = min(prod(text.count(" and ") + 1 for text in alternatives), _MOST_STEPS)
        is_short = len(alternatives) ** clauses <= _MOST_STEPS
        together = [" or ".join(alternatives)] if is_short else alternatives
        # poetry-core misreads a few markers with alternatives: fall back to one marker for each.
        for texts in (together, alternatives):
            markers = tuple(map(parse_marker, texts))
            if reduce(self.union, map(self.region, markers)) == region:
                return markers
        raise VerificationError(f"poetry-core reads the markers {texts} as {list(map(str, markers))}")

    def _literals(self, cube: tuple[tuple[int, Answers], ...]) -> Iterator[str]:
        for axis, answers in cube:
            text = self._axes[axis].text(answers)
            yield f"({text})" if " or " in text and len(cube) > 1 else text

    def _covered(self, lower: Region, upper: Region) -> tuple[tuple[tuple[tuple[int, Answers], ...], ...], Region]:
        """Alternatives that cover all of ``lower`` and nothing outside ``upper``, and the region that they cover.

        ``lower`` is not empty. Each alternative is a conjunction of answers, as wide as ``upper`` allows (S. Minato,
        "Fast Generation of Irredundant Sum-of-Products Forms from Binary Decision Diagrams", 1992).
        """
        if upper == EVERYWHERE:
            return ((),), EVERYWHERE
        axis, pairs = self._branches(lower, upper)
        lowers, uppers = map(list, zip(*pairs, strict=True))
        # What every answer allows needs no condition here. Emit it last, reduced to what is still uncovered.
        common = reduce(self.intersection, uppers)
        cubes: list[tuple[tuple[int, Answers], ...]] = []
        covered = [NOWHERE] * len(lowers)
        while open_parts := {part for low in lowers if (part := self.difference(low, common)) != NOWHERE}:
            # Take what fits under the most answers first: it needs the weakest condition.
            fits = {
                part: frozenset(i for i, up in enumerate(uppers) if self.difference(part, up) == NOWHERE)
                for part in open_parts
            }
            part = max(sorted(fits), key=lambda part: len(fits[part]))
            answers = fits[part]
            below, region = self._cover(part, reduce(self.intersection, (uppers[i] for i in answers)))
            # Any set between the open answers and the fitting ones is correct: take the one with the shorter text.
            still_open = frozenset(i for i in answers if self.intersection(lowers[i], region) != NOWHERE)
            answers = min(still_open, answers, key=lambda some: len(self._axes[axis].text(some)))
            cubes += [((axis, answers), *cube) for cube in below]
            for i in answers:
                lowers[i] = self.difference(lowers[i], region)
                covered[i] = self.union(covered[i], region)
        if (rest := reduce(self.union, lowers)) != NOWHERE:
            below, region = self._cover(rest, common)
            cubes += below
            covered = [self.union(part, region) for part in covered]
        return tuple(cubes), self._diagram(axis, covered)


def reach(
    environments: Environments,
    start: Iterable[tuple[Node, Region]],
    edges: Callable[[Node], Iterable[tuple[Node, Region]]],
    allowed: Callable[[Node], Region],
) -> Mapping[Node, Region]:
    """The region in which each node is reached from ``start``, and never outside the region ``allowed`` for it.

    The least fixed point of "allowed, and requested by something that is reached": regions only grow, and there
    are finitely many, so cycles end. Nodes that are reached nowhere are left out.
    """
    reached: dict[Node, Region] = {}
    # Merge pending requests per node: cycles revisit nodes often.
    requested = OrderedDict(environments.joined(start))
    while requested:
        node, where = requested.popitem(last=False)
        before = reached.get(node, NOWHERE)
        grown = environments.union(before, environments.intersection(where, allowed(node)))
        if grown != before:
            reached[node] = grown
            for target, edge in edges(node):
                where = environments.intersection(grown, edge)
                requested[target] = environments.union(requested.get(target, NOWHERE), where)
    return reached

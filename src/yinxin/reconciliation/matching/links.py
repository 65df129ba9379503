"""Which lines name each other: the reference of one stands in the text of the other."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

import numpy as np

from .columns import Ints
from .references import is_simple, said_in, unpadded
from .sides import Sides

MOST = 60  # lines of one reference; what more have names nothing in particular
NOBODY = -1
MOST_SHARING = 3  # lines a side with one token of their texts
Holders = dict[str, list[int]]


class Index:
    """Which lines have a reference: most have one of their own."""

    def __init__(self, sides: Sides, side: int) -> None:
        words, lines = sides.words[side], sides.lines[side]
        self.known = dict(zip(words, range(len(words)), strict=True))
        self.known.pop("", None)
        self._more: Holders = {}
        self.bare: dict[int, str] = {}  # of free lines, where it differs
        if len(self.known) < sum(map(bool, words)):
            for row, each in enumerate(words):
                if each and self.known[each] != row:
                    self._more.setdefault(each, []).append(row)
        for row in sides.rows(side).tolist():
            if words[row] and (bare := unpadded(lines[row].reference)) != words[row]:
                self._more.setdefault(bare, []).append(row)
                self.bare[row] = bare
                self.known.setdefault(bare, NOBODY)

    def of(self, each: str) -> list[int]:
        one = self.known.get(each, NOBODY)
        more = self._more.get(each, [])
        return more if one == NOBODY else [one, *more]


class Links:
    """`named[side][row]` are the lines of the other side that it names or is named by. `hinted`
    are those whose texts share what looks like a reference, though it is that of neither."""

    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self.known = Index(sides, 0), Index(sides, 1)
        self.named: tuple[dict[int, set[int]], dict[int, set[int]]] = (
            defaultdict(set),
            defaultdict(set),
        )
        self.tokens: tuple[dict[int, set[str]], dict[int, set[str]]] = {}, {}
        for side in (0, 1):
            for row in sides.rows(side).tolist():
                self._name(side, row)
        self.hinted = self._hints()

    def pairs(self) -> tuple[Ints, Ints]:
        """Who names whom, as two arrays."""
        named = self.named[0]
        counts = np.fromiter(map(len, named.values()), np.int64, len(named))
        ours = np.repeat(np.fromiter(named, np.int64, len(named)), counts)
        return ours, np.fromiter(chain.from_iterable(named.values()), np.int64, len(ours))

    def stated(self, side: int, row: int) -> set[str]:
        """The references that a line states, its own and those in its text."""
        own = self.sides.words[side][row]
        return self.tokens[side].get(row, set()) | ({own} if own else set())

    def _name(self, side: int, row: int) -> None:
        line, other = self.sides.lines[side][row], 1 - side
        index, own = self.known[other], self.sides.words[side][row]
        found: set[str] = set()
        if own:
            found |= {own, self.known[side].bare.get(row, own)}
            if not is_simple(line.reference):
                found |= said_in(line.reference, index.known)[0]
        if line.description:
            named, said = said_in(line.description, index.known)
            found |= named
            if said:
                self.tokens[side][row] = said
        for each in found:
            if each not in index.known or len(rows := index.of(each)) > MOST:
                continue
            for theirs in rows:
                self.named[side][row].add(theirs)
                self.named[other][theirs].add(row)

    def _hints(self) -> set[tuple[int, int]]:
        holders: tuple[Holders, Holders] = defaultdict(list), defaultdict(list)
        for side in (0, 1):
            for row, found in self.tokens[side].items():
                for each in found:
                    holders[side][each].append(row)
        return set(_sharing(*holders))


def _sharing(ours: Holders, theirs: Holders) -> Iterator[tuple[int, int]]:
    for token in ours.keys() & theirs.keys():
        if max(len(ours[token]), len(theirs[token])) <= MOST_SHARING:
            yield from ((one, other) for one in ours[token] for other in theirs[token])

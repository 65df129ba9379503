"""Both sides while they are matched: what is free, and what was found so far."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from .columns import PLACES, Columns, Ints, columns, edges, grouped
from .lines import Line, Match, Rule
from .references import words

Pair = tuple[int, int]


class Sides:
    """Side 0 is the statement, side 1 the ledger; lines are spoken of by their positions."""

    def __init__(
        self,
        statement: Sequence[Line],
        ledger: Sequence[Line],
        tolerance: Decimal,
        window: int,
    ) -> None:
        currencies: dict[str, int] = {}
        self.lines = statement, ledger
        self.columns: tuple[Columns, Columns] = (
            columns(statement, currencies),
            columns(ledger, currencies),
        )
        self.tolerance = int(tolerance.scaleb(PLACES))
        self.window = window
        self.free = np.ones(len(statement), bool), np.ones(len(ledger), bool)
        self.groups: list[tuple[tuple[int, ...], tuple[int, ...], Rule]] = []
        self.pairs: list[tuple[Ints, Ints, Rule]] = []

    @cached_property
    def words(self) -> tuple[list[str], list[str]]:
        """The reference of each line as a word."""
        statement, ledger = self.lines
        return (
            words([line.reference for line in statement]),
            words([line.reference for line in ledger]),
        )

    def take(self, ours: Iterable[int], theirs: Iterable[int], rule: Rule) -> None:
        """One group of lines."""
        group = tuple(sorted(ours)), tuple(sorted(theirs))
        for side, rows in enumerate(group):
            self.free[side][list(rows)] = False
        self.groups.append((*group, rule))

    def take_each(self, ours: Ints, theirs: Ints, rule: Rule) -> None:
        """Many groups of one line and one."""
        self.free[0][ours] = False
        self.free[1][theirs] = False
        self.groups += zip(zip(ours.tolist()), zip(theirs.tolist()), repeat(rule))

    def take_pairs(self, ours: Ints, theirs: Ints, rule: Rule) -> None:
        self.free[0][ours] = False
        self.free[1][theirs] = False
        self.pairs.append((ours, theirs, rule))

    def fits(self, one: int, other: int, tolerance: int) -> bool:
        """Same currency and direction, near enough in amount and date."""
        return bool(self.fit(np.array([one]), np.array([other]), tolerance)[0])

    def fit(self, one: Ints, other: Ints, tolerance: int) -> NDArray[np.bool_]:
        ours, theirs = self.columns
        same = ours.book[one] == theirs.book[other]
        near = abs(ours.day[one] - theirs.day[other]) <= self.window
        fitting: NDArray[np.bool_] = (
            same & near & (abs(ours.minor[one] - theirs.minor[other]) <= tolerance)
        )
        return fitting

    def all_near(self, ours: Sequence[int], theirs: Sequence[int]) -> bool:
        """Each of one side within the window of each of the other."""
        here, there = self.columns[0].day[list(ours)], self.columns[1].day[list(theirs)]
        return bool(max(here.max() - there.min(), there.max() - here.min()) <= self.window)

    def rows(self, side: int) -> Ints:
        return np.flatnonzero(self.free[side])

    def by_amount(
        self, rows: tuple[Ints, Ints], tolerance: int, most: int
    ) -> tuple[Ints, Ints, Ints, Ints]:
        """Pairs that amount and date allow, by position in `rows`, and how many each row has."""
        ours, theirs = (
            Columns(each.minor[of], each.day[of], each.book[of])
            for each, of in zip(self.columns, rows, strict=True)
        )
        days = ours.day, theirs.day
        if not tolerance:
            return edges(grouped((ours.book, ours.minor), (theirs.book, theirs.minor)), days,
                         self.window, most)  # fmt: skip
        found = []
        for shift in (-1, 0, 1):  # whoever is within tolerance is in the same bin or the next
            bins = (ours.minor // tolerance, theirs.minor // tolerance + shift)
            group = grouped((ours.book, bins[0]), (theirs.book, bins[1]))
            found.append(edges(group, days, self.window, most)[:2])
        one, other = (np.concatenate(each) for each in zip(*found, strict=True))
        near = abs(ours.minor[one] - theirs.minor[other]) <= tolerance
        one, other = one[near], other[near]
        return (
            one,
            other,
            np.bincount(one, minlength=len(rows[0])),
            np.bincount(other, minlength=len(rows[1])),
        )

    def matches(self) -> tuple[Match, ...]:
        """In the order of the statement."""
        statement, ledger = ([line.id for line in lines] for lines in self.lines)
        found: list[Match | None] = [None] * len(statement)
        for ours, theirs, rule in self.groups:
            found[ours[0]] = Match(
                tuple(map(statement.__getitem__, ours)),
                tuple(map(ledger.__getitem__, theirs)),
                rule,
            )
        for mine, others, rule in self.pairs:
            rows = mine.tolist()
            here = zip(map(statement.__getitem__, rows))
            there = zip(map(ledger.__getitem__, others.tolist()))
            for row, match in zip(rows, map(Match, here, there, repeat(rule)), strict=True):
                found[row] = match
        return tuple(filter(None, found))

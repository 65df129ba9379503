"""One to one: each rule in turn pairs the lines that could be each other's only counterpart.

A pair that a rule takes leaves no other pair of that rule less certain, because neither line had
another candidate: the order of the lines does not matter.
"""

from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from typing import TypeVar

from .candidates import Candidates, Groups
from .lines import LedgerLine, Line, Match, Reason, Result, Rule, StatementLine
from .references import folded, links

T = TypeVar("T")
Both = tuple[T, T]  # of the statement, of the ledger


def match(
    statement: Sequence[StatementLine],
    ledger: Sequence[LedgerLine],
    *,
    tolerance: Decimal = Decimal(0),
    window_days: int = 5,
) -> Result:
    """Pair the lines that are surely the same movement; say of all others why they are not.

    A line that names lines of the other side (see `references`) is paired with no other. Raises
    ValueError for a negative tolerance or window, an amount that is no number, or an id that
    comes twice.
    """
    _require_sane(statement, ledger, tolerance, window_days)
    sides = _Sides(statement, ledger, tolerance)
    sides.pair(Rule.REFERENCE, sides.linked, window_days)
    sides.pair(Rule.REFERENCE, sides.linked, None)
    sides.pair(Rule.COUNTERPARTY, sides.by_counterparty, window_days)
    sides.pair(Rule.AMOUNT_DATE, sides.alike, window_days)
    return sides.result(window_days)


class _Sides:
    """Both sides, by index, and what is paired so far."""

    def __init__(
        self, statement: Sequence[Line], ledger: Sequence[Line], tolerance: Decimal
    ) -> None:
        self.lines = (statement, ledger)
        self.tolerance = tolerance
        self.paired: dict[int, tuple[int, Rule]] = {}
        self.taken: set[int] = set()
        self.linked: Both[Groups] = links(statement, ledger)
        self.by_counterparty = self._unless_linked(lambda line: folded(line.counterparty))
        self.alike = self._unless_linked(lambda _: "any")

    def pair(self, rule: Rule, groups: Both[Groups], window: int | None) -> None:
        free = self._free()
        ours = self._candidates(0, groups, free[0], window)
        theirs = self._candidates(1, groups, free[1], window)
        for index in free[0]:
            found = theirs.first_two(self.lines[0][index], groups[0][index])
            if len(found) != 1:
                continue
            other = found[0]
            if len(ours.first_two(self.lines[1][other], groups[1][other])) == 1:
                self.paired[index] = other, rule
                self.taken.add(other)

    def result(self, window: int) -> Result:
        free, (statement, ledger) = self._free(), self.lines
        return Result(
            tuple(
                Match((statement[index].id,), (ledger[other].id,), rule)
                for index, (other, rule) in sorted(self.paired.items())
            ),
            self._reasons(0, free, window),
            self._reasons(1, free, window),
        )

    def _reasons(
        self, side: int, free: Both[list[int]], window: int
    ) -> tuple[tuple[Hashable, Reason], ...]:
        other = 1 - side
        everybody = range(len(self.lines[other]))
        linked, alike = self.linked[side], self.alike[side]
        named = self._candidates(other, self.linked, everybody, None)
        named_free = self._candidates(other, self.linked, free[other], None)
        near = self._candidates(other, self.alike, free[other], window)

        def reason(index: int) -> Reason:
            line = self.lines[side][index]
            if not linked[index]:
                found = near.first_two(line, alike[index])
                return Reason.AMBIGUOUS if found else Reason.NO_COUNTERPART
            if named_free.first_two(line, linked[index]):
                return Reason.AMBIGUOUS
            taken = named.first_two(line, linked[index])
            return Reason.DUPLICATE if taken else Reason.AMOUNT_DIFFERS

        return tuple((self.lines[side][index].id, reason(index)) for index in free[side])

    def _candidates(
        self, side: int, groups: Both[Groups], indices: Sequence[int], window: int | None
    ) -> Candidates:
        return Candidates(self.lines[side], groups[side], indices, self.tolerance, window)

    def _free(self) -> Both[list[int]]:
        statement, ledger = self.lines
        return (
            [index for index in range(len(statement)) if index not in self.paired],
            [index for index in range(len(ledger)) if index not in self.taken],
        )

    def _unless_linked(self, group: Callable[[Line], str]) -> Both[Groups]:
        def of(side: int) -> Groups:
            return [
                () if linked or not (name := group(line)) else (name,)
                for line, linked in zip(self.lines[side], self.linked[side], strict=True)
            ]

        return of(0), of(1)


def _require_sane(
    statement: Sequence[Line], ledger: Sequence[Line], tolerance: Decimal, window_days: int
) -> None:
    if tolerance < 0 or window_days < 0:
        raise ValueError("tolerance and window are not negative")
    for side in (statement, ledger):
        if len({line.id for line in side}) != len(side):
            raise ValueError("an id comes twice")
        if not all(line.amount.is_finite() for line in side):
            raise ValueError("an amount is a finite number")

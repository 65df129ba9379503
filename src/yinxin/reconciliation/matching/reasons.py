"""Why a line stays open, in the words of the surest thing that is known of it."""

from collections import defaultdict
from collections.abc import Hashable, Iterator

import numpy as np

from .columns import FEW, PLACES
from .evidence import Evidence
from .lines import Fee, Reason, Result
from .links import Links
from .names import CONTRADICT, core
from .sides import Sides

FEE_SHARE, FEE_SMALL, FEE_NEVER = 0.03, 50 * 10**PLACES, 0.2
TAKEN_BACK = (
    *("冲正", "冲销", "红字", "退汇", "退回", "退款"),
    *("revers", "return", "storno", "reject"),
)


def explained(sides: Sides, links: Links, evidence: Evidence) -> Result:
    why = _Why(sides, links, evidence)
    open_lines = [
        tuple((sides.lines[side][row].id, why.of(side, row)) for row in sides.rows(side).tolist())
        for side in (0, 1)
    ]
    return Result(sides.matches(), open_lines[0], open_lines[1], tuple(why.proposals()))


class _Why:
    def __init__(self, sides: Sides, links: Links, evidence: Evidence) -> None:
        self.sides, self.links, self.evidence = sides, links, evidence
        self.like = self._like()
        self.fees: tuple[dict[int, set[int]], dict[int, set[int]]] = (
            defaultdict(set),
            defaultdict(set),
        )
        self._find_fees()
        self.back = _taken_back(sides, 0), _taken_back(sides, 1)
        self.twins = _matched_twins(sides, 0), _matched_twins(sides, 1)

    def of(self, side: int, row: int) -> Reason:
        if self.sides.columns[side].minor[row] == 0:
            return Reason.NO_AMOUNT
        if named := self.links.named[side].get(row):
            return self._of_named(side, row, named)
        if row in self.back[side]:
            return Reason.REVERSED
        if row in self.like[side]:
            return Reason.AMBIGUOUS if self.like[side][row] else Reason.CONTRADICTED
        if _twin(self.sides, side, row) in self.twins[side]:
            return Reason.DUPLICATE
        return Reason.NET_OF_FEE if row in self.fees[side] else Reason.NO_COUNTERPART

    def proposals(self) -> Iterator[Fee]:
        """Where it is clear which two lines differ by a fee."""
        for one, others in sorted(self.fees[0].items()):
            other = next(iter(others))
            if len(others) == 1 and len(self.fees[1][other]) == 1:
                ours, theirs = self.sides.lines[0][one], self.sides.lines[1][other]
                yield Fee(ours.id, theirs.id, theirs.amount - ours.amount)

    def _of_named(self, side: int, row: int, named: set[int]) -> Reason:
        sides, other = self.sides, 1 - side
        pairs = {each: (row, each) if side == 0 else (each, row) for each in named}
        same = {each for each in named if self._same_amount(*pairs[each])}
        free = {each for each in named if sides.free[other][each]}
        if any(sides.fits(*pairs[each], sides.tolerance) for each in same & free):
            return Reason.AMBIGUOUS
        if row in self.fees[side]:
            return Reason.NET_OF_FEE
        if same - free:
            return Reason.DUPLICATE
        if row in self.back[side]:
            return Reason.REVERSED
        return Reason.OUTSIDE_WINDOW if same else Reason.AMOUNT_DIFFERS

    def _same_amount(self, one: int, other: int) -> bool:
        ours, theirs = self.sides.columns
        return bool(
            ours.book[one] == theirs.book[other]
            and abs(ours.minor[one] - theirs.minor[other]) <= self.sides.tolerance
        )

    def _like(self) -> tuple[dict[int, bool], dict[int, bool]]:
        """Free lines with a free one of their amount, and whether that may be it."""
        sides, named = self.sides, self.links.named
        rows = tuple(
            np.array([row for row in sides.rows(side).tolist() if not named[side].get(row)], int)
            for side in (0, 1)
        )
        one, other, _, _ = sides.by_amount((rows[0], rows[1]), sides.tolerance, FEW)
        found: tuple[dict[int, bool], dict[int, bool]] = {}, {}
        for mine, theirs in zip(rows[0][one].tolist(), rows[1][other].tolist(), strict=True):
            may = (
                self.evidence.of_references(mine, theirs) != CONTRADICT
                and self.evidence.of_names(mine, theirs) != CONTRADICT
            )
            found[0][mine] = found[0].get(mine, False) or may
            found[1][theirs] = found[1].get(theirs, False) or may
        return found

    def _find_fees(self) -> None:
        for one, other in self._alike():
            if _fee_of(self.sides, one, other):
                self.fees[0][one].add(other)
                self.fees[1][other].add(one)

    def _alike(self) -> Iterator[tuple[int, int]]:
        """Free lines that name each other, or that have a name in common."""
        sides, named = self.sides, self.links.named
        by_name: dict[tuple[str, int], list[int]] = defaultdict(list)
        for row in sides.rows(1).tolist():
            if not named[1].get(row) and (name := core(sides.lines[1][row].counterparty)):
                by_name[name, int(sides.columns[1].book[row])].append(row)
        for row in sides.rows(0).tolist():
            if linked := named[0].get(row):
                yield from ((row, each) for each in linked if sides.free[1][each])
            elif name := core(sides.lines[0][row].counterparty):
                key = name, int(sides.columns[0].book[row])
                yield from ((row, each) for each in by_name.get(key, ())[:FEW])


def _fee_of(sides: Sides, one: int, other: int) -> bool:
    """The bank moved a little less in, or more out, than we booked."""
    ours, theirs = sides.columns
    fee = int(theirs.minor[other] - ours.minor[one])
    of = abs(int(theirs.minor[other]))
    near = abs(int(theirs.day[other] - ours.day[one])) <= sides.window
    small = fee <= max(of * FEE_SHARE, FEE_SMALL) and fee <= of * FEE_NEVER
    return near and bool(ours.book[one] == theirs.book[other]) and fee > 0 and small


def _taken_back(sides: Sides, side: int) -> set[int]:
    """Free lines that an equal and opposite one of their own side undoes, or that undo one."""
    columns, lines = sides.columns[side], sides.lines[side]
    free = sides.rows(side)
    by_amount: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in np.flatnonzero(np.isin(columns.minor, -columns.minor[free])).tolist():
        by_amount[lines[row].currency, int(columns.minor[row])].append(row)
    found = set()
    for row in free.tolist():
        minor = int(columns.minor[row])
        for other in by_amount.get((lines[row].currency, -minor), ()) if minor else ():
            near = abs(columns.day[row] - columns.day[other]) <= sides.window
            if near and _undoes(sides, side, row, other):
                found.add(row)
    return found


def _undoes(sides: Sides, side: int, row: int, other: int) -> bool:
    one, two = sides.lines[side][row], sides.lines[side][other]
    words = sides.words[side]
    if words[row] and words[row] == words[other]:
        return True
    names = core(one.counterparty), core(two.counterparty)
    said = f"{one.description} {two.description}".casefold()
    back = one.reversal or two.reversal or any(each in said for each in TAKEN_BACK)
    return back and (names[0] == names[1] or "" in names)


Twin = tuple[Hashable, ...]


def _twin(sides: Sides, side: int, row: int) -> Twin:
    one = sides.lines[side][row]
    return one.on, one.amount, one.currency, one.counterparty, one.description


def _matched_twins(sides: Sides, side: int) -> set[Twin]:
    """What matched lines say, of the amounts that are also open."""
    columns = sides.columns[side]
    again = np.isin(columns.minor, columns.minor[sides.rows(side)]) & ~sides.free[side]
    return {_twin(sides, side, row) for row in np.flatnonzero(again).tolist()}

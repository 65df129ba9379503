"""Matching in stages, the surest evidence first; what a stage takes, no later one looks at.

Each stage takes only lines that have no other candidate of the same certainty, all at once: the
order of the lines does not matter. Equal references come first and set-based, for they are most.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import count

import numpy as np

from .columns import FEW, Ints, edges, grouped, sole
from .evidence import Evidence, repeated_rows
from .lines import LedgerLine, Line, Result, Rule, StatementLine
from .links import Links
from .names import AGREE, CONTRADICT, core
from .reasons import explained
from .sides import Pair, Sides
from .sums import by_linked_sums, by_named_sums

Verdict = tuple[int, int]  # of references, of names


def match(
    statement: Sequence[StatementLine],
    ledger: Sequence[LedgerLine],
    *,
    tolerance: Decimal = Decimal(0),
    window_days: int = 5,
) -> Result:
    """Find the lines that are surely the same movement; say of all others why they are not.

    Never matched: other currencies or directions, amounts further apart than `tolerance`, days
    further apart than `window_days`, a line that names a line of the other side with a third.
    Raises ValueError for a negative tolerance or window, an amount that is no number, or an id
    that comes twice.
    """
    _require_sane(statement, ledger, tolerance, window_days)
    with _undisturbed():
        return _matched(statement, ledger, tolerance, window_days)


def _matched(
    statement: Sequence[Line], ledger: Sequence[Line], tolerance: Decimal, window_days: int
) -> Result:
    sides = Sides(statement, ledger, tolerance, window_days)
    _by_equal_reference(sides)
    links = Links(sides)
    for allowed in dict.fromkeys((0, sides.tolerance)):
        _by_links(sides, links, allowed)
        by_linked_sums(sides, links, allowed)
    evidence = Evidence(sides, links, repeated_rows(sides, (sides.rows(0), sides.rows(1))))
    _by_slip(sides, links, evidence)
    for allowed in dict.fromkeys((0, sides.tolerance)):
        _by_evidence(sides, links, evidence, allowed)
        by_named_sums(sides, links, evidence, allowed)
    return explained(sides, links, evidence)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the collector of cycles: there are none, and it takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _by_equal_reference(sides: Sides) -> None:
    numbers, new = {"": -1}, count()
    rows, words = [], []
    for each in sides.words:
        number = np.fromiter(map(numbers.setdefault, each, new), np.int64, len(each))
        rows.append(np.flatnonzero(number >= 0))
        words.append(number[number >= 0])
    ours, theirs = (
        (number, each.book[of], each.minor[of])
        for number, each, of in zip(words, sides.columns, rows, strict=True)
    )
    days = sides.columns[0].day[rows[0]], sides.columns[1].day[rows[1]]
    one, other = sole(*edges(grouped(ours, theirs), days, sides.window, 2))
    sides.take_pairs(rows[0][one], rows[1][other], Rule.REFERENCE)


def _by_links(sides: Sides, links: Links, tolerance: int) -> None:
    """Lines that name each other: alone, or, where a reference comes again, by their days."""
    one, other = links.pairs()
    fitting = sides.free[0][one] & sides.free[1][other] & sides.fit(one, other, tolerance)
    one, other = one[fitting], other[fitting]
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    alone = sole(one, other, np.bincount(one), np.bincount(other))
    sides.take_each(*alone, Rule.REFERENCE)
    pairs -= set(zip(*(each.tolist() for each in alone), strict=True))
    for ours, theirs in _components(pairs):
        for line, entry in _told_apart(sides, sorted(ours), sorted(theirs), pairs):
            sides.take([line], [entry], Rule.REFERENCE)


def _told_apart(sides: Sides, ours: list[int], theirs: list[int], pairs: set[Pair]) -> list[Pair]:
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])]
    if not all((one, other) in pairs for one in ours for other in theirs):
        return _sole([(one, other) for one in ours for other in theirs if (one, other) in pairs])
    if len(ours) == 1 or len(theirs) == 1:
        return _nearest(sides, ours, theirs)
    in_order = [
        sorted(rows, key=lambda row: int(sides.columns[side].day[row]))
        for side, rows in enumerate((ours, theirs))
    ]
    distinct = all(
        len({int(sides.columns[side].day[row]) for row in rows}) == len(rows)
        for side, rows in enumerate(in_order)
    )
    return list(zip(*in_order, strict=True)) if distinct and len(ours) == len(theirs) else []


def _nearest(sides: Sides, ours: list[int], theirs: list[int]) -> list[Pair]:
    """One line, and several that say the same of it: the nearest in time. Of twins, who differ
    in nothing, it does not matter which: the first by id."""
    many, side = (theirs, 1) if len(ours) == 1 else (ours, 0)
    only = ours[0] if side else theirs[0]
    day = sides.columns[1 - side].day[only]
    distance = {row: abs(int(sides.columns[side].day[row] - day)) for row in many}
    nearest = [row for row in many if distance[row] == min(distance.values())]
    if len({_said(sides.lines[side][row]) for row in nearest}) > 1:
        return []
    chosen = min(nearest, key=lambda row: _in_id_order(sides.lines[side][row]))
    return [(only, chosen) if side else (chosen, only)]


def _by_slip(sides: Sides, links: Links, evidence: Evidence) -> None:
    """A line whose reference is that of lines which others have already, of other amounts, and a
    line whose reference is a slip of the finger away."""

    def is_named_by_mistake(side: int, row: int) -> bool:
        named = links.named[side].get(row, ())
        minor, theirs = sides.columns[side].minor[row], sides.columns[1 - side]
        return not any(sides.free[1 - side][each] or theirs.minor[each] == minor for each in named)

    rows = tuple(
        np.array([row for row in sides.rows(side).tolist() if is_named_by_mistake(side, row)], int)
        for side in (0, 1)
    )
    one, other, _, _ = sides.by_amount((rows[0], rows[1]), 0, FEW)
    pairs = zip(rows[0][one].tolist(), rows[1][other].tolist(), strict=True)
    for ours, theirs in _sole([pair for pair in pairs if evidence.is_slip(*pair)]):
        sides.take([ours], [theirs], Rule.SIMILAR_REFERENCE)


def _by_evidence(sides: Sides, links: Links, evidence: Evidence, tolerance: int) -> None:
    """Lines that name nobody, by amount and day, and what else they say."""
    _by_equal_name(sides, links, evidence)
    rows = _unnamed(sides, links, 0), _unnamed(sides, links, 1)
    one, other, mine, theirs = sides.by_amount(rows, tolerance, FEW)
    few = (mine[one] <= FEW) & (theirs[other] <= FEW)
    pairs = list(zip(rows[0][one[few]].tolist(), rows[1][other[few]].tolist(), strict=True))
    verdicts = {pair: (evidence.of_references(*pair), evidence.of_names(*pair)) for pair in pairs}
    tests: list[tuple[Rule, Callable[[Verdict], bool]]] = [
        (Rule.SIMILAR_REFERENCE, lambda said: said[0] == AGREE and said[1] != CONTRADICT),
        (Rule.COUNTERPARTY, lambda said: said[0] != CONTRADICT and said[1] == AGREE),
        (Rule.AMOUNT_DATE, lambda said: CONTRADICT not in said),
    ]
    again = True
    while again:
        again = False
        for rule, test in tests:
            left = [
                pair
                for pair, said in verdicts.items()
                if test(said) and sides.free[0][pair[0]] and sides.free[1][pair[1]]
            ]
            for line, entry in _sole(left):
                sides.take([line], [entry], rule)
                again = True
            if again:
                break


def _by_equal_name(sides: Sides, links: Links, evidence: Evidence) -> None:
    """Where an amount comes so often that not each pair is looked at, an equal name decides."""
    rows = _unnamed(sides, links, 0), _unnamed(sides, links, 1)
    _, _, mine, theirs = sides.by_amount(rows, 0, 1)
    crowded = rows[0][mine > FEW], rows[1][theirs > FEW]
    numbers: dict[str, int] = {}
    kept, names = [], []
    for side in (0, 1):
        named = [
            (row, name)
            for row in crowded[side].tolist()
            if (name := core(sides.lines[side][row].counterparty))
        ]
        kept.append(np.array([row for row, _ in named], np.int64))
        names.append(
            np.array([numbers.setdefault(name, len(numbers)) for _, name in named], np.int64)
        )
    ours, theirs_ = (
        (name, each.book[of], each.minor[of])
        for name, each, of in zip(names, sides.columns, kept, strict=True)
    )
    days = sides.columns[0].day[kept[0]], sides.columns[1].day[kept[1]]
    one, other = sole(*edges(grouped(ours, theirs_), days, sides.window, 2))
    for pair in zip(kept[0][one].tolist(), kept[1][other].tolist(), strict=True):
        if evidence.of_references(*pair) != CONTRADICT:
            sides.take([pair[0]], [pair[1]], Rule.COUNTERPARTY)


def _unnamed(sides: Sides, links: Links, side: int) -> Ints:
    """The free lines that neither name another nor are named."""
    named = links.named[side]
    return np.array([row for row in sides.rows(side).tolist() if not named.get(row)], np.int64)


def _components(pairs: Iterable[Pair]) -> list[tuple[set[int], set[int]]]:
    """The sets of lines that hang together, each with both of its sides."""
    others: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for one, other in pairs:
        others[0, one].append((1, other))
        others[1, other].append((0, one))
    seen: set[tuple[int, int]] = set()
    found = []
    for start in others:
        if start in seen:
            continue
        together, ahead = {start}, [start]
        while ahead:
            for near in others[ahead.pop()]:
                if near not in together:
                    together.add(near)
                    ahead.append(near)
        seen |= together
        found.append(tuple({row for side, row in together if side == each} for each in (0, 1)))
    return found  # type: ignore[return-value]


def _sole(pairs: Collection[Pair]) -> list[Pair]:
    """The pairs whose lines are in no other pair."""
    degrees: tuple[dict[int, int], dict[int, int]] = defaultdict(int), defaultdict(int)
    for one, other in pairs:
        degrees[0][one] += 1
        degrees[1][other] += 1
    return [(one, other) for one, other in pairs if degrees[0][one] == degrees[1][other] == 1]


def _said(line: Line) -> tuple[object, ...]:
    return line.on, line.amount, line.reference, line.counterparty, line.description


def _in_id_order(line: Line) -> tuple[int, str]:
    return len(str(line.id)), str(line.id)


def _require_sane(
    statement: Sequence[Line], ledger: Sequence[Line], tolerance: Decimal, window_days: int
) -> None:
    if tolerance < 0 or window_days < 0:
        raise ValueError("tolerance and window are not negative")
    for side in (statement, ledger):
        if len({line.id for line in side}) != len(side):
            raise ValueError("an id comes twice")

"""Several lines that are one, or several, of the other side: splits and collective bookings.

Only among lines that reference or name hold together, and only where one set of them fits. With
enough lines some set fits by chance: how many sets there are is weighed against how many sums.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import comb, gcd

from .evidence import Evidence
from .lines import Rule
from .links import Links
from .names import AGREE, CONTRADICT, core
from .sides import Sides

MOST_PARTS = 5
POOL, POOL_UNNAMED = 20, 12
CHANCE, CHANCE_UNNAMED = 0.2, 0.01
LOOKED_AT = 60  # lines of a day's neighbourhood whose names are compared one by one

Group = tuple[tuple[int, ...], tuple[int, ...]]


def by_linked_sums(sides: Sides, links: Links, tolerance: int) -> None:
    """A line and several that name it, or that it names."""
    found = []
    for side in (0, 1):
        for row in sides.rows(side).tolist():
            pool = _of_book(sides, side, row, links.named[side].get(row, ()))
            if len(pool) > 1 and (parts := _parts(sides, side, row, pool, (), tolerance, 1.0)):
                found.append(_group(side, row, parts))
    found += _linked_groups(sides, links, tolerance)
    _take(sides, found, Rule.REFERENCE_SUM)


def by_named_sums(sides: Sides, links: Links, evidence: Evidence, tolerance: int) -> None:
    """A line and several of the same name, among them all that it names."""
    pools = _Pools(sides, links, evidence)
    found = []
    for side in (0, 1):
        for row in sides.rows(side).tolist():
            named = links.named[side].get(row, set())
            required = _of_book(sides, side, row, named)
            if len(required) < len(named):
                continue
            pool, chance = pools.of(side, row)
            pool = sorted({*pool, *required})
            if len(pool) > 1 and (
                parts := _parts(sides, side, row, pool, required, tolerance, chance)
            ):
                found.append(_group(side, row, parts))
    _take(sides, found, Rule.SUM)
    _take(sides, list(pools.whole(tolerance)), Rule.SUM)


class _Pools:
    """Which free lines of the other side may be parts of a line."""

    def __init__(self, sides: Sides, links: Links, evidence: Evidence) -> None:
        self.sides, self.evidence = sides, evidence
        self.free: tuple[list[int], list[int]] = ([], [])
        self.by_name: tuple[dict[tuple[str, int], list[int]], ...] = (
            defaultdict(list),
            defaultdict(list),
        )
        self.by_day: tuple[dict[tuple[int, int], list[int]], ...] = (
            defaultdict(list),
            defaultdict(list),
        )
        for side in (0, 1):
            columns = sides.columns[side]
            for row in sides.rows(side).tolist():
                if links.named[side].get(row):
                    continue
                book = int(columns.book[row])
                self.by_day[side][book, int(columns.day[row])].append(row)
                if name := core(sides.lines[side][row].counterparty):
                    self.by_name[side][name, book].append(row)

    def of(self, side: int, row: int) -> tuple[list[int], float]:
        sides, other = self.sides, 1 - side
        book, name = int(sides.columns[side].book[row]), core(sides.lines[side][row].counterparty)
        same = self.by_name[other].get((name, book), []) if name else []
        pool = _of_book(sides, side, row, same)
        if len(pool) > 1:
            return [each for each in pool if self._bearable(side, row, each)], CHANCE
        near = self._days(other, book, int(sides.columns[side].day[row]))
        if sum(map(len, near)) > LOOKED_AT:
            return [], CHANCE
        around = [each for rows in near for each in rows]
        around = _of_book(sides, side, row, around)
        agreed = [each for each in around if self._names(side, row, each) == AGREE]
        if len(agreed) > 1:
            return [each for each in agreed if self._bearable(side, row, each)], CHANCE
        if len(around) > POOL_UNNAMED:
            return [], CHANCE_UNNAMED
        return [
            each
            for each in around
            if self._names(side, row, each) != CONTRADICT and self._bearable(side, row, each)
        ], CHANCE_UNNAMED

    def whole(self, tolerance: int) -> Iterator[Group]:
        """All of one name here against all of it there."""
        sides = self.sides
        for key in self.by_name[0].keys() & self.by_name[1].keys():
            ours, theirs = (
                [row for row in self.by_name[side][key] if sides.free[side][row]] for side in (0, 1)
            )
            if _adds_up(sides, ours, theirs, tolerance):
                yield tuple(ours), tuple(theirs)

    def _days(self, side: int, book: int, day: int) -> list[list[int]]:
        """The lines of each day of the window."""
        of, window = self.by_day[side], self.sides.window
        if 2 * window > len(of):
            return [rows for (at, on), rows in of.items() if at == book and abs(on - day) <= window]
        return [of.get((book, each), []) for each in range(day - window, day + window + 1)]

    def _names(self, side: int, row: int, other: int) -> int:
        return self.evidence.of_names(*((row, other) if side == 0 else (other, row)))

    def _bearable(self, side: int, row: int, other: int) -> bool:
        pair = (row, other) if side == 0 else (other, row)
        return self.evidence.of_references(*pair) != CONTRADICT


def _of_book(sides: Sides, side: int, row: int, others: Iterable[int]) -> list[int]:
    """Of these of the other side, the free ones of the same currency, direction and window."""
    mine, theirs, other = sides.columns[side], sides.columns[1 - side], 1 - side
    return sorted(
        each
        for each in others
        if sides.free[other][each]
        and theirs.book[each] == mine.book[row]
        and abs(theirs.day[each] - mine.day[row]) <= sides.window
    )


def _parts(
    sides: Sides,
    side: int,
    row: int,
    pool: Sequence[int],
    required: Sequence[int],
    tolerance: int,
    chance: float,
) -> tuple[int, ...] | None:
    """The one set of two to five of the pool that the line is the sum of."""
    if len(pool) > POOL:
        return None
    target = abs(int(sides.columns[side].minor[row]))
    parts = [abs(int(sides.columns[1 - side].minor[each])) for each in pool]
    everything = abs(sum(parts) - target) <= tolerance and len(pool) <= MOST_PARTS
    if not everything and _by_chance(target, parts, tolerance) > chance:
        return None
    found = []
    for chosen in _subsets(target, parts, tolerance):
        rows = tuple(pool[at] for at in chosen)
        if set(required) <= set(rows):
            found.append(rows)
        if len(found) > 1:
            return None
    return found[0] if found else None


def _subsets(target: int, parts: Sequence[int], tolerance: int) -> Iterator[tuple[int, ...]]:
    """Positions of two to five parts that add up to the target."""
    order = sorted(range(len(parts)), key=lambda at: -parts[at])
    sizes = [parts[at] for at in order]

    def search(start: int, left: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(chosen) > 1 and abs(left) <= tolerance:
            yield tuple(order[at] for at in chosen)
        if len(chosen) == MOST_PARTS:
            return
        room = MOST_PARTS - len(chosen)
        for at in range(start, len(sizes)):
            if sizes[at] * room < left - tolerance:
                return  # those that follow are smaller still
            if 0 < sizes[at] <= left + tolerance:
                yield from search(at + 1, left - sizes[at], (*chosen, at))

    return search(0, target, ())


def _by_chance(target: int, parts: Sequence[int], tolerance: int) -> float:
    """How many sets one would expect to hit the target without any meaning."""
    unit = gcd(target, *parts) or 1
    sets = sum(comb(len(parts), size) for size in range(2, MOST_PARTS + 1)) - 1
    sums = max(1, (sum(sorted(parts)[-MOST_PARTS:]) - min(parts)) // unit)
    return sets * (2 * tolerance // unit + 1) / sums


def _linked_groups(sides: Sides, links: Links, tolerance: int) -> Iterator[Group]:
    """Several of one side and several of the other, all of which name each other."""
    for one in sides.rows(0).tolist():
        theirs = _of_book(sides, 0, one, links.named[0].get(one, ()))
        if len(theirs) < 2:
            continue
        ours = _of_book(sides, 1, theirs[0], links.named[1].get(theirs[0], ()))
        complete = all(
            _of_book(sides, 1, each, links.named[1].get(each, ())) == ours for each in theirs
        ) and all(_of_book(sides, 0, each, links.named[0].get(each, ())) == theirs for each in ours)
        if complete and ours[0] == one and _adds_up(sides, ours, theirs, tolerance):
            yield tuple(ours), tuple(theirs)


def _adds_up(sides: Sides, ours: Sequence[int], theirs: Sequence[int], tolerance: int) -> bool:
    """Two to five on each side, equal in sum and near in time. Where the amounts are the same one
    by one, it is not the sum that is in question but which is which."""
    if not (2 <= len(ours) <= MOST_PARTS and 2 <= len(theirs) <= MOST_PARTS):
        return False
    here = sorted(sides.columns[0].minor[list(ours)].tolist())
    there = sorted(sides.columns[1].minor[list(theirs)].tolist())
    return (
        here != there and abs(sum(here) - sum(there)) <= tolerance and sides.all_near(ours, theirs)
    )


def _group(side: int, row: int, parts: tuple[int, ...]) -> Group:
    return ((row,), parts) if side == 0 else (parts, (row,))


def _take(sides: Sides, found: Sequence[Group], rule: Rule) -> None:
    """Those groups that share no line with another."""
    seen: dict[tuple[int, int], int] = defaultdict(int)
    for group in set(found):
        for side, rows in enumerate(group):
            for row in rows:
                seen[side, row] += 1
    for group in set(found):
        if all(seen[side, row] == 1 for side, rows in enumerate(group) for row in rows):
            sides.take(*group, rule)

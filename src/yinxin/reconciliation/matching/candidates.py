"""How many lines of the other side a line could be, without looking at each of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import inf

from .lines import Line

Groups = Sequence[Iterable[str]]
Pairs = list[tuple[Decimal, int]]  # of an amount and the index of its line


class Candidates:
    """Lines by group, currency and direction, then day, then amount. `window` None takes any
    day."""

    def __init__(
        self,
        lines: Sequence[Line],
        groups: Groups,
        indices: Iterable[int],
        tolerance: Decimal,
        window: int | None,
    ) -> None:
        self._tolerance, self._window = tolerance, window
        self._books: dict[tuple[str, str, bool], dict[int, Pairs]] = {}
        for index in indices:
            line = lines[index]
            for group in groups[index]:
                days = self._books.setdefault(self._book(line, group), {})
                days.setdefault(self._day(line), []).append((line.amount, index))
        for days in self._books.values():
            for pairs in days.values():
                pairs.sort()

    def first_two(self, line: Line, groups: Iterable[str]) -> list[int]:
        """Up to two different lines that `line` could be."""
        found: list[int] = []
        lowest, highest = line.amount - self._tolerance, line.amount + self._tolerance
        for group in groups:
            for pairs in self._near(line, group):
                start = bisect_left(pairs, (lowest, -1))
                end = bisect_right(pairs, (highest, inf))
                for _, index in pairs[start : min(start + 2, end)]:
                    if index not in found:
                        found.append(index)
                if len(found) > 1:
                    return found[:2]
        return found

    def _near(self, line: Line, group: str) -> Iterator[Pairs]:
        days = self._books.get(self._book(line, group), {})
        day, window = self._day(line), self._window or 0
        if len(days) <= 2 * window:
            yield from (pairs for each, pairs in days.items() if abs(each - day) <= window)
            return
        for each in range(day - window, day + window + 1):
            if each in days:
                yield days[each]

    def _day(self, line: Line) -> int:
        return 0 if self._window is None else line.on.toordinal()

    @staticmethod
    def _book(line: Line, group: str) -> tuple[str, str, bool]:
        return group, line.currency, line.amount < 0

"""What references and names say of two lines whose amounts and dates would let them be one."""

from collections.abc import Iterator

from .columns import Ints
from .links import Links
from .names import AGREE, CONTRADICT, UNKNOWN, compared, core, mentioned
from .references import family, is_typo
from .sides import Sides


class Evidence:
    def __init__(self, sides: Sides, links: Links, repeated: tuple[set[int], set[int]]) -> None:
        self.sides, self.links, self.repeated = sides, links, repeated
        self.shared_lengths = {len(each) for each in _matched_words(sides) if each.isdigit()}

    def of_names(self, one: int, other: int) -> int:
        ours, theirs = self.sides.lines[0][one], self.sides.lines[1][other]
        names = core(ours.counterparty), core(theirs.counterparty)
        found = compared(*names)
        if found != AGREE and (
            mentioned(names[0], core(theirs.description))
            or mentioned(names[1], core(ours.description))
        ):
            return AGREE
        return found

    def of_references(self, one: int, other: int) -> int:
        """AGREE also for a slip of the finger, where no other reference could be meant."""
        if (one, other) in self.links.hinted:
            return AGREE
        ours, theirs = self.links.stated(0, one), self.links.stated(1, other)
        found = UNKNOWN
        for mine, others in ((mine, others) for mine in ours for others in theirs):
            if mine == others:
                return AGREE
            if is_typo(mine, others):
                if not self._has_neighbours(mine, others):
                    return AGREE
                if self.is_alone(one, other) and self.of_names(one, other) == AGREE:
                    continue  # numbers follow each other, but the amount comes once
            if self._of_one_family(mine, others):
                found = CONTRADICT
        return found

    def is_alone(self, one: int, other: int) -> bool:
        """No other line of either side, near in time, has their amount."""
        return one not in self.repeated[0] and other not in self.repeated[1]

    def is_slip(self, one: int, other: int) -> bool:
        """A slip of the finger that happens to name a third line: all else agrees."""
        words = self.sides.words[0][one], self.sides.words[1][other]
        return is_typo(*words) and self.is_alone(one, other) and self.of_names(one, other) == AGREE

    def _of_one_family(self, one: str, other: str) -> bool:
        if one.isdigit() and len(one) not in self.shared_lengths:
            return False  # each side numbers by itself, as far as one can see
        return family(one) == family(other)

    def _has_neighbours(self, one: str, other: str) -> bool:
        """Some third reference is as near: they are numbered one after the other."""
        return any(
            near not in (one, other) and any(near in each.known for each in self.links.known)
            for stated in (one, other)
            for near in _neighbours(stated)
        )


def _neighbours(reference: str) -> Iterator[str]:
    for at, old in enumerate(reference):
        if old.isdigit():
            for digit in "0123456789":
                if digit != old:
                    yield reference[:at] + digit + reference[at + 1 :]


def _matched_words(sides: Sides) -> Iterator[str]:
    words = sides.words[0]
    for ours, _, _ in sides.pairs:
        yield from (words[row] for row in ours.tolist())


def repeated_rows(sides: Sides, rows: tuple[Ints, Ints]) -> tuple[set[int], set[int]]:
    """Of these rows, those whose amount comes again on either side within the window."""
    import numpy as np

    from .columns import grouped

    ours, theirs = sides.columns
    groups = grouped((ours.book, ours.minor), (theirs.book, theirs.minor))
    keys = [
        np.sort(group * 2**22 + each.day) for group, each in zip(groups, sides.columns, strict=True)
    ]
    found: list[set[int]] = []
    for side in (0, 1):
        mine = groups[side][rows[side]] * 2**22 + sides.columns[side].day[rows[side]]
        counts = [
            np.searchsorted(each, mine + sides.window, "right")
            - np.searchsorted(each, mine - sides.window, "left")
            for each in keys
        ]
        again = (counts[0] > 1) | (counts[1] > 1)
        found.append(set(rows[side][again].tolist()))
    return found[0], found[1]

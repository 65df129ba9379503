"""Lines as arrays, and the pairs of them that one key, one amount and the window allow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lines import Line

Ints = NDArray[np.int64]
PLACES = 3  # the most decimals of any currency
FEW = 40  # candidates of a line that are looked at one by one
_DAYS = 2**22  # more than there are days until the year 9999
_MOST = 2**62
_THOUSAND = 10**PLACES
_LARGEST = 10**15 * _THOUSAND


@dataclass(frozen=True, slots=True)
class Columns:
    """`book` numbers what never mixes: currency and direction."""

    minor: Ints
    day: Ints
    book: Ints


def columns(lines: Sequence[Line], currencies: dict[str, int]) -> Columns:
    """Raises ValueError for an amount that is no number, or that no currency has."""
    try:
        scaled = [line.amount * _THOUSAND for line in lines]
        exact = list(map(int, scaled))
    except (ValueError, ArithmeticError) as error:
        raise ValueError("an amount is a finite number") from error
    if exact != scaled or max(map(abs, exact), default=0) >= _LARGEST:
        raise ValueError("an amount has more places than any currency")
    minor = np.array(exact, np.int64)
    stated = [line.currency for line in lines]
    for each in dict.fromkeys(stated):
        currencies.setdefault(each, len(currencies))
    return Columns(
        minor,
        np.array([line.on.toordinal() for line in lines], np.int64),
        np.array(list(map(currencies.__getitem__, stated)), np.int64) * 2 + (minor < 0),
    )


def grouped(one: Sequence[Ints], other: Sequence[Ints]) -> tuple[Ints, Ints]:
    """One number for each row of these columns: equal where all of them are, on either side."""
    split = len(one[0])
    numbers, size = np.zeros(split + len(other[0]), np.int64), 1
    for mine, theirs in zip(one, other, strict=True):
        codes, codes_size = _from_zero(np.concatenate([mine, theirs]))
        if size * codes_size >= _MOST:
            numbers, size = _renumbered(numbers)
            codes, codes_size = _renumbered(codes)
        numbers, size = numbers * codes_size + codes, size * codes_size
    if size >= _MOST // _DAYS:
        numbers, _ = _renumbered(numbers)
    return numbers[:split], numbers[split:]


def _from_zero(column: Ints) -> tuple[Ints, int]:
    """The column counted from its least, and how many numbers that may need."""
    least = int(column.min(initial=0))
    return column - least, int(column.max(initial=0)) - least + 1


def _renumbered(column: Ints) -> tuple[Ints, int]:
    """As few numbers as there are values: sorting is what all of this costs."""
    values, codes = np.unique(column, return_inverse=True)
    return codes, len(values) or 1


def edges(
    group: tuple[Ints, Ints], day: tuple[Ints, Ints], window: int, most: int = FEW
) -> tuple[Ints, Ints, Ints, Ints]:
    """Pairs of positions in one group and window, as two arrays; of a row with more than `most`
    only the first. Then how many each row has, on either side."""
    keys = [np.asarray(each) * _DAYS + days for each, days in zip(group, day, strict=True)]
    here, there, mine = _found(keys[0], keys[1], window, most)
    back, forth, theirs = _found(keys[1], keys[0], window, most)
    pairs = np.unique(
        np.concatenate([here * (len(keys[1]) + 1) + there, forth * (len(keys[1]) + 1) + back])
    )
    return pairs // (len(keys[1]) + 1), pairs % (len(keys[1]) + 1), mine, theirs


def sole(one: Ints, other: Ints, mine: Ints, theirs: Ints) -> tuple[Ints, Ints]:
    """The pairs whose rows have no other."""
    alone = (mine[one] == 1) & (theirs[other] == 1)
    return one[alone], other[alone]


def _found(keys: Ints, among: Ints, window: int, most: int) -> tuple[Ints, Ints, Ints]:
    order = np.argsort(among, kind="stable")
    sorted_keys = among[order]
    start = np.searchsorted(sorted_keys, keys - window, "left")
    count = np.searchsorted(sorted_keys, keys + window, "right") - start
    taken = np.minimum(count, most)
    rows = np.repeat(np.arange(len(keys)), taken)
    offsets = np.arange(len(rows)) - np.repeat(np.cumsum(taken) - taken, taken)
    return rows, order[np.repeat(start, taken) + offsets], count

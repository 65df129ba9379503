"""Which lines name each other: the reference of one stands in the text of the other.

Case, width, blanks and punctuation do not count, runs of letters and of digits do: TR20260105-0007
stands in `/ROC/tr20260105 0007//` and in `TR202601050007货款`, not in `TR20260105-00071`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate, chain

from .lines import Line

SHORTEST_IN_TEXT = 6  # a shorter reference, such as 2026, is found in texts by chance
_RUN = re.compile(r"[a-z]+|[0-9]+")
_PREFIX = 3

Keys = list[list[str]]


def links(statement: Sequence[Line], ledger: Sequence[Line]) -> tuple[Keys, Keys]:
    """Keys for each line of either side: two lines name each other if they share one."""
    ours, theirs = [list(map(_reference, side)) for side in (statement, ledger)]
    keys = (
        _keys(statement, ours, _Finder(theirs), found="theirs", own="ours"),
        _keys(ledger, theirs, _Finder(ours), found="ours", own="theirs"),
    )
    shared = set(chain(*keys[0])).intersection(chain(*keys[1]))
    first, second = ([sorted(shared.intersection(each)) for each in side] for side in keys)
    return first, second


def folded(text: str) -> str:
    """Without case, width, blanks and punctuation."""
    return "".join(filter(str.isalnum, _narrow(text)))


def _keys(
    lines: Sequence[Line], references: Sequence[str], finder: "_Finder", *, found: str, own: str
) -> list[set[str]]:
    """`own` marks a key of the line's own reference, `found` those of references in its text."""
    return [
        {f"{found}:{each}" for each in finder.in_text(line)}
        | ({f"{own}:{reference}", f"equal:{reference}"} if reference else set())
        for line, reference in zip(lines, references, strict=True)
    ]


def _reference(line: Line) -> str:
    """The reference as one word; without a digit (NOTPROVIDED, 货款) it names nothing."""
    word = "".join(_RUN.findall(_narrow(line.reference)))
    return word if any(map(str.isdigit, word)) else ""


class _Finder:
    """Finds whole references in a text, in time linear in the text."""

    def __init__(self, references: Iterable[str]) -> None:
        self._words = {each for each in references if len(each) >= SHORTEST_IN_TEXT}
        self._prefixes = {each[:_PREFIX] for each in self._words}
        self._longest = max(map(len, self._words), default=0)

    def in_text(self, line: Line) -> Collection[str]:
        runs = _RUN.findall(_narrow(f"{line.reference} {line.description}"))
        joined, ends = "".join(runs), list(accumulate(map(len, runs)))
        found = []
        for index, start in enumerate([0, *ends[:-1]]):
            if joined[start : start + _PREFIX] not in self._prefixes:
                continue
            for end in ends[index:]:
                if end - start > self._longest:
                    break
                if joined[start:end] in self._words:
                    found.append(joined[start:end])
        return found


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()

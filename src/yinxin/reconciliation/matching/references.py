"""References, however written, and which of them stand in a text.

Case, width, blanks, punctuation and zeros in front do not count, runs of letters and of digits
do: TR20260105-0007 stands in `/ROC/tr20260105 0007//` and in `TR202601050007货款`, not in
`TR20260105-00071`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from rapidfuzz.distance import OSA

SHORTEST_IN_TEXT = 6  # a shorter reference, such as 2026, is found in texts by chance
MOST_RUNS = 8
_NUMBER = re.compile(r"\d{3}")
_SIMPLE = re.compile(r"[A-Za-z]{0,8}[-_/#]?[0-9]+")
_RUN = re.compile(r"[a-z]+|[0-9]+")
_PADDED = re.compile(r"(?<![0-9])0+(?=[0-9])")
_SHORT = re.compile(r"(?=.*[a-z])(?:[^0-9]*[0-9]){3}")
_TOKEN = re.compile(
    r"(?<![a-z0-9])(?:[a-z]{1,10}[-_/#:.]?[0-9]+(?:[-_/.]?[0-9]+)*|[0-9]{7,}(?:-[0-9]+)*)"
    r"(?![a-z0-9])"
)
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_FOLD = {code: None for code in range(128) if not chr(code).isalnum()} | {
    code: code + 32 for code in range(ord("A"), ord("Z") + 1)
}

_DROPPED = bytes(code for code in _FOLD if _FOLD[code] is None and code != ord("\n"))
_LOWER = bytes(_FOLD.get(code) or code for code in range(256))


def narrow(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold()


def folded(text: str) -> str:
    """Without case, width, blanks and punctuation."""
    return "".join(filter(str.isalnum, narrow(text)))


def word(reference: str) -> str:
    """The reference as one word; without a digit (NOTPROVIDED, 货款) it names nothing."""
    if reference.isascii():
        found = reference.translate(_FOLD)
    else:
        found = "".join(_RUN.findall(narrow(reference)))
    return "" if not found or found.isalpha() else found


def words(references: Sequence[str]) -> list[str]:
    """The word of each, as a whole: those of ASCII are most, and one text is folded at once."""
    plain = [each if each.isascii() and "\n" not in each else "" for each in references]
    together = "\n".join(plain).encode().translate(_LOWER, _DROPPED).decode()
    found = ["" if each.isalpha() else each for each in together.split("\n")]
    for row, each in enumerate(references):
        if each and not plain[row]:
            found[row] = word(each)
    return found[: len(references)]


def unpadded(reference: str) -> str:
    """The word without the zeros in front of its numbers."""
    return word(_PADDED.sub("", narrow(reference)))


def is_simple(reference: str) -> bool:
    """It is one word at most of letters and one of digits, and can hold no other reference."""
    return _SIMPLE.fullmatch(reference) is not None


def said_in(text: str, known: Mapping[str, int]) -> tuple[set[str], set[str]]:
    """The known words that stand whole in a text, in time linear in it; and all in it that has
    the form of a reference."""
    if not _NUMBER.search(text):
        return set(), set()
    text = narrow(text)
    written = {word(each) for each in _TOKEN.findall(text)}
    tokens = {each for each in written if len(each) >= 5 and not _DATE.fullmatch(each)}
    named = {each for each in written if each in known}
    if named and not _NUMBER.search(_TOKEN.sub("", text)):
        return named, tokens  # as most are written
    runs = _RUN.findall(text)
    bare = [run.lstrip("0") or run for run in runs]
    named |= _whole(runs, known)
    return named if bare == runs else named | _whole(bare, known), tokens


def family(reference: str) -> str:
    """What references of one numbering have in common: their letters, else their length."""
    letters = "".join(filter(str.isalpha, reference))
    return letters or f"{len(reference)}"


def is_typo(one: str, other: str) -> bool:
    """One slip of the finger apart, or two in a long one."""
    shortest = min(len(one), len(other))
    allowed = 0 if shortest < 6 else 1 if shortest < 12 else 2
    return 0 < OSA.distance(one, other, score_cutoff=allowed) <= allowed


def _whole(runs: list[str], known: Mapping[str, int]) -> set[str]:
    """Of runs that follow each other, what they make together."""
    found = set()
    for start in range(len(runs)):
        joined = ""
        for run in runs[start : start + MOST_RUNS]:
            joined += run
            if joined in known and (len(joined) >= SHORTEST_IN_TEXT or _SHORT.match(joined)):
                found.add(joined)
    return found

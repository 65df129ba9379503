"""识读: what two engines read on an image of a document, against what was typed.

Pure: lines of text in, verdicts out. An item agrees where both engines read what was typed; it
differs where both read the same other thing; where they disagree with each other, or a
character is one that an engine cannot know, it is unsure and a person looks.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .names import same_name
from .opening import ReadVerdict
from .particulars import Item
from .rules import LONG_TERM, Kind, Paper

READABLE = frozenset({Paper.FRONT, Paper.BACK, Paper.LICENCE})
ON_PAPER: dict[tuple[Paper, Kind], tuple[Item, ...]] = {
    (Paper.FRONT, Kind.PERSON): (Item.NAME, Item.SEX, Item.BORN_ON, Item.DOCUMENT_NUMBER,
                                 Item.ADDRESS),
    (Paper.BACK, Kind.PERSON): (Item.VALID_UNTIL,),
    (Paper.LICENCE, Kind.ORGANISATION): (Item.NAME, Item.DOCUMENT_NUMBER, Item.ADDRESS),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Engine:
    """What one engine read, line by line from the top, and every character it can tell."""

    lines: Sequence[str]
    alphabet: Collection[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """`read` is what each engine made of the item, blank where it found none; `rare` are the
    typed characters that an engine cannot know."""

    item: Item
    verdict: ReadVerdict
    read: tuple[str, ...]
    rare: str = ""


def bearing(kind: Kind, items: Collection[Item]) -> list[Paper]:
    """The papers of such a customer on which one of the items stands."""
    return [paper for (paper, of), on in ON_PAPER.items() if of == kind and set(on) & set(items)]


def compared(
    paper: Paper, kind: Kind, values: Mapping[Item, str], engines: Sequence[Engine]
) -> list[Answer]:
    """One answer for each typed item that stands on such a paper."""
    found = [_found(paper, kind, engine.lines) for engine in engines]
    items = [item for item in ON_PAPER.get((paper, kind), ()) if values.get(item)]
    if not any(any(each.get(item) for item in items) for each in found):
        return [Answer(item, ReadVerdict.UNREADABLE, tuple("" for _ in found)) for item in items]
    return [
        _one(item, values[item], [each.get(item, "") for each in found], engines) for item in items
    ]


def verdict_of(verdicts: Collection[ReadVerdict]) -> ReadVerdict:
    """The whole image: what differs weighs most, and nothing read is no agreement."""
    if not verdicts or set(verdicts) == {ReadVerdict.UNREADABLE}:
        return ReadVerdict.UNREADABLE
    for verdict in (ReadVerdict.DIFFERS, ReadVerdict.UNSURE, ReadVerdict.UNREADABLE):
        if verdict in verdicts:
            return ReadVerdict.UNSURE if verdict is ReadVerdict.UNREADABLE else verdict
    return ReadVerdict.AGREES


def _one(item: Item, typed: str, read: Sequence[str], engines: Iterable[Engine]) -> Answer:
    rare = "".join(
        char
        for char in dict.fromkeys(typed)
        if not char.isspace() and any(char not in engine.alphabet for engine in engines)
    )
    rare = rare if item in (Item.NAME, Item.ADDRESS) else ""
    if not any(read):
        return Answer(item, ReadVerdict.UNREADABLE, tuple(read), rare)
    if all(_same(item, typed, each) for each in read):
        return Answer(item, ReadVerdict.AGREES, tuple(read), rare)
    alike = all(_same(item, read[0], each) for each in read[1:])
    sure = alike and not rare
    return Answer(item, ReadVerdict.DIFFERS if sure else ReadVerdict.UNSURE, tuple(read), rare)


def _same(item: Item, one: str, other: str) -> bool:
    if item in (Item.NAME, Item.ADDRESS):
        return same_name(_bare(one), _bare(other))
    return one == other


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", unicodedata.normalize("NFKC", text))


def _found(paper: Paper, kind: Kind, lines: Sequence[str]) -> dict[Item, str]:
    plain = [re.sub(r"\s+", "", unicodedata.normalize("NFKC", line)) for line in lines]
    plain = [line for line in plain if line]
    if paper is Paper.BACK:
        return _of_back(plain)
    return _of_licence(plain) if kind is Kind.ORGANISATION else _of_front(plain)


def _of_front(lines: Sequence[str]) -> dict[Item, str]:
    """居民身份证, 人像面: labels and values may stand in one line or in two."""
    text = "\n".join(lines)
    found: dict[Item, str] = {}
    if match := re.search(r"(?<![0-9])([0-9]{17}[0-9Xx])(?![0-9])", text):
        found[Item.DOCUMENT_NUMBER] = match[1].upper()
    if match := re.search(r"([12][0-9]{3})\n?年\n?([0-9]{1,2})\n?月\n?([0-9]{1,2})\n?日", text):
        found[Item.BORN_ON] = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    if match := re.search(r"性\n?别\n?([男女])", text):
        found[Item.SEX] = {"男": "male", "女": "female"}[match[1]]
    if match := re.search(r"姓\n?名\n?([^\n]+?)(?=\n|性别|$)", text):
        found[Item.NAME] = match[1]
    if match := re.search(r"住\n?址\n?(.+?)(?=\n?公民身份|\n?[0-9]{17}|$)", text, re.DOTALL):
        found[Item.ADDRESS] = match[1].replace("\n", "")
    return found


def _of_back(lines: Sequence[str]) -> dict[Item, str]:
    """居民身份证, 国徽面: 有效期限 2015.03.07-2035.03.07, or 长期."""
    text = "".join(lines)
    if re.search(r"[0-9]{4}[.\-/]?[0-9]{2}[.\-/]?[0-9]{2}[-—~一至]?长期", text):
        return {Item.VALID_UNTIL: LONG_TERM.isoformat()}
    days = re.findall(r"((?:19|20)[0-9]{2})[.\-/年]([0-9]{2})[.\-/月]([0-9]{2})", text)
    return {Item.VALID_UNTIL: "-".join(days[-1])} if len(days) >= 2 else {}


def _of_licence(lines: Sequence[str]) -> dict[Item, str]:
    """营业执照: the code, the name and the domicile, each after its label or under it."""
    text = "\n".join(lines)
    found: dict[Item, str] = {}
    if match := re.search(
        r"(?<![0-9A-Z])([0-9AGNY][0-9A-Z][0-9]{6}[0-9A-Z]{10})(?![0-9A-Z])", text
    ):
        found[Item.DOCUMENT_NUMBER] = match[1]
    if match := re.search(r"(?:^|\n)(?:企业)?名\n?称[::]?\n?([^\n]+)", text):
        found[Item.NAME] = match[1]
    if match := re.search(r"(?:住\n?所|经营场所)[::]?\n?([^\n]+)", text):
        found[Item.ADDRESS] = match[1]
    return found

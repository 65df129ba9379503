"""SWIFT MT940 and MT942, as banks really write them, and not a step further.

Banks add lines before a message, repeat :86:, write :28: for :28C:, leave blanks where a date
might be, book interest on 30 February. A field that stands where none of its kind may, a message
without account or balance, an amount or date that is none: the file is refused as a whole.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .statement import (
    DATE_WRONG,
    LONGEST_ID,
    Line,
    Statement,
    identified,
    money,
)
from .text import decoded

FORMAT = "mt940"
LOOKS_SO = re.compile(r"^(?:\{1:F|:\d{2}[A-Z]?:)", re.M)
# In this order; those that may repeat are marked so, and :61: :86: alternate.
ORDER = {
    "20": 1, "21": 2, "25": 3, "28": 4, "28C": 4, "60F": 5, "60M": 5, "34F": 5, "13": 6, "13D": 6,
    "61": 7, "NS": 7, "86": 7, "90D": 8, "90C": 8, "62F": 9, "62M": 9, "64": 10, "65": 11,
}  # fmt: skip
LAST = "last"
REPEATED = frozenset({"61", "86", "NS", "65", "34F"})
BEFORE_THE_MESSAGE, LONGEST_MESSAGE = 10, 200_000

_NEWLINE = re.compile(r"\r\n|\n|\r")
_TAG = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.S)
_ENVELOPE = re.compile(r"\{1:[^}]*\}.*\{4:\s*")
_END = re.compile(r"-(?:\}.*|XXX|[\x00-\x1f]*)?")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15},\d{0,3})", re.A)
_LINE = re.compile(
    r"(\d{6})(\d{4}|\s{4})?(RC|RD|EC|ED|C|D)([A-Z])?(\d{1,15},\d{0,3})"
    r"([A-Z])([A-Z0-9 ]{3})(.*)",
    re.S | re.A,
)
_STRUCTURED = re.compile(r"^\d{3}([?>])")
_NAMED_REFERENCE = re.compile(r"(?:EREF|KREF)\+(.+?)(?=[A-Z]{4}[+:]|$)")
_NO_REFERENCE = frozenset({"", "NONREF", "KREF+", "EREF+", "NOTPROVIDED", "X"})

NO_STATEMENT = Text(
    "文件不含完整的 MT940 报文：没有 :20: 字段。",
    "The file holds no whole MT940 message: there is no field :20:.",
)
OUTSIDE = Text("字段不在任何对账单之内。", "The field belongs to no statement.")
MISPLACED = Text(
    "字段重复，或不应出现在此处。", "The field comes twice, or where it may not stand."
)
UNKNOWN_FIELD = Text("字段不属于 MT940 或 MT942。", "No field of MT940 or MT942.")
MISSING = Text("对账单缺少必填字段。", "The statement lacks a field that it must have.")
LINE_WRONG = Text(
    "明细字段 :61: 格式不正确（日期、借贷标志、金额或类型）。",
    "The line :61: is malformed: date, mark, amount or type.",
)
BALANCE_WRONG = Text("余额字段格式不正确。", "The balance is malformed.")
CURRENCY_MIXED = Text("余额的币种不一致。", "The balances are in different currencies.")
TOO_LONG = Text("编号过长。", "An identification is too long.")


@dataclass(slots=True)
class _Field:
    row: int
    tag: str
    lines: list[str]

    @property
    def text(self) -> str:
        return self.lines[0].strip()

    def wrong(self, code: str, sentence: Text) -> Unreadable:
        return Unreadable(code, sentence, row=self.row, field=f":{self.tag}:")


@dataclass(slots=True)
class _Entry:
    """A :61: and what is said of it."""

    of: _Field
    words: list[_Field] = field(default_factory=list)


def read(content: bytes) -> tuple[Statement, ...]:
    """Every statement in the file. Raises Unreadable."""
    text = decoded(content, "cp852", "latin-1")
    positions = count(1)
    statements = [_statement(each, positions) for each in _messages(text)]
    if not statements:
        raise Unreadable("no_statement", NO_STATEMENT)
    return identified(statements)


def _messages(text: str) -> Iterator[list[_Field]]:
    fields: list[_Field] = []
    outside = 0  # lines since the last message ended
    for row, line in enumerate(_NEWLINE.split(text), start=1):
        envelope = _ENVELOPE.match(line)
        if envelope or _END.fullmatch(line):
            if fields:
                yield fields
            fields, outside = [], 0
            line = line[envelope.end() :] if envelope else ""
        tag = _TAG.match(line)
        if tag and tag[1] == "20" and fields:
            yield fields  # the one before had no end
            fields = []
        if tag and (fields or tag[1] == "20"):
            fields.append(_known(_Field(row, tag[1], [tag[2]])))
        elif tag and line != ":940:":
            raise Unreadable("field_outside", OUTSIDE, row=row, field=f":{tag[1]}:")
        elif fields:
            fields[-1].lines.append(line)
        elif line.strip("\x01\x03 "):
            outside += 1
            if outside > BEFORE_THE_MESSAGE:
                raise Unreadable("no_statement", NO_STATEMENT, row=row)
    if fields:
        yield fields


def _known(found: _Field) -> _Field:
    if found.tag not in ORDER:
        raise found.wrong("field_unknown", UNKNOWN_FIELD)
    return found


def _statement(fields: list[_Field], positions: Iterable[int]) -> Statement:
    by_tag = _in_order(fields)
    reference, account = _required(by_tag, "20"), _required(by_tag, "25")
    number = _required(by_tag, "28C", "28")
    interim = "60F" not in by_tag and "60M" not in by_tag and "34F" in by_tag
    opening = closing = None
    currency, days = "", []
    if interim:
        currency = by_tag["34F"].text[:3]
    else:
        opened, closed = _required(by_tag, "60F", "60M"), _required(by_tag, "62F", "62M")
        (opened_on, opening), (closed_on, closing) = _balance(opened), _balance(closed)
        currency, days = opening.currency, [opened_on, closed_on]
        if closing.currency != currency:
            raise closed.wrong("currency_mixed", CURRENCY_MIXED)
    numbered = [(next(iter(positions)), each) for each in _entries(fields)]
    lines = [_line(position, each, currency) for position, each in numbered]
    booked = [line for line in lines if line]
    if interim and not booked:
        raise number.wrong("missing", MISSING)
    days = days or [line.on for line in booked]
    return Statement(
        format=FORMAT,
        id=_short(f"{reference.text} {number.text} {days[0]:%y%m%d}", reference),
        account=_short(account.text, account),
        currency=currency,
        opening=None if opening is None else opening.amount,
        closing=None if closing is None else closing.amount,
        from_on=min(days),
        to_on=max(days),
        lines=tuple(booked),
        left_out=len(lines) - len(booked),
    )


def _in_order(fields: list[_Field]) -> dict[str, _Field]:
    """The first of each. A :86: may also follow the closing balance: it speaks of the whole."""
    found: dict[str, _Field] = {}
    last = 0
    for each in fields:
        rank = ORDER[each.tag]
        late = each.tag in ("86", "NS") and (last >= ORDER["62F"] or last < ORDER["60F"])
        if (each.tag in found and each.tag not in REPEATED) or (rank < last and not late):
            raise each.wrong("field_misplaced", MISPLACED)
        if each.tag == "86" and last < ORDER["60F"]:
            raise each.wrong("field_misplaced", MISPLACED)
        found.setdefault(each.tag, each)
        last = max(last, rank) if not late else last
    found[LAST] = fields[-1]
    return found


def _required(by_tag: dict[str, _Field], *tags: str) -> _Field:
    for tag in tags:
        if tag in by_tag and by_tag[tag].text:
            return by_tag[tag]
    raise Unreadable("missing", MISSING, row=by_tag[LAST].row, field=f":{tags[0]}:")


def _entries(fields: list[_Field]) -> Iterator[_Entry]:
    entry: _Entry | None = None
    for each in fields:
        if each.tag == "61":
            if entry:
                yield entry
            entry = _Entry(each)
        elif each.tag in ("86", "NS"):
            if entry:
                entry.words.append(each)
        elif entry and ORDER[each.tag] > ORDER["61"]:
            yield entry
            entry = None
    if entry:
        yield entry


def _balance(of: _Field) -> tuple[date, Money]:
    found = _BALANCE.fullmatch(of.text)
    if not found:
        raise of.wrong("balance_wrong", BALANCE_WRONG)
    mark, on, currency, amount = found.groups()
    stated = _money(amount, currency, of)
    return _date(on, of), stated if mark == "C" else -stated


def _line(position: int, entry: _Entry, currency: str) -> Line | None:
    """None for what is only expected."""
    of = entry.of
    found = _LINE.fullmatch(of.lines[0].rstrip())
    if not found:
        raise of.wrong("line_wrong", LINE_WRONG)
    value, booked, mark, _, amount, _, _, references = found.groups()
    valued_on = _date(value, of)
    moved = _money(amount, currency, of)
    if mark.startswith("E"):
        return None
    own, _, banks = references.partition("//")
    words = _Words.of(entry)
    return Line(
        position=position,
        id=banks.strip() if banks.strip() not in _NO_REFERENCE else "",
        on=_booking_date(booked, valued_on, of) if booked and booked.strip() else valued_on,
        amount=moved.amount if mark in ("C", "RD") else -moved.amount,
        currency=currency,
        reference=_reference(own) or words.reference,
        counterparty=words.counterparty,
        description=words.description,
        reversal=mark in ("RC", "RD"),
    )


def _reference(own: str) -> str:
    """What stands in the first 16 places; some banks put a name behind them."""
    word = own[:16].strip() if own[16:17] in ("", " ") else own.strip()
    return "" if word in _NO_REFERENCE else word


@dataclass(frozen=True, slots=True)
class _Words:
    reference: str
    counterparty: str
    description: str

    @classmethod
    def of(cls, entry: _Entry) -> "_Words":
        further = [line.strip() for line in entry.of.lines[1:]]
        said = [line.rstrip() for each in entry.words for line in each.lines]
        joined = "".join(said)
        structured = _STRUCTURED.match(joined)
        if not structured:
            plain = " ".join(filter(None, [*further, *map(str.strip, said)]))
            return cls("", "", plain)
        parts = _parts(joined[structured.end() - 1 :], structured[1])
        text = "".join(parts.get(f"{each}", "") for each in range(20, 30))
        more = "".join(parts.get(f"{each}", "") for each in range(60, 64))
        named = _NAMED_REFERENCE.search(text)
        return cls(
            named[1].strip() if named and named[1].strip() not in _NO_REFERENCE else "",
            (parts.get("32", "") + parts.get("33", "")).strip(),
            " ".join(filter(None, [parts.get("00", "").strip(), text, more, *further])),
        )


def _parts(text: str, mark: str) -> dict[str, str]:
    """By their two digits, of `?00…?20…`."""
    found: dict[str, str] = {}
    for part in text.split(mark)[1:]:
        found[part[:2]] = found.get(part[:2], "") + part[2:]
    return found


def _money(amount: str, currency: str, of: _Field) -> Money:
    whole, _, decimals = amount.partition(",")
    stated = f"{whole}.{decimals}" if decimals else whole
    return money(stated, currency, row=of.row, field=f":{of.tag}:")


def _date(text: str, of: _Field) -> date:
    """Since 1980. Interest of 30 days a month is valued on days that February has not."""
    year, month, day = (int(text[at : at + 2]) for at in (0, 2, 4))
    year += 1900 if year >= 80 else 2000
    if month == 2 and day in (29, 30):
        day = min(day, monthrange(year, month)[1])
    try:
        return date(year, month, day)
    except ValueError as error:
        raise of.wrong("date_wrong", DATE_WRONG) from error


def _booking_date(text: str, valued_on: date, of: _Field) -> date:
    """Month and day, in the year that brings them closest to the value date."""
    found = []
    for year in (valued_on.year - 1, valued_on.year, valued_on.year + 1):
        try:
            found.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not found:
        raise of.wrong("date_wrong", DATE_WRONG)
    return min(found, key=lambda each: abs((each - valued_on).days))


def _short(text: str, of: _Field) -> str:
    if len(text) > LONGEST_ID:
        if of.tag == "20":
            raise of.wrong("too_long", TOO_LONG)
        return text[:LONGEST_ID]
    return text

"""ISO 20022 camt.053, any version from 001.01 on: what the versions share is found by local name.

Only booked entries and booked balances count. An entry is one line, also where it sums up a batch
of transactions.
"""

import re
from datetime import date
from itertools import count
from operator import itemgetter

from lxml.etree import QName, _Element

from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.incoming.xml import elements
from yinxin.kernel.incoming.xml import found as _found
from yinxin.kernel.incoming.xml import text as _text
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .statement import (
    AMOUNT_WRONG,
    DATE_WRONG,
    LONGEST_ID,
    YEARS,
    Line,
    Statement,
    identified,
    money,
)

FORMAT = "camt053"
BOOKED, CREDIT, DEBIT, NOT_PROVIDED = "BOOK", "CRDT", "DBIT", "NOTPROVIDED"
OPENING, CLOSING = ("OPBD", "PRCD"), "CLBD"
# Several paths to one thing are those of 001.01, of 001.02 and, for parties, of 001.08.
ACCOUNT_IDS = ("IBAN", "Othr/Id", "BBAN", "UPIC", "PrtryAcct/Id")
REFERENCES = ("EndToEndId", "InstrId", "TxId")
NAMES = ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm")
DESCRIPTIONS = (
    "RmtInf/Ustrd",
    "RmtInf/Strd/CdtrRefInf/Ref",
    "RmtInf/Strd/CdtrRefInf/CdtrRef",
    "RmtInf/Strd/AddtlRmtInf",
    "AddtlTxInf",
)
_AMOUNT = re.compile(r"\+?[0-9]{1,15}(\.[0-9]{0,5})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=$|[TZ+-])")

Balance = tuple[str, date, Money]
Booked = Balance | tuple[str, None, None]
NO_BALANCE: Booked = ("", None, None)

NO_STATEMENT = Text("文件中没有 camt.053 对账单。", "The file holds no camt.053 statement.")
MISSING = Text("缺少必填内容。", "Something that must be there is missing.")
TOO_LONG = Text("编号过长。", "An identification is too long.")
DIRECTION_WRONG = Text("借贷标志不正确。", "It says neither CRDT nor DBIT.")
CURRENCY_MIXED = Text(
    "明细或余额的币种与账户币种不一致。",
    "A line or balance is in another currency than the account.",
)


def read(content: bytes) -> tuple[Statement, ...]:
    """Every statement in the file. Raises Unreadable."""
    found: list[Statement] = []
    lines: list[Line] = []
    entries, positions, left_out = count(1), count(1), 0
    for element in elements(content, "Ntry", "Stmt"):
        stmt = f"Stmt[{len(found) + 1}]"
        if QName(element).localname == "Stmt":
            found.append(_statement(element, tuple(lines), left_out, stmt))
            lines, entries, left_out = [], count(1), 0
        elif _is_of_statement(element):
            place, position = f"{stmt}/Ntry[{next(entries)}]", next(positions)
            if (_text(element, "Sts/Cd") or _text(element, "Sts") or BOOKED) == BOOKED:
                lines.append(_line(element, position, place))
            else:
                left_out += 1
        else:
            continue
        _forget(element)
    if not found:
        raise Unreadable("no_statement", NO_STATEMENT)
    return identified(found)


def _statement(stmt: _Element, lines: tuple[Line, ...], left_out: int, place: str) -> Statement:
    account = _first(stmt, "Acct/Id", ACCOUNT_IDS)
    balances = [_balance(each, f"{place}/Bal") for each in _found(stmt, "Bal")]
    opening, closing = _booked(balances)
    stated = [money.currency for _, _, money in balances] + [line.currency for line in lines]
    currency = _text(stmt, "Acct/Ccy") or next(iter(stated), "")
    if set(stated) - {currency}:
        raise Unreadable("currency_mixed", CURRENCY_MIXED, place)
    days = [on for _, on, _ in (opening, closing) if on] + [line.on for line in lines]
    days = days or [on for _, on, _ in balances]
    from_on = _date(stmt, "FrToDt/FrDtTm", place) or (opening[1] or min(days, default=None))
    to_on = _date(stmt, "FrToDt/ToDtTm", place) or (closing[1] or max(days, default=None))
    if from_on is None or to_on is None:
        raise Unreadable("missing", MISSING, f"{place}/FrToDt")
    if from_on > to_on:
        raise Unreadable("date_wrong", DATE_WRONG, f"{place}/FrToDt")
    return Statement(
        format=FORMAT,
        id=_identification(_text(stmt, "Id"), f"{place}/Id"),
        account=_identification(account, f"{place}/Acct/Id"),
        currency=currency,
        opening=None if opening[2] is None else opening[2].amount,
        closing=None if closing[2] is None else closing[2].amount,
        from_on=from_on,
        to_on=to_on,
        lines=lines,
        left_out=left_out,
    )


def _booked(balances: list[Balance]) -> tuple[Booked, Booked]:
    """The earliest opening and the latest closing one: some banks state both for each day."""
    found = [[each for each in balances if each[0] == code] for code in (*OPENING, CLOSING)]
    *openings, closings = found
    opening = min(next(filter(None, openings), []), key=itemgetter(1), default=NO_BALANCE)
    return opening, max(closings, key=itemgetter(1), default=NO_BALANCE)


def _balance(element: _Element, place: str) -> Balance:
    on = _required_date(element, ("Dt",), place)
    kind = _text(element, "Tp/CdOrPrtry/Cd") or _text(element, "Tp/Cd")
    return kind, on, _money(element, place)


def _line(entry: _Element, position: int, place: str) -> Line:
    on = _required_date(entry, ("BookgDt", "ValDt"), place)
    moved = _money(entry, place)
    details = [*_found(entry, "NtryDtls/TxDtls"), *_found(entry, "TxDtls")]
    single = details[0] if len(details) == 1 else None
    return Line(
        position=position,
        id=_text(entry, "AcctSvcrRef") or _text(single, "Refs/AcctSvcrRef"),
        on=on,
        amount=moved.amount,
        currency=moved.currency,
        reference=_reference(entry, single),
        counterparty=_counterparty(entry, single),
        description=_description(entry, details),
        reversal=_is_reversal(entry),
    )


def _reference(entry: _Element, single: _Element | None) -> str:
    candidates = [_text(single, f"Refs/{name}") for name in REFERENCES]
    given = [each for each in candidates if each and each != NOT_PROVIDED]
    return given[0] if given else _text(entry, "NtryRef")


def _counterparty(entry: _Element, single: _Element | None) -> str:
    """The other side: who paid in, or was paid. A reversal keeps the parties of what it undoes."""
    came_in = _text(entry, "CdtDbtInd") == CREDIT
    role = "Dbtr" if came_in is not _is_reversal(entry) else "Cdtr"
    return _first(single, f"RltdPties/{role}", NAMES)


def _is_reversal(entry: _Element) -> bool:
    return _text(entry, "RvslInd") in ("true", "1")


def _description(entry: _Element, details: list[_Element]) -> str:
    texts = [
        _words(each) for detail in details for path in DESCRIPTIONS for each in _found(detail, path)
    ]
    return " ".join(filter(None, [*texts, _text(entry, "AddtlNtryInf")]))


def _money(element: _Element, place: str) -> Money:
    amount, direction = next(_found(element, "Amt"), None), _text(element, "CdtDbtInd")
    if amount is None:
        raise Unreadable("missing", MISSING, f"{place}/Amt")
    text = _words(amount)
    if direction not in (CREDIT, DEBIT):
        raise Unreadable("direction_wrong", DIRECTION_WRONG, f"{place}/CdtDbtInd")
    if not _AMOUNT.fullmatch(text):
        raise Unreadable("amount_wrong", AMOUNT_WRONG, f"{place}/Amt")
    stated = money(text, amount.get("Ccy", ""), f"{place}/Amt")
    return stated if direction == CREDIT else -stated


def _required_date(element: _Element, names: tuple[str, ...], place: str) -> date:
    paths = [f"{name}/{kind}" for name in names for kind in ("Dt", "DtTm")]
    for path in paths:
        if on := _date(element, path, place):
            return on
    raise Unreadable("missing", MISSING, f"{place}/{names[0]}")


def _date(element: _Element, path: str, place: str) -> date | None:
    """The date as the bank writes it, whatever its time zone; None where there is none."""
    text = _text(element, path)
    if not text:
        return None
    try:
        on = date.fromisoformat(text[:10])
        if not _DATE.match(text) or on.year not in YEARS:
            raise ValueError(text)
    except ValueError as error:
        raise Unreadable("date_wrong", DATE_WRONG, f"{place}/{path}") from error
    return on


def _identification(text: str, place: str) -> str:
    if not text:
        raise Unreadable("missing", MISSING, place)
    if len(text) > LONGEST_ID:
        raise Unreadable("too_long", TOO_LONG, place)
    return text


def _is_of_statement(entry: _Element) -> bool:
    parent = entry.getparent()
    return parent is not None and QName(parent).localname == "Stmt"


def _forget(element: _Element) -> None:
    """Keep the memory of one entry, not of the file: what came before it goes too."""
    element.clear(keep_tail=True)
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        before.getparent().remove(before)


def _first(element: _Element | None, base: str, paths: tuple[str, ...]) -> str:
    return next(filter(None, (_text(element, f"{base}/{path}") for path in paths)), "")


def _words(element: _Element) -> str:
    return (element.text or "").strip()

"""ISO 20022 camt.053, any version from 001.01 on: what the versions share is found by local name.

Only booked entries and booked balances count. An entry is one line, also where it sums up a batch
of transactions.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from operator import itemgetter

from lxml.etree import QName, _Element

from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .statement import Line, Statement, StatementUnreadable
from .xml import elements

LONGEST_ID = 35
YEARS = range(1900, 2200)
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

NO_STATEMENT = Text("文件中没有 camt.053 对账单。", "The file holds no camt.053 statement.")
MISSING = Text("缺少必填内容。", "Something that must be there is missing.")
TOO_LONG = Text("编号过长。", "An identification is too long.")
AMOUNT_WRONG = Text(
    "金额不正确：须为非负数，币种受支持，小数位数不超过该币种。",
    "An amount is wrong: it must not be negative, its currency known, its decimals no more than "
    "that currency has.",
)
DIRECTION_WRONG = Text("借贷标志不正确。", "It says neither CRDT nor DBIT.")
DATE_WRONG = Text("日期不正确。", "A date is wrong.")
BALANCE_MISSING = Text(
    "缺少期初或期末记账余额（OPBD/PRCD、CLBD），可能是期间或分页文件。",
    "The booked opening or closing balance (OPBD/PRCD, CLBD) is missing: an interim statement, or "
    "a page of one?",
)
CURRENCY_MIXED = Text(
    "明细或余额的币种与账户币种不一致。",
    "A line or balance is in another currency than the account.",
)
SUMS_DIFFER = Text(
    "期初余额加明细合计不等于期末余额，文件可能不完整。",
    "The opening balance and the lines do not add up to the closing balance; lines may be missing.",
)


def read(content: bytes) -> tuple[Statement, ...]:
    """Every statement in the file. Raises StatementUnreadable."""
    found: list[Statement] = []
    lines: list[Line] = []
    entries = count(1)
    for element in elements(content, "Ntry", "Stmt"):
        stmt = f"Stmt[{len(found) + 1}]"
        if QName(element).localname == "Stmt":
            found.append(_statement(element, tuple(lines), stmt))
            lines, entries = [], count(1)
        elif _is_of_statement(element):
            place = f"{stmt}/Ntry[{next(entries)}]"
            if (_text(element, "Sts/Cd") or _text(element, "Sts") or BOOKED) == BOOKED:
                lines.append(_line(element, place))
        else:
            continue
        _forget(element)
    if not found:
        raise StatementUnreadable("no_statement", NO_STATEMENT)
    return _with_unique_ids(found)


def _statement(stmt: _Element, lines: tuple[Line, ...], place: str) -> Statement:
    account = _first(stmt, "Acct/Id", ACCOUNT_IDS)
    balances = [_balance(each, f"{place}/Bal") for each in _found(stmt, "Bal")]
    (opened_on, opening), (closed_on, closing) = _booked(balances, place)
    currency = _text(stmt, "Acct/Ccy") or opening.currency
    if {opening.currency, closing.currency, *(line.currency for line in lines)} != {currency}:
        raise StatementUnreadable("currency_mixed", CURRENCY_MIXED, place)
    if opening.amount + sum(line.amount for line in lines) != closing.amount:
        raise StatementUnreadable("sums_differ", SUMS_DIFFER, place)
    from_on = _date(stmt, "FrToDt/FrDtTm", place) or opened_on
    to_on = _date(stmt, "FrToDt/ToDtTm", place) or closed_on
    if from_on > to_on:
        raise StatementUnreadable("date_wrong", DATE_WRONG, f"{place}/FrToDt")
    return Statement(
        id=_identification(_text(stmt, "Id"), f"{place}/Id"),
        account=_identification(account, f"{place}/Acct/Id"),
        currency=currency,
        opening=opening.amount,
        closing=closing.amount,
        from_on=from_on,
        to_on=to_on,
        lines=lines,
    )


def _booked(balances: list[Balance], place: str) -> tuple[tuple[date, Money], tuple[date, Money]]:
    """The earliest opening and the latest closing one: some banks state both for each day."""
    for code in OPENING:
        if openings := [(on, money) for kind, on, money in balances if kind == code]:
            break
    closings = [(on, money) for kind, on, money in balances if kind == CLOSING]
    if not openings or not closings:
        raise StatementUnreadable("balance_missing", BALANCE_MISSING, place)
    return min(openings, key=itemgetter(0)), max(closings, key=itemgetter(0))


def _balance(element: _Element, place: str) -> Balance:
    on = _required_date(element, ("Dt",), place)
    kind = _text(element, "Tp/CdOrPrtry/Cd") or _text(element, "Tp/Cd")
    return kind, on, _money(element, place)


def _line(entry: _Element, place: str) -> Line:
    on = _required_date(entry, ("BookgDt", "ValDt"), place)
    money = _money(entry, place)
    details = [*_found(entry, "NtryDtls/TxDtls"), *_found(entry, "TxDtls")]
    single = details[0] if len(details) == 1 else None
    return Line(
        id=_text(entry, "AcctSvcrRef") or _text(single, "Refs/AcctSvcrRef"),
        on=on,
        amount=money.amount,
        currency=money.currency,
        reference=_reference(entry, single),
        counterparty=_counterparty(entry, single),
        description=_description(entry, details),
    )


def _reference(entry: _Element, single: _Element | None) -> str:
    candidates = [_text(single, f"Refs/{name}") for name in REFERENCES]
    given = [each for each in candidates if each and each != NOT_PROVIDED]
    return given[0] if given else _text(entry, "NtryRef")


def _counterparty(entry: _Element, single: _Element | None) -> str:
    """The other side: who paid in, or was paid. A reversal keeps the parties of what it undoes."""
    came_in = _text(entry, "CdtDbtInd") == CREDIT
    reversal = _text(entry, "RvslInd") in ("true", "1")
    role = "Dbtr" if came_in is not reversal else "Cdtr"
    return _first(single, f"RltdPties/{role}", NAMES)


def _description(entry: _Element, details: list[_Element]) -> str:
    texts = [
        _words(each) for detail in details for path in DESCRIPTIONS for each in _found(detail, path)
    ]
    return " ".join(filter(None, [*texts, _text(entry, "AddtlNtryInf")]))


def _money(element: _Element, place: str) -> Money:
    amount, direction = next(_found(element, "Amt"), None), _text(element, "CdtDbtInd")
    if amount is None:
        raise StatementUnreadable("missing", MISSING, f"{place}/Amt")
    text = _words(amount)
    if direction not in (CREDIT, DEBIT):
        raise StatementUnreadable("direction_wrong", DIRECTION_WRONG, f"{place}/CdtDbtInd")
    if not _AMOUNT.fullmatch(text):
        raise StatementUnreadable("amount_wrong", AMOUNT_WRONG, f"{place}/Amt")
    try:
        money = Money(Decimal(text), amount.get("Ccy", ""))
    except ValueError as error:
        raise StatementUnreadable("amount_wrong", AMOUNT_WRONG, f"{place}/Amt") from error
    return money if direction == CREDIT else -money


def _required_date(element: _Element, names: tuple[str, ...], place: str) -> date:
    paths = [f"{name}/{kind}" for name in names for kind in ("Dt", "DtTm")]
    for path in paths:
        if on := _date(element, path, place):
            return on
    raise StatementUnreadable("missing", MISSING, f"{place}/{names[0]}")


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
        raise StatementUnreadable("date_wrong", DATE_WRONG, f"{place}/{path}") from error
    return on


def _identification(text: str, place: str) -> str:
    if not text:
        raise StatementUnreadable("missing", MISSING, place)
    if len(text) > LONGEST_ID:
        raise StatementUnreadable("too_long", TOO_LONG, place)
    return text


def _with_unique_ids(statements: list[Statement]) -> tuple[Statement, ...]:
    """A line keeps the bank's id where the file has it once, else it gets its position."""
    seen = Counter(line.id for each in statements for line in each.lines)
    positions = count(1)

    def identified(line: Line) -> Line:
        position = f"#{next(positions)}"
        lasting = seen[line.id] == 1 and 0 < len(line.id) <= LONGEST_ID and line.id[0] != "#"
        return line if lasting else replace(line, id=position)

    return tuple(replace(each, lines=tuple(map(identified, each.lines))) for each in statements)


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


def _text(element: _Element | None, path: str) -> str:
    found = next(_found(element, path), None)
    return "" if found is None else _words(found)


def _found(element: _Element | None, path: str) -> Iterator[_Element]:
    """The elements at a path of local names."""
    if element is not None:
        name, _, rest = path.partition("/")
        for child in element.iterchildren("{*}" + name):
            if rest:
                yield from _found(child, rest)
            else:
                yield child


def _words(element: _Element) -> str:
    return (element.text or "").strip()

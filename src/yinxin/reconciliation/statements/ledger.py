"""Our side as a file: `id,date,amount,currency,reference,counterparty,description`, the amount
positive for money in. Strict, for it is written by a program: nothing else, nothing twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yinxin.kernel.incoming import Unreadable, require_small
from yinxin.kernel.incoming.sheets import Row
from yinxin.kernel.text import Text

from .statement import (
    AMOUNT_WRONG,
    DATE_WRONG,
    YEARS,
    money,
)
from .tables import FORMULA, ROW_TOO_LONG
from .text import tables_of

COLUMNS = ("id", "date", "amount", "currency", "reference", "counterparty", "description")

HEADER_MISSING = Text(
    f"第一行须为表头：{','.join(COLUMNS)}。", f"The first row must be: {','.join(COLUMNS)}."
)
COLUMN_MISSING = Text("表头缺少该列。", "The header lacks this column.")
COLUMN_UNKNOWN = Text("表头中有不认识的列。", "The header has a column that is not known.")
COLUMN_TWICE = Text("表头中有重复的列。", "A column comes twice in the header.")
ROW_TOO_SHORT = Text("该行的列数少于表头。", "The row has fewer cells than the header.")
ID_MISSING = Text("编号不能为空。", "The id is blank.")
ID_TWICE = Text("编号重复。", "The id comes twice.")


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    on: date
    amount: Decimal
    currency: str
    reference: str
    counterparty: str
    description: str


def read(content: bytes) -> tuple[Entry, ...]:
    """Raises Unreadable."""
    require_small(content)
    rows = next(tables_of(content), [])
    if not rows:
        raise Unreadable("header_missing", HEADER_MISSING, row=1)
    number, header = rows[0]
    names = _names([str(cell).strip() for cell in header], number)
    found: dict[str, Entry] = {}
    for entry, row in _entries(rows[1:], names):
        if entry.id in found:
            raise Unreadable("id_twice", ID_TWICE, row=row, field="id")
        found[entry.id] = entry
    return tuple(found.values())


def _names(names: list[str], row: int) -> list[str]:
    if not set(names) & set(COLUMNS):
        raise Unreadable("header_missing", HEADER_MISSING, row=row)
    for name in names:
        if name not in COLUMNS:
            raise Unreadable("column_unknown", COLUMN_UNKNOWN, row=row, field=name)
        if names.count(name) > 1:
            raise Unreadable("column_twice", COLUMN_TWICE, row=row, field=name)
    for name in COLUMNS:
        if name not in names:
            raise Unreadable("column_missing", COLUMN_MISSING, row=row, field=name)
    return names


def _entries(rows: list[Row], names: list[str]) -> Iterator[tuple[Entry, int]]:
    for row, cells in rows:
        if not cells:
            continue
        if len(cells) != len(names):
            code, why = (
                ("row_too_long", ROW_TOO_LONG)
                if len(cells) > len(names)
                else ("row_too_short", ROW_TOO_SHORT)
            )
            raise Unreadable(code, why, row=row)
        of = dict(zip(names, (str(cell).strip() for cell in cells), strict=True))
        yield _entry(of, row), row


def _entry(of: dict[str, str], row: int) -> Entry:
    for name, text in of.items():
        if text.startswith("="):
            raise Unreadable("formula", FORMULA, row=row, field=name)
    if not of["id"]:
        raise Unreadable("id_missing", ID_MISSING, row=row, field="id")
    try:
        on = date.fromisoformat(of["date"])
        if len(of["date"]) != 10 or not of["date"].isascii() or on.year not in YEARS:
            raise ValueError(of["date"])
    except ValueError as error:
        raise Unreadable("date_wrong", DATE_WRONG, row=row, field="date") from error
    digits = of["amount"].removeprefix("-").removeprefix("+")
    if not digits.replace(".", "", 1).isdecimal():
        raise Unreadable("amount_wrong", AMOUNT_WRONG, row=row, field="amount")
    amount = money(of["amount"], of["currency"], row=row, field="amount").amount
    return Entry(
        of["id"], on, amount, of["currency"],
        of["reference"], of["counterparty"], of["description"],
    )  # fmt: skip

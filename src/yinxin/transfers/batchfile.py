"""A batch of instructions in one file (批量转账文件), CSV or XLSX: rows that make sense, and what
is wrong with each of the others.

Bytes in, values out. A file that cannot be read whole is `Unreadable`; a row that makes no sense
is a `Fault` and harms no other row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.incoming.sheets import Row, table
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

MOST_ROWS = 10_000
LONGEST = {"number": 40, "payee_name": 100, "payee_account": 40, "payee_bank": 100, "purpose": 100}
FIELDS = {
    "number": Text("编号", "number"),
    "payee_name": Text("收款人名称", "payee_name"),
    "payee_account": Text("收款人账号", "payee_account"),
    "payee_bank": Text("收款人开户行", "payee_bank"),
    "amount": Text("金额", "amount"),
    "purpose": Text("用途", "purpose"),
}
CODES = ("number", "payee_account")
EXACT_INTEGER = 10**15  # what a spreadsheet keeps of a number without rounding it
_AMOUNT = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]{1,15}(\.[0-9]+)?", re.ASCII)
_CODE = {
    "number": re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII),
    "payee_account": re.compile(r"[0-9A-Za-z-]{4,40}", re.ASCII),
}
_WIDE = re.compile("[０-９．，－]")
_MARKUP = re.compile("[<>]")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
FORMULA_STARTS = ("=", "+", "-", "@")

COLUMNS_MISSING = Text(
    "首行须有这些列：编号、收款人名称、收款人账号、收款人开户行、金额、用途，各一次。",
    "The first row must name each of these columns once: number, payee_name, payee_account, "
    "payee_bank, amount, purpose.",
)
NO_ROWS = Text("文件中没有指令。", "The file holds no instructions.")
TOO_MANY = Text("文件超过 10000 行，请分批报送。", "More than 10,000 rows; split the file.")
MISSING = Text("未填写", "is missing")
TOO_LONG = Text("过长", "is too long")
WIDE = Text("含全角数字或符号，请改用半角", "has full-width digits; use plain ones")
MARKUP = Text("含有尖括号，不是名称的写法", "holds angle brackets, which no name has")
UNSEEN = Text("含有不可见字符", "holds characters that cannot be seen")
FORMULA = Text("以 = + - @ 开头，疑似公式", "starts like a formula, with = + - or @")
NOT_TEXT = Text("须为文本格式，数字格式会丢失位数", "must be text; a number loses its digits")
NOT_CODE = Text("只能含字母、数字和连字符", "may hold letters, digits and hyphens only")
AMOUNT_WRONG = Text("不是有效金额", "is not an amount")
NOT_POSITIVE = Text("须大于零", "must be more than zero")
DECIMALS = Text(
    "小数位数超过该币种，或金额过大", "has more decimals than the currency, or is too big"
)
TWICE = Text("与第 {row} 行的编号重复", "was used in row {row} already")
RECEIVED_ALREADY = Text("已受理，转账编号 {number}", "was received as transfer {number}")
EXTRA = Text("该行多出没有标题的单元格", "the row has cells beyond the columns")


@dataclass(frozen=True, slots=True)
class Order:
    """One instruction. `row` is its number in the file."""

    row: int
    number: str
    payee_name: str
    payee_account: str
    payee_bank: str
    money: Money
    purpose: str


@dataclass(frozen=True, slots=True)
class Fault:
    row: int
    field: str
    reason: Text


class _Wrong(Exception):
    def __init__(self, field: str, reason: Text) -> None:
        self.field, self.reason = field, reason


def read(content: bytes, currency: str) -> tuple[list[Order], list[Fault]]:
    """Raises Unreadable for a file that is no such table."""
    rows = [(number, cells) for number, cells in table(content) if any(map(_filled, cells))]
    if not rows:
        raise Unreadable("no_rows", NO_ROWS)
    columns = _columns(rows[0])
    if len(rows) == 1:
        raise Unreadable("no_rows", NO_ROWS)
    if len(rows) > MOST_ROWS + 1:
        raise Unreadable("too_many_rows", TOO_MANY)
    orders, faults, seen = list[Order](), list[Fault](), dict[str, int]()
    for number, cells in rows[1:]:
        try:
            order = _order(number, cells, columns, currency)
            if order.number in seen:
                raise _Wrong("number", TWICE.format(row=seen[order.number]))
        except _Wrong as wrong:
            faults.append(Fault(number, wrong.field, wrong.reason))
        else:
            seen[order.number] = number
            orders.append(order)
    return orders, faults


def _columns(row: Row) -> dict[str, int]:
    names = [str(cell).strip() for cell in row[1]]
    columns = {}
    for field, title in FIELDS.items():
        places = [i for i, name in enumerate(names) if name in (title.zh, title.en)]
        if len(places) != 1:
            raise Unreadable("columns_missing", COLUMNS_MISSING, title.zh)
        columns[field] = places[0]
    return columns


def _order(row: int, cells: Sequence[object], columns: Mapping[str, int], currency: str) -> Order:
    if any(map(_filled, cells[max(columns.values()) + 1 :])) and len(cells) > len(columns):
        raise _Wrong("", EXTRA)
    given = {field: cells[at] if at < len(cells) else "" for field, at in columns.items()}
    texts = dict(_texts(given))
    return Order(row=row, money=_money(given["amount"], currency), **texts)


def _texts(given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for field, longest in LONGEST.items():
        text = _text(field, given[field])
        if len(text) > longest:
            raise _Wrong(field, TOO_LONG)
        yield field, text


def _text(field: str, cell: object) -> str:
    if field in CODES and isinstance(cell, float | int) and not isinstance(cell, bool):
        if cell != int(cell) or not 0 <= cell < EXACT_INTEGER:
            raise _Wrong(field, NOT_TEXT)
        cell = str(int(cell))
    if not isinstance(cell, str):
        raise _Wrong(field, NOT_TEXT)
    text = cell.strip()
    if not text:
        raise _Wrong(field, MISSING)
    if text.startswith(FORMULA_STARTS):
        raise _Wrong(field, FORMULA)
    if _UNSEEN.search(text):
        raise _Wrong(field, UNSEEN)
    if field in CODES:
        if _WIDE.search(text):
            raise _Wrong(field, WIDE)
        if not _CODE[field].fullmatch(text):
            raise _Wrong(field, NOT_CODE)
    elif _MARKUP.search(text):
        raise _Wrong(field, MARKUP)
    return text


def _money(cell: object, currency: str) -> Money:
    amount = _amount(cell)
    if amount <= 0:
        raise _Wrong("amount", NOT_POSITIVE)
    try:
        return Money(amount, currency)
    except ValueError:
        raise _Wrong("amount", DECIMALS) from None


def _amount(cell: object) -> Decimal:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        try:
            return Decimal(repr(cell))
        except InvalidOperation:
            raise _Wrong("amount", AMOUNT_WRONG) from None
    if not isinstance(cell, str):
        raise _Wrong("amount", AMOUNT_WRONG)
    text = cell.strip()
    if not text:
        raise _Wrong("amount", MISSING)
    if _WIDE.search(text):
        raise _Wrong("amount", WIDE)
    if re.fullmatch(r"-[0-9.,]+", text):
        raise _Wrong("amount", NOT_POSITIVE)
    if text.startswith(FORMULA_STARTS):
        raise _Wrong("amount", FORMULA)
    if not _AMOUNT.fullmatch(text):
        raise _Wrong("amount", AMOUNT_WRONG)
    return Decimal(text.replace(",", ""))


def _filled(cell: object) -> bool:
    return str(cell).strip() != "" if cell is not None else False

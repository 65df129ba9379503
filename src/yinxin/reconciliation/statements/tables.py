"""A table of movements, by the layout that its header shows."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.incoming.sheets import Row
from yinxin.kernel.incoming.workbook import Cell
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .banks import CURRENCIES, FOOTERS, LAYOUTS, Layout
from .statement import (
    AMOUNT_WRONG,
    DATE_WRONG,
    LONGEST_ID,
    YEARS,
    Line,
    Statement,
    digest_of,
    identified,
    money,
)

HEADER_WITHIN = 60
HOME_CURRENCY = "CNY"  # of exports that state none
_LITERAL = re.compile(r'="([^"]*)"')
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{1,5})?")
_DATES = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?", re.A),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?: +\d{1,2}:\d{2}(?::\d{2})?)?", re.A),
    re.compile(r"(\d{4})(\d{2})(\d{2})", re.A),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.A),
)
_MONTH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})", re.A)
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月", re.A)
_NOTHING = re.compile(r"[-/\s]*")
_ACCOUNT = re.compile(r"(?:卡号|账号|帐号|支付宝账户|微信昵称|账户)[:：]\s*[\[]?([^\s\],]{2,35})")

FORMAT_UNKNOWN = Text(
    "不是可识别的对账单格式：没有找到任何已知银行的表头，也不是 camt.053 或 MT940。",
    "Not a statement that is known: no bank's header was found, nor camt.053, nor MT940.",
)
NO_LINES = Text("表格中没有一笔明细。", "The table has no movement.")
COLUMN_TWICE = Text("表头中有重复的列。", "A column comes twice in the header.")
FORMULA = Text(
    "单元格含公式，请将数值粘贴为值后重新导出。", "A cell holds a formula; export plain values."
)
ROW_TOO_LONG = Text(
    "该行的列数多于表头，可能有未加引号的逗号。",
    "The row has more cells than the header; is a comma not quoted?",
)
CURRENCY_UNKNOWN = Text("币种不受支持。", "The currency is not known.")
DIRECTION_WRONG = Text(
    "无法判断收支方向：收入与支出须有且仅有一项。",
    "Whether money came in or went out is not clear: one of the two must be stated.",
)


@dataclass(frozen=True, slots=True)
class Table:
    """`month` is that of the statement, where its head names one."""

    layout: Layout
    columns: dict[str, int]
    head: tuple[str, ...]
    rows: Sequence[Row]
    month: tuple[int, int] | None


def read(tables: Iterable[list[Row]], content: bytes) -> tuple[Statement, ...]:
    """The statements, one a currency, of the first table that a layout fits."""
    for rows in tables:
        if table := _recognised(rows):
            return identified(_statements(table, content))
    raise Unreadable("format_unknown", FORMAT_UNKNOWN, row=1)


def text_of(cell: Cell) -> str:
    """What the cell says, without the blanks about it and the `="…"` that keeps digits text."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    text = str(cell).strip()
    literal = _LITERAL.fullmatch(text)
    return literal[1].strip() if literal else text


def _recognised(rows: list[Row]) -> Table | None:
    for index, (number, cells) in enumerate(rows[:HEADER_WITHIN]):
        names = [_name(cell) for cell in cells]
        fitting = [each for each in LAYOUTS if each.columns() <= set(names)]
        if not fitting:
            continue
        layout = max(fitting, key=lambda each: len(each.columns()))
        for name in layout.columns():
            if names.count(name) > 1:
                raise Unreadable("column_twice", COLUMN_TWICE, row=number, field=name)
        head = tuple(" ".join(map(text_of, before)) for _, before in rows[:index])
        month = next(filter(None, map(_MONTH.search, head)), None)
        return Table(
            layout,
            {name: at for at, name in enumerate(names) if name},
            head,
            rows[index + 1 :],
            (int(month[1]), int(month[2])) if month else None,
        )
    return None


def _name(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", text_of(cell)).split())


def _statements(table: Table, content: bytes) -> Iterator[Statement]:
    lines: dict[str, list[Line]] = {}
    left_out, account, positions = 0, "", count(1)
    for number, cells in table.rows:
        if _is_no_movement(cells):
            continue
        row = _Reader(table, number, cells)
        account = account or row.text(table.layout.account)
        position = next(positions)
        if (moved := row.money()) is None:
            left_out += 1
        else:
            lines.setdefault(moved.currency, []).append(row.line(position, moved))
    if not lines:
        raise Unreadable("no_lines", NO_LINES)
    for currency, found in sorted(lines.items()):
        yield Statement(
            format=table.layout.key,
            id=f"{table.layout.key}-{digest_of(content)}",
            account=(account or _account(table.head))[:LONGEST_ID],
            currency=currency,
            opening=None,
            closing=None,
            from_on=min(line.on for line in found),
            to_on=max(line.on for line in found),
            lines=tuple(found),
            left_out=left_out,
        )


def _account(head: tuple[str, ...]) -> str:
    found = next(filter(None, (_ACCOUNT.search(each.replace("\u3000", "")) for each in head)), None)
    return found[1] if found else ""


def _is_no_movement(cells: Sequence[Cell]) -> bool:
    first = next(filter(None, map(text_of, cells)), "")
    return not first or first.startswith(FOOTERS)


class _Reader:
    """One row, by the names of its columns."""

    def __init__(self, table: Table, number: int, cells: Sequence[Cell]) -> None:
        self.table, self.layout = table, table.layout
        self.number, self.cells = number, cells
        width = max(table.columns.values()) + 1
        if any(map(text_of, cells[width:])):
            raise Unreadable("row_too_long", ROW_TOO_LONG, row=number)

    def line(self, position: int, moved: Money) -> Line:
        layout = self.layout
        return Line(
            position=position,
            id=self.text(layout.bank_reference),
            on=self._date(layout.on),
            amount=moved.amount,
            currency=moved.currency,
            reference=self.text(layout.reference),
            counterparty=self.text(layout.counterparty),
            description=" ".join(filter(None, map(self.text, layout.description))),
        )

    def money(self) -> Money | None:
        """What moved; None where nothing did on this account."""
        layout = self.layout
        if layout.amount:
            sign = self._direction() if layout.direction else 1
            stated = self._money(layout.amount, signed=not layout.direction)
            if stated is None:
                raise self._wrong("amount_wrong", AMOUNT_WRONG, layout.amount)
            turned = -stated if sign < 0 or layout.spending_is_positive else stated
            return turned if sign else None
        paid_in = self._money(layout.paid_in, signed=False)
        paid_out = self._money(layout.paid_out, signed=False)
        if (paid_in and paid_out) or (paid_in is None and paid_out is None):
            raise self._wrong("direction_wrong", DIRECTION_WRONG, layout.paid_in)
        if paid_in:
            return paid_in
        return -paid_out if paid_out is not None else paid_in

    def text(self, column: str) -> str:
        """Blank also where the bank writes dashes for nothing."""
        text = text_of(self._cell(column))
        if text.startswith("="):
            raise self._wrong("formula", FORMULA, column)
        return "" if _NOTHING.fullmatch(text) else text

    def _cell(self, column: str) -> Cell:
        at = self.table.columns.get(column) if column else None
        return self.cells[at] if at is not None and at < len(self.cells) else None

    def _direction(self) -> int:
        for column, start, sign in self.layout.direction:
            if text_of(self._cell(column)).startswith(start):
                return sign
        raise self._wrong("direction_wrong", DIRECTION_WRONG, self.layout.direction[0][0])

    def _money(self, column: str, *, signed: bool) -> Money | None:
        text = self.text(column).removeprefix("¥").removeprefix("￥")
        if not text:
            return None
        if not _AMOUNT.fullmatch(text) or (text.startswith("-") and not signed):
            raise self._wrong("amount_wrong", AMOUNT_WRONG, column)
        return money(text.replace(",", ""), self._currency(), row=self.number, field=column)

    def _currency(self) -> str:
        stated = self.text(self.layout.currency) if self.layout.currency else HOME_CURRENCY
        currency = CURRENCIES.get(stated, stated or HOME_CURRENCY)
        if not re.fullmatch("[A-Z]{3}", currency):
            raise self._wrong("currency_unknown", CURRENCY_UNKNOWN, self.layout.currency)
        return currency

    def _date(self, column: str) -> date:
        cell = self._cell(column)
        if isinstance(cell, datetime):
            found = cell.date()
        elif isinstance(cell, date):
            found = cell
        else:
            found = self._written_date(text_of(cell), column)
        if found.year not in YEARS:
            raise self._wrong("date_wrong", DATE_WRONG, column)
        return found

    def _written_date(self, text: str, column: str) -> date:
        try:
            for form in _DATES:
                if found := form.fullmatch(text):
                    return date(*map(int, found.groups()))
            if (found := _MONTH_DAY.fullmatch(text)) and self.table.month:
                (year, month), (in_month, day) = self.table.month, map(int, found.groups())
                return date(year if in_month <= month else year - 1, in_month, day)
        except ValueError as error:
            raise self._wrong("date_wrong", DATE_WRONG, column) from error
        raise self._wrong("date_wrong", DATE_WRONG, column)

    def _wrong(self, code: str, sentence: Text, column: str) -> Unreadable:
        return Unreadable(code, sentence, row=self.number, field=column)

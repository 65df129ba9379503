"""A table whose first row names its columns: its rows as values, and what is wrong with others.

A file that is no such table is `Unreadable`; a row that makes no sense is a `Fault` and harms no
other row.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from yinxin.kernel.text import Text

from . import Unreadable
from .sheets import Row, table


class Form(StrEnum):
    TEXT = "text"
    CODE = "code"  # letters, digits and hyphens: a number that is no amount
    AMOUNT = "amount"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """`choices` are the values of a text that only has some, by any word a file may say."""

    title: Text
    form: Form = Form.TEXT
    longest: int = 100
    required: bool = True
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    row: int
    field: str
    reason: Text


Record = tuple[int, dict[str, Any]]  # its row in the file; a blank cell is left out

EXACT_INTEGER = 10**15  # what a spreadsheet keeps of a number without rounding it
FORMULA_STARTS = ("=", "+", "-", "@")
_AMOUNT = re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,15})(\.[0-9]+)?", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z-]+", re.ASCII)
_PHONE = re.compile(r"\+[0-9][0-9 -]+", re.ASCII)
_WIDE = re.compile("[０-９．，－]")
_MARKUP = re.compile("[<>]")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufeff\ufffd\ud800-\udfff]"
)

COLUMN_MISSING = Text("首行须有且只有一个“{zh}”列。", "The first row must name “{en}” once.")
NO_ROWS = Text("文件中没有内容。", "The file holds no rows.")
TOO_MANY = Text("文件超过 {most} 行，请分批报送。", "More than {most} rows; split the file.")
MISSING = Text("未填写", "is missing")
TOO_LONG = Text("过长", "is too long")
WIDE = Text("含全角数字或符号，请改用半角", "has full-width digits; use plain ones")
MARKUP = Text("含有尖括号，不是名称的写法", "holds angle brackets, which no name has")
UNSEEN = Text("含有不可见字符", "holds characters that cannot be seen")
FORMULA = Text("以 = + - @ 开头，疑似公式", "starts like a formula, with = + - or @")
NOT_TEXT = Text("须为文本格式，数字格式会丢失位数", "must be text; a number loses its digits")
NOT_CODE = Text("只能含字母、数字和连字符", "may hold letters, digits and hyphens only")
NOT_OFFERED = Text("不是可用的取值", "is none of the possible values")
AMOUNT_WRONG = Text("不是有效金额", "is not an amount")
DAY_WRONG = Text("不是有效日期，应如 2026-01-05", "is no date such as 2026-01-05")
EXTRA = Text("该行多出没有标题的单元格", "the row has cells beyond the columns")


class Wrong(Exception):
    """What is wrong with one field of a row."""

    def __init__(self, field: str, reason: Text) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field} {reason.en}")


def records(
    content: bytes, columns: Mapping[str, Column], most: int
) -> tuple[list[Record], list[Fault]]:
    """Raises Unreadable for a file that is no such table."""
    rows = [(number, cells) for number, cells in table(content) if any(map(_filled, cells))]
    if len(rows) < 2:
        raise Unreadable("no_rows", NO_ROWS)
    if len(rows) > most + 1:
        raise Unreadable("too_many_rows", TOO_MANY.format(most=f"{most:,}"))
    width, places = len(rows[0][1]), _places(rows[0], columns)
    found, faults = list[Record](), list[Fault]()
    for number, cells in rows[1:]:
        try:
            if any(map(_filled, cells[width:])):
                raise Wrong("", EXTRA)
            found.append((number, _values(cells, columns, places)))
        except Wrong as wrong:
            faults.append(Fault(number, wrong.field, wrong.reason))
    return found, faults


def _places(row: Row, columns: Mapping[str, Column]) -> dict[str, int]:
    names, places = [str(cell).strip() for cell in row[1]], {}
    for field, column in columns.items():
        title = column.title
        found = [place for place, name in enumerate(names) if name in (title.zh, title.en)]
        if len(found) > 1 or (column.required and not found):
            raise Unreadable("columns_missing", COLUMN_MISSING.format(zh=title.zh, en=title.en))
        if found:
            places[field] = found[0]
    return places


def _values(
    cells: Sequence[object], columns: Mapping[str, Column], places: Mapping[str, int]
) -> dict[str, Any]:
    values = {}
    for field, column in columns.items():
        place = places.get(field, len(cells))
        cell = cells[place] if place < len(cells) else ""
        if _filled(cell):
            values[field] = _READERS[column.form](field, column, cell)
        elif column.required:
            raise Wrong(field, MISSING)
    return values


def _text(field: str, column: Column, cell: object) -> str:
    text = _written(field, column, cell)
    if text.startswith(FORMULA_STARTS) and not _PHONE.fullmatch(text):
        raise Wrong(field, FORMULA)
    if _MARKUP.search(text):
        raise Wrong(field, MARKUP)
    if column.choices is None:
        return text
    if text not in column.choices:
        raise Wrong(field, NOT_OFFERED)
    return column.choices[text]


def _code(field: str, column: Column, cell: object) -> str:
    text = _written(field, column, cell)
    if text.startswith(FORMULA_STARTS):
        raise Wrong(field, FORMULA)
    if _WIDE.search(text):
        raise Wrong(field, WIDE)
    if not _CODE.fullmatch(text):
        raise Wrong(field, NOT_CODE)
    return text


def _written(field: str, column: Column, cell: object) -> str:
    """A cell as text: whole numbers that a spreadsheet kept exactly, and days, are such too."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if cell != cell or cell in (float("inf"), float("-inf")) or cell != int(cell):
            raise Wrong(field, NOT_TEXT)
        if not 0 <= cell < EXACT_INTEGER:
            raise Wrong(field, NOT_TEXT)
        cell = str(int(cell))
    elif isinstance(cell, date):
        cell = (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    if not isinstance(cell, str):
        raise Wrong(field, NOT_TEXT)
    text = cell.strip()
    if _UNSEEN.search(text):
        raise Wrong(field, UNSEEN)
    if len(text) > column.longest:
        raise Wrong(field, TOO_LONG)
    return text


def _amount(field: str, column: Column, cell: object) -> Decimal:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        cell = repr(cell)
    if not isinstance(cell, str):
        raise Wrong(field, AMOUNT_WRONG)
    text = cell.strip()
    if _WIDE.search(text):
        raise Wrong(field, WIDE)
    if not _AMOUNT.fullmatch(text):
        raise Wrong(field, FORMULA if text.startswith(FORMULA_STARTS) else AMOUNT_WRONG)
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise Wrong(field, AMOUNT_WRONG) from None


def _day(field: str, column: Column, cell: object) -> date:
    text = _written(field, column, cell)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(field, DAY_WRONG) from None


def _filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


_READERS: dict[Form, Callable[[str, Column, object], Any]] = {
    Form.TEXT: _text,
    Form.CODE: _code,
    Form.AMOUNT: _amount,
    Form.DAY: _day,
}

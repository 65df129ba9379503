"""Workbooks, written row by row in constant memory."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yinxin.kernel.money import MINOR_UNITS, Money
from yinxin.kernel.text import Text

from .formats import plain, translated

EXACT_DIGITS = 15  # what a cell's binary floating point holds
WIDTH = 20
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(titles: Sequence[Text], rows: Iterable[Sequence[Any]]) -> bytes:
    """An .xlsx file of one sheet.

    Strings are written as strings, so that no cell is ever a formula or a link; a number that
    a cell cannot hold exactly is written as a string too. Raises ValueError past Excel's
    1,048,576 rows.
    """
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(titles) - 1, 0), WIDTH)
        formats = _Formats(book)
        for column, title in enumerate(titles):
            sheet.write_string(0, column, translated(title), formats.of("title"))
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, formats, number, column, value)
    return output.getvalue()


class _Formats:
    """Cell formats, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {"title": book.add_format({"bold": True})}

    def of(self, pattern: str) -> Format:
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern})
        return self._made[pattern]


def _write(sheet: Worksheet, formats: _Formats, row: int, column: int, value: Any) -> None:
    match value:
        case None:
            answer = 0
        case Money() if _exact(value.amount):
            decimals = MINOR_UNITS[value.currency]
            pattern = f'#,##0{"." if decimals else ""}{"0" * decimals} "{value.currency}"'
            answer = sheet.write_number(row, column, float(value.amount), formats.of(pattern))
        case datetime():
            local = timezone.localtime(value).replace(tzinfo=None)
            answer = sheet.write_datetime(row, column, local, formats.of("yyyy-mm-dd hh:mm:ss"))
        case date():
            answer = sheet.write_datetime(row, column, value, formats.of("yyyy-mm-dd"))
        case int() | Decimal() if not isinstance(value, bool) and _exact(Decimal(value)):
            answer = sheet.write_number(row, column, float(value))
        case _:
            answer = sheet.write_string(row, column, plain(value))
    if answer == -1:
        raise ValueError("a sheet holds 1,048,576 rows")


def _exact(number: Decimal) -> bool:
    return len(number.as_tuple().digits) <= EXACT_DIGITS

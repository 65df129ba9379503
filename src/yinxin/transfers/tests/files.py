"""Batch files, as a payer's book-keeping exports them."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

TITLES = ("编号", "收款人名称", "收款人账号", "收款人开户行", "金额", "用途")


def row(n: int, /, amount: object = "100.00", **changed: object) -> list[object]:
    given = {
        "number": f"B{n:05d}",
        "name": "王秀英",
        "account": f"62220200{n:010d}",
        "bank": "工商银行海淀支行",
        "amount": amount,
        "purpose": "工资",
    } | changed
    return list(given.values())


def csv_file(
    rows: Sequence[Sequence[object]],
    titles: Sequence[str] = TITLES,
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([titles, *rows])
    return out.getvalue().encode(encoding)


def workbook(rows: Sequence[Sequence[object]], formula: str = "") -> bytes:
    """`formula` goes into the amount of the first row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([list(TITLES), *rows]):
            for column, cell in enumerate(cells):
                sheet.write(number, column, cell)
        if formula:
            sheet.write_formula(1, 4, formula, None, 100)
    return out.getvalue()

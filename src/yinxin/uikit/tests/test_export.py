import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils import timezone, translation

from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.uikit.export import workbook
from yinxin.uikit.page import State

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(content: bytes) -> list[tuple[str, str]]:
    """Type and text of each cell, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [(cell.get("t", "n"), "".join(cell.itertext())) for cell in sheet.iter(f"{MAIN}c")]


@pytest.mark.parametrize(
    "hostile", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK('x')", "https://x", "{=1}", "\t=1"]
)
def test_a_string_is_never_a_formula_nor_a_link(hostile: str):
    content = workbook([Text("户名", "Name")], [[hostile]])
    assert cells(content)[1] == ("inlineStr", hostile)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_values_keep_their_type():
    with timezone.override("Asia/Shanghai"), translation.override("zh-hans"):
        content = workbook(
            [Text("列", "Column")] * 6,
            [[
                Money(Decimal("1234.50"), "CNY"), date(2026, 1, 5),
                datetime(2026, 1, 5, 16, tzinfo=UTC), True, State(Text("已付款", "Paid")), 7,
            ]],
        )  # fmt: skip
    assert cells(content)[6:] == [
        ("n", "1234.5"), ("n", "46027"), ("n", "46028"), ("inlineStr", "是"),
        ("inlineStr", "已付款"), ("n", "7"),
    ]  # fmt: skip


def test_an_amount_that_a_cell_would_round_stays_text():
    content = workbook([Text("金额", "Amount")], [[Money(Decimal("123456789012345.67"), "CNY")]])
    assert cells(content)[1] == ("inlineStr", "123,456,789,012,345.67 CNY")


def test_titles_follow_the_language():
    with translation.override("en"):
        assert cells(workbook([Text("金额", "Amount")], []))[0] == ("inlineStr", "Amount")

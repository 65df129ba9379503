"""Reading tables: the exports of each bank, found by their headers, and what is broken."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from yinxin.kernel import incoming
from yinxin.kernel.incoming import Unreadable, sheets
from yinxin.reconciliation.statements import ledger, read

PATIENT = settings(deadline=None)  # the first example loads what reads it


# file | layout | account | lines | left out | sum | first: date, amount, counterparty
FILES = """
abc_debit | abc | -   | 5 | 0 | -2355.88 | 2024-01-01 10000.00 哈哈
alipay | alipay | xx@gmail.com | 7 | 3 | 222132.89 | 2023-02-12 -49.74 xxxxxxxxxxxx
boc_credit | boc_credit | -          | 13 | 0 | -238.25 | 2024-12-14 -50.00
boc_debit | boc_debit | 3167 | 17 | 0 | 426.70 | 2025-08-22 -71.89 张三
ccb_ | ccb | xxxxx*********xxxx | 6 | 0 | -703.26 | 2025-01-01 -67.00 中***融科技
cmb_credit | cmb_credit | -          | 6 | 0 | -7675.98 | 2023-12-29 1.23
cmb_debit | cmb_debit | -         | 5 | 0 | -779.14 | 2024-01-01 1234.00 北京住房
hxsec | hxsec | 114514114514 | 13 | 0 | 234438.16 | 2023-02-12 128000.00
icbc_credit | icbc_credit | 1234****5678 | 9 | 0 | 4257.88 | 2023-04-22 -0.01
icbc_debit-v1 | icbc_debit | 1234****9876 | 11 | 0 | -1399.34 | 2023-05-02 -13.40 深圳市财付通
icbc_debit-v2 | icbc_debit_2 | 1234****9876 | 11 | 0 | -1399.34 | 2023-05-02 -13.40 深圳市财付通
wechat | wechat | 测试 | 23 | 4 | -602.37 | 2019-09-26 -28.16 云膳过桥米线(传奇广场店)
"""
HEAD = "记账日期,币别,金额,余额,交易名称,附言,对方账户名,借记卡号\n"
ROW = "2026-01-05,人民币,-71.89,100.00,转账,INV-1,张三,3167\n"
# what is changed in the row | to what | code | field
DAMAGE = """
-71.89     | NaN          | amount_wrong     | 金额
-71.89     | -7１.89      | amount_wrong     | 金额
-71.89     | 1e5          | amount_wrong     | 金额
-71.89     | 71.891       | amount_wrong     | 金额
-71.89     | "1,23.00"    | amount_wrong     | 金额
-71.89     | --5          | amount_wrong     | 金额
-71.89     |              | amount_wrong     | 金额
-71.89     | 9999999999999999 | amount_wrong | 金额
-71.89     | =1+1         | formula          | 金额
张三       | =cmd\\|'/C'!A0 | formula        | 对方账户名
2026-01-05 | 2026-02-30   | date_wrong       | 记账日期
2026-01-05 | 0115-01-05   | date_wrong       | 记账日期
2026-01-05 | 2569-01-05   | date_wrong       | 记账日期
2026-01-05 | 民国115年1月5日 | date_wrong    | 记账日期
2026-01-05 | ２０２６-01-05 | date_wrong     | 记账日期
人民币     | 比特币       | currency_unknown | 币别
人民币     | XXX          | amount_wrong     | 金额
3167       | 3167,乱      | row_too_long     |
"""
LEDGER = "id,date,amount,currency,reference,counterparty,description\n"
ENTRY = "L1,2026-01-05,-71.89,CNY,INV-1,张三,货款\n"
LEDGER_DAMAGE = """
L1           | =1           | formula        | 2 | id
L1           |              | id_missing     | 2 | id
2026-01-05   | 05/01/2026   | date_wrong     | 2 | date
2026-01-05   | 20260105     | date_wrong     | 2 | date
-71.89       | NaN          | amount_wrong   | 2 | amount
-71.89       | ７1          | amount_wrong   | 2 | amount
-71.89       | 1,2          | row_too_long   | 2 |
-71.89       | 0.001        | amount_wrong   | 2 | amount
CNY          | cny          | amount_wrong   | 2 | amount
,货款        |              | row_too_short  | 2 |
currency     | currency,fx  | column_unknown | 1 | fx
currency     | date         | column_twice   | 1 | date
,description |              | column_missing | 1 | description
id,date      | a,b          | column_unknown | 1 | a
"""


def cases(table: str) -> list[tuple[str, ...]]:
    rows = [line.replace("\\|", "\0").split("|") for line in table.strip("\n").splitlines()]
    return [tuple(cell.strip().replace("\0", "|") for cell in row) for row in rows]


def unreadable(content: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(content)
    assert caught.value.sentence.zh
    assert caught.value.sentence.en
    return caught.value


def workbook(*rows: list[object], formula: str = "", far: bool = False) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
        if formula:
            sheet.write_formula(len(rows), 2, formula, value=5)
        if far:
            sheet.write(1_048_575, 16_383, "x")
    return output.getvalue()


TITLES: list[object] = list(HEAD.strip().split(","))
CELLS: list[object] = ["2026-01-05", "人民币", -71.89, 100, "转账", "INV-1", "张三", 3167]


@pytest.mark.parametrize(
    ("name", "layout", "account", "lines", "left_out", "total", "first"), cases(FILES)
)
def test_real_exports(
    name: str, layout: str, account: str, lines: str, left_out: str, total: str, first: str,
    shared_data: Path,
) -> None:  # fmt: skip
    (path,) = (shared_data / "statements").glob(f"{name}*")
    found = next(each for each in read(path.read_bytes()) if each.currency == "CNY")
    assert (found.format, found.account or "-") == (layout, account)
    assert (len(found.lines), found.left_out) == (int(lines), int(left_out))
    assert sum(line.amount for line in found.lines) == Decimal(total)
    line = found.lines[0]
    assert f"{line.on} {line.amount} {line.counterparty}".startswith(first)


def test_a_card_statement_in_two_currencies(shared_data: Path) -> None:
    (path,) = (shared_data / "statements").glob("boc_credit*")
    statements = {each.currency: each for each in read(path.read_bytes())}
    assert set(statements) == {"CNY", "USD"}
    assert [line.amount for line in statements["USD"].lines] == [Decimal("-3.72")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    content = (HEAD + ROW).replace(",", delimiter).encode(encoding)
    assert read(content)[0].lines[0].amount == Decimal("-71.89")


def test_workbooks() -> None:
    (statement,) = read(workbook(TITLES, CELLS))
    (line,) = statement.lines
    assert (line.on, line.amount, line.reference) == (date(2026, 1, 5), Decimal("-71.89"), "")
    assert statement.account == "3167"


@pytest.mark.parametrize(("old", "new", "code", "field"), cases(DAMAGE))
def test_damage_is_named(old: str, new: str, code: str, field: str) -> None:
    assert old in ROW
    error = unreadable((HEAD + ROW + ROW.replace(old, new, 1)).encode())
    assert (error.code, error.row, error.field) == (code, 3, field)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "format_unknown"),
        (b"\x00\x01\x02\x03", "encoding_unknown"),
        (b"\xff\xff,\xfe", "encoding_unknown"),
        (b"a,b,c\n1,2,3\n", "format_unknown"),
        (HEAD.encode(), "no_lines"),
        (HEAD.replace("余额", "金额").encode() + ROW.encode(), "column_twice"),
        ((HEAD + ROW.replace("张三", '"张三')).encode(), "broken"),
        ((HEAD + ROW.replace("张三", "张" * 20_000)).encode(), "cell_too_long"),
        (workbook(TITLES, CELLS)[:-40], "broken"),
        (workbook(TITLES, CELLS)[:200], "broken"),
        (b"PK\x03\x04" + b"x" * 100, "broken"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 2000, "broken"),
        (workbook(TITLES, CELLS, formula="=1+1"), "formula"),
        (workbook(TITLES, CELLS, far=True), "too_large"),
    ],
)
def test_a_file_that_is_not_whole_and_true(content: bytes, code: str) -> None:
    assert unreadable(content).code == code


def test_html_is_text_and_stays_so() -> None:
    row = ROW.replace("张三", "<script>alert(1)</script>")
    assert read((HEAD + row).encode())[0].lines[0].counterparty == "<script>alert(1)</script>"


def test_a_bomb_in_a_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 5 * 2**20)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 6 * 2**20)
    assert len(output.getvalue()) < 20_000
    assert unreadable(output.getvalue()).code == "too_large"


def test_an_entity_bomb_in_a_workbook() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert unreadable(output.getvalue()).code == "doctype"


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "LARGEST", 10)
    assert unreadable((HEAD + ROW).encode()).code == "too_large"


def test_the_ledger() -> None:
    (entry,) = ledger.read((LEDGER + ENTRY).encode())
    assert (entry.id, entry.amount, entry.counterparty) == ("L1", Decimal("-71.89"), "张三")
    assert ledger.read(LEDGER.encode()) == ()


@pytest.mark.parametrize(("old", "new", "code", "row", "field"), cases(LEDGER_DAMAGE))
def test_a_ledger_that_is_not_right(old: str, new: str, code: str, row: str, field: str) -> None:
    with pytest.raises(Unreadable) as caught:
        ledger.read((LEDGER + ENTRY).replace(old, new, 1).encode())
    error = caught.value
    assert (error.code, error.row, error.field) == (code, int(row), field)


def test_a_ledger_id_comes_once() -> None:
    with pytest.raises(Unreadable, match="id_twice") as caught:
        ledger.read((LEDGER + ENTRY + ENTRY).encode())
    assert (caught.value.row, caught.value.field) == (3, "id")


@PATIENT
@given(st.data())
def test_any_damage_to_a_table(data: st.DataObject) -> None:
    content = (HEAD + ROW + ROW).encode()
    start = data.draw(st.integers(0, len(content)))
    end = min(len(content), start + data.draw(st.integers(0, 30)))
    content = content[:start] + data.draw(st.binary(max_size=12)) + content[end:]
    with suppress(Unreadable):
        read(content)
    with suppress(Unreadable):
        ledger.read(content)


@PATIENT
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    with suppress(Unreadable):
        read(content)


@pytest.mark.parametrize("kind", [sheets.ZIPPED, sheets.COMPOUND])
def test_what_only_looks_like_a_workbook(kind: bytes) -> None:
    assert unreadable(kind + bytes(range(256)) * 8).code == "broken"


def test_a_workbook_that_asks_for_gigabytes(shared_data: Path) -> None:
    """The sizes that an old workbook claims of itself are not believed in this process."""
    (path,) = (shared_data / "statements").glob("ccb_*")
    content = bytearray(path.read_bytes())
    content[0x1E:0x20] = b"\x20\x00"  # sectors of four gigabytes
    assert unreadable(bytes(content)).code == "broken"


BOOK = workbook(TITLES, CELLS)
IN_A_PROCESS = settings(max_examples=10, deadline=None)


@IN_A_PROCESS
@given(st.integers(0, len(BOOK)), st.binary(max_size=6))
def test_any_damage_to_a_workbook(start: int, piece: bytes) -> None:
    with suppress(Unreadable):
        read(BOOK[:start] + piece + BOOK[start + len(piece) :])


def test_any_damage_to_an_old_workbook(shared_data: Path) -> None:
    (path,) = (shared_data / "statements").glob("ccb_*")
    good = path.read_bytes()

    @IN_A_PROCESS
    @given(st.lists(st.tuples(st.integers(0, len(good) - 8), st.binary(max_size=8)), max_size=4))
    def damaged(pieces: list[tuple[int, bytes]]) -> None:
        content = bytearray(good)
        for start, piece in pieces:
            content[start : start + len(piece)] = piece
        with suppress(Unreadable):
            read(bytes(content))

    damaged()

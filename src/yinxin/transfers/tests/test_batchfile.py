"""Rows of a batch file that make sense, and what is wrong with the others."""

import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinxin.kernel.incoming import Unreadable, sheets
from yinxin.kernel.incoming.records import FORMULA_STARTS
from yinxin.transfers import batchfile

from .files import TITLES, csv_file, row, workbook

GOOD = {
    "csv": csv_file([row(1), row(2, "1,234.50")]),
    "with its mark": csv_file([row(1), row(2, "1,234.50")], encoding="utf-8-sig"),
    "gb18030": csv_file([row(1), row(2, "1,234.50")], encoding="gb18030"),
    "utf-16": csv_file([row(1), row(2, "1,234.50")], encoding="utf-16"),
    "tabs": csv_file([row(1), row(2, "1,234.50")], delimiter="\t"),
    "semicolons": csv_file([row(1), row(2, "1,234.50")], delimiter=";"),
    "xlsx": workbook([row(1, 100), row(2, 1234.5)]),
    "english": csv_file(
        [row(1), row(2, "1234.5")], [title.en for title in batchfile.FIELDS.values()]
    ),
}


@pytest.mark.parametrize("form", GOOD)
def test_every_form_reads_the_same(form: str) -> None:
    orders, faults = batchfile.read(GOOD[form], "CNY")
    assert faults == []
    assert [(each.row, each.number, each.money.amount) for each in orders] == [
        (2, "B00001", Decimal("100.00")),
        (3, "B00002", Decimal("1234.50")),
    ]
    assert orders[0].payee_name == "王秀英"


FAULTS = """
amount   NaN            不是有效金额
amount   nan            不是有效金额
amount   Infinity       不是有效金额
amount   1e5            不是有效金额
amount   -5.00          须大于零
amount   0              须大于零
amount   0.001          小数位数
amount   １００         全角
amount   12,34.00       不是有效金额
amount   =1+1           疑似公式
amount   99999999999999999  不是有效金额
amount   十元           不是有效金额
name     <b>王</b>      尖括号
name     =cmd|'/c'!A1   疑似公式
name     @SUM(A1)       疑似公式
account  ６２２２０２    全角
account  6222 0200      只能含
account  62             只能含
number   a_b            只能含
purpose  +1             疑似公式
"""


@pytest.mark.parametrize("line", FAULTS.strip().splitlines())
def test_a_row_that_makes_no_sense(line: str) -> None:
    field, value, reason = line.split(maxsplit=2) if field_has_no_blank(line) else _split(line)
    orders, faults = batchfile.read(csv_file([row(1, **{field: value}), row(2)]), "CNY")
    assert [each.row for each in orders] == [3]
    [fault] = faults
    assert fault.row == 2
    assert fault.field == {"name": "payee_name", "account": "payee_account"}.get(field, field)
    assert reason in fault.reason.zh


def field_has_no_blank(line: str) -> bool:
    return len(line.split()) == 3


def _split(line: str) -> list[str]:
    first, *middle, last = line.split()
    return [first, " ".join(middle), last]


def test_other_faults_of_rows() -> None:
    rows = [
        row(1, name=""),
        row(2, name="王" * 101),
        row(3, purpose="看不见\u200b的"),
        row(4, amount=""),
        row(5),
        row(5),
        [*row(7), "多出来的"],
    ]
    orders, faults = batchfile.read(csv_file(rows), "CNY")
    assert [each.row for each in orders] == [6]
    assert {fault.row: fault.reason.zh[:6] for fault in faults} == {
        2: "未填写",
        3: "过长",
        4: "含有不可见字",
        5: "未填写",
        7: "与第 6 行",
        8: "该行多出没有",
    }


def test_numbers_of_a_spreadsheet() -> None:
    rows = [
        row(1, account=6222020000000018.0),
        row(2, account=62220200.0),
        row(3, amount=True),
        row(4, amount=0.333),
    ]
    orders, faults = batchfile.read(workbook(rows), "CNY")
    assert [(each.row, each.payee_account) for each in orders] == [(3, "62220200")]
    assert [(fault.row, fault.field) for fault in faults] == [
        (2, "payee_account"),
        (4, "amount"),
        (5, "amount"),
    ]


def test_yen_has_no_decimals() -> None:
    orders, faults = batchfile.read(csv_file([row(1, "100.50"), row(2, "100")]), "JPY")
    assert ([each.row for each in orders], [each.row for each in faults]) == ([3], [2])


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (3 * 2**20))
    return out.getvalue()


UNREADABLE = {
    "nothing": (b"", "empty"),
    "only titles": (csv_file([]), "no_rows"),
    "no titles": (csv_file([row(1)], titles=TITLES[:5]), "columns_missing"),
    "a title twice": (csv_file([row(1)], titles=(*TITLES, "金额")), "columns_missing"),
    "another encoding": (csv_file([row(1)]) + b"\xff", "encoding_wrong"),
    "an open quotation": (csv_file([row(1)]) + b'"', "broken"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"0" * 100, "old_workbook"),
    "half a workbook": (workbook([row(1)])[:2000], "broken"),
    "a zip of something": (b"PK\x03\x04" + b"0" * 100, "broken"),
    "a formula": (workbook([row(1), row(2)], formula="=1+1"), "formula"),
    "a bomb": (bomb(), "too_large"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
    "too many rows": (csv_file([row(n) for n in range(10_001)]), "too_many_rows"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_batch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content, code = UNREADABLE[name]
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 2**21)  # a bomb of the real size takes seconds
    with pytest.raises(Unreadable) as unreadable:
        batchfile.read(content, "CNY")
    assert unreadable.value.code in (code, "encoding_wrong" if code == "not_text" else code)
    if code == "formula":
        assert unreadable.value.place == "E2"


SEEDS = [GOOD["csv"], GOOD["gb18030"], GOOD["xlsx"]]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_comes_is_read_or_refused(data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.sampled_from(SEEDS)))
    for at, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(seed) - 1), st.integers(0, 255)), max_size=8)
    ):
        seed[at] = byte
    content = bytes(seed[: data.draw(st.integers(0, len(seed)))])
    _answers(data.draw(st.sampled_from([content, bytes(seed)])))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_clearly(content: bytes) -> None:
    _answers(content)
    _answers(GOOD["csv"][:60] + content)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=6, max_size=6))
def test_any_cells_are_accepted_or_refused(cells: list[str]) -> None:
    if not _lone(cells):
        _answers(csv_file([cells]))


def _lone(cells: list[str]) -> bool:
    return any("\ud800" <= letter <= "\udfff" for cell in cells for letter in cell)


def _answers(content: bytes) -> None:
    try:
        orders, faults = batchfile.read(content, "CNY")
    except Unreadable:
        return
    for order in orders:
        assert order.money.amount > 0
        assert order.payee_name == order.payee_name.strip() != ""
        assert not order.purpose.startswith(FORMULA_STARTS)
    assert all(fault.reason.zh for fault in faults)

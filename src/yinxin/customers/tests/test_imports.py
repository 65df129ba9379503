"""存量客户迁移: the customers of the system before, all of a file or none."""

from contextlib import suppress
from io import BytesIO

import pytest
import xlsxwriter
from django.db.utils import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from tests.bank import customers, imports
from tests.bank.imports import BY, FIRM, XUE
from tests.bank.verbs import Bank, code

from yinxin.customers import queries
from yinxin.customers.commands import AddDocument, EnterAgain, ReviewCustomer
from yinxin.customers.importfile import COLUMNS
from yinxin.customers.models import Customer, Import
from yinxin.customers.tests.cast import registered
from yinxin.gate.bulk import copy_in
from yinxin.gate.door import Outcome
from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.incoming.records import records
from yinxin.vault.models import DataKey


def asked(bank: Bank, *rows: str) -> Outcome:
    return imports.customers(bank, imports.table(imports.CUSTOMERS, *rows))


def brought(bank: Bank, *rows: str) -> Import:
    imports.approved(bank, asked(bank, *rows))
    return Import.objects.latest("at")


def xue() -> Customer:
    return Customer.objects.get(former_number="A-1")


def test_customers_come_in_as_they_were_and_are_reviewed(bank: Bank) -> None:
    made = brought(bank, XUE, FIRM)
    viewer, firm = bank.actor("张敏"), Customer.objects.get(former_number="A-2")
    assert (xue().state, firm.state) == ("active", "registered")
    assert (xue().review_by, firm.review_by) == (BY, None)
    assert xue().came_by == made
    assert made.rows == 2
    assert xue().name == "欧阳雪"
    assert xue().values["sex"] == "male"
    assert DataKey.objects.filter(owner__in=[xue().id, firm.id]).count() == 2
    for search in ("欧阳", "oyx", "1233", "13800138000"):
        assert list(queries.customers_for(viewer, search)) == [xue()], search
    assert queries.active(viewer, xue().id).name == "欧阳雪"


def test_an_import_needs_manager_and_compliance(bank: Bank) -> None:
    outcome = asked(bank, XUE)
    assert [sorted(level.duties) for level in outcome.levels] == [
        ["manager"],
        ["compliance", "risk"],
    ]
    assert not Customer.objects.exists()


def test_a_reviewed_customer_met_what_opening_requires(bank: Bank) -> None:
    brought(bank, XUE)
    review = ReviewCustomer(customer_id=xue().id)
    assert code(bank.do("张敏", review)) == "opening_below_requirements"
    again = EnterAgain(
        customer_id=xue().id, name="欧阳雪", document_number="110101199003071233",
        valid_until="长期",
    )  # fmt: skip
    bank.done("李强", again)
    bank.done(
        "张敏", AddDocument(customer_id=xue().id, paper="front", image=customers.staged(bank))
    )
    bank.done("张敏", review, "李强")
    assert (xue().review_by, xue().state) == (None, "active")
    assert code(bank.do("张敏", review)) == "not_under_review"


def test_a_file_is_imported_once(bank: Bank) -> None:
    brought(bank, XUE)
    assert code(asked(bank, XUE)) == "import_file_twice"


def test_two_requests_for_one_file_end_in_one_import(bank: Bank) -> None:
    first, second = (asked(bank, XUE) for _ in range(2))
    for request in (first, second):
        bank.approve(request.request_id, "王芳")
    bank.approve(first.request_id, "何静")
    assert code(bank.approve(second.request_id, "何静")) != "done"
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((XUE.replace("1233,", "1234,"),), "第 2 行证件号码："),
        ((XUE, XUE.replace("A-1", "A-9")), "第 3 行证件号码：与第 2 行重复"),
        ((XUE, FIRM.replace("A-2", "A-1")), "第 3 行原客户号：与第 2 行重复"),
        ((XUE.replace("个人", "机构"),), "第 2 行类别：不是可用的取值"),
        ((XUE.replace("正常", "已销户"),), "第 2 行状态：不是可用的取值"),
        ((XUE.replace("13800138000", "电话"),), "第 2 行联系电话：不是电话号码"),
        ((XUE.replace("欧阳雪", ""),), "第 2 行姓名或名称：未填写"),
        ((XUE.replace("欧阳雪", "<b>雪</b>"),), "第 2 行姓名或名称：含有尖括号"),
        ((XUE.replace("欧阳雪", "=cmd"),), "第 2 行姓名或名称：以 = + - @ 开头"),
        ((FIRM, XUE.replace("长期", "昨天")), "第 3 行证件有效期至："),
        ((FIRM, XUE.replace("江州市和平路 8 号", "江" * 201)), "第 3 行地址：过长"),
        ((XUE + ",多",), "第 2 行：该行多出没有标题的单元格"),
    ],
)  # fmt: skip
def test_one_wrong_row_and_nothing_is_imported(bank: Bank, rows: tuple[str], told: str) -> None:
    outcome = asked(bank, *rows)
    assert code(outcome) == "import_rows_wrong"
    assert outcome.refused
    assert told in outcome.refused.sentence.zh
    assert not Customer.objects.exists()
    assert not Import.objects.exists()


def test_who_is_a_customer_already_is_named(bank: Bank) -> None:
    known = Customer.objects.get(id=registered(bank))
    outcome = asked(bank, FIRM, XUE)
    assert outcome.refused
    assert f"第 3 行证件号码：已登记为客户 {known.number}" in outcome.refused.sentence.zh


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01", imports.CUSTOMERS.encode(), "姓名\n雪".encode(), b"PK\x03\x04broken"],
)
def test_what_is_no_such_table_is_refused(bank: Bank, content: bytes) -> None:
    assert code(imports.customers(bank, content)) == "import_unreadable"


def test_a_workbook_reads_as_a_text_does() -> None:
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate((imports.CUSTOMERS, XUE, FIRM)):
            sheet.write_row(place, 0, line.split(","))
        sheet.write_number(1, 7, 13800138000)
    assert records(output.getvalue(), COLUMNS, 9) == records(
        imports.table(imports.CUSTOMERS, XUE, FIRM), COLUMNS, 9
    )


@given(
    st.binary()
    | st.integers(0, 300).map(lambda cut: imports.table(imports.CUSTOMERS, XUE, FIRM)[:cut])
)
def test_whatever_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Unreadable):
        records(content, COLUMNS, 10)


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("review_by = NULL", "imported_reviewed"),
        ("came_by_id = NULL", "former_of_import"),
        ("former_number = ''", "former_of_import"),
        ("former_number = 'A-2'", "former_number_once"),
    ],
)
def test_the_database_keeps_the_mark(bank: Bank, change: str, guard: str) -> None:
    brought(bank, XUE, FIRM)
    with pytest.raises(IntegrityError, match=guard), imports.past_the_gate() as cursor:
        cursor.execute(f"UPDATE customers_customer SET {change} WHERE former_number = 'A-1'")


def test_the_database_takes_a_file_once(bank: Bank) -> None:
    brought(bank, XUE)
    with pytest.raises(IntegrityError, match="file_once"), imports.past_the_gate() as cursor:
        cursor.execute(
            "INSERT INTO customers_import SELECT gen_random_uuid(), 'IM-2', kind, branch, "
            "file_digest, rows, by_name, at FROM customers_import"
        )


def test_a_broken_constraint_of_a_copy_is_one_of_the_database(bank: Bank) -> None:
    made = brought(bank, XUE)
    row = Import.objects.filter(id=made.id).values().get()
    with pytest.raises(IntegrityError, match="customers_import"), imports.past_the_gate():
        copy_in(Import, [row])

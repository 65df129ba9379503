"""What the pages of statements show, and to whom."""

import re

import pytest
from tests.bank.kept import once
from tests.bank.verbs import Bank

from yinxin.customers.tests.pages import page
from yinxin.kernel.refusals import Refused
from yinxin.reconciliation import views
from yinxin.reconciliation.models import BankStatement
from yinxin.uikit.choices import offered

from .desk import Desk

SCRIPT = "<script>alert(1)</script>"


def offered_codes(shown: str) -> set[str]:
    return set(re.findall(r"/do/(\d{4})/", shown.split("<main")[-1]))


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


@pytest.fixture
def statement(desk: Desk) -> BankStatement:
    return desk.matched(desk.line(1000, "CORE-2026-1"), desk.line(-3, counterparty=SCRIPT))


def test_the_list(desk: Desk, statement: BankStatement) -> None:
    shown = page(desk.bank, "张敏", views.bankstatements)
    assert statement.number in shown
    assert "/do/5001/" in shown
    auditor = page(desk.bank, "周洁", views.bankstatements)
    assert statement.number in auditor
    assert "/do/5001/" not in auditor
    assert statement.number not in page(desk.bank, "陈立", views.bankstatements)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("reference=core20261", True),
        ("reference=CORE-2026-2", False),
        ("state=matched", True),
        ("state=signed_off", False),
        ("number=RS", True),
    ],
)
def test_the_list_is_searched(
    desk: Desk, statement: BankStatement, query: str, found: bool
) -> None:
    shown = page(desk.bank, "张敏", views.bankstatements, f"/reconciliation/statements/?{query}")
    assert (statement.number in shown) is found


def test_the_page_of_a_statement(desk: Desk, statement: BankStatement) -> None:
    clerk = page(desk.bank, "张敏", views.bankstatement, id=statement.id)
    assert "参考号 → CORE-2026-1" in clerk
    assert "CORE-2026-2" in clerk  # ours alone
    assert SCRIPT not in clerk
    assert "&lt;script&gt;" in clerk
    assert "997.00" in clerk
    assert "导入对账单" in clerk  # the trail
    item = statement.open_items.get(amount=-3)
    assert f"/reconciliation/items/{item.id}/" in clerk
    assert "/do/5003/" in clerk
    auditor = page(desk.bank, "周洁", views.bankstatement, id=statement.id)
    assert offered_codes(auditor) == {"5010"}
    desk.explain(item, "季度管理费")
    assert "季度管理费" in page(desk.bank, "周洁", views.bankstatement, id=statement.id)


@pytest.mark.parametrize(
    ("lines", "shown", "hidden"),
    [("matched", "→ CORE-2026-1", "&lt;script"), ("open", "&lt;script", "→ CORE-2026-1")],
)
def test_the_lines_are_narrowed(
    desk: Desk, statement: BankStatement, lines: str, shown: str, hidden: str
) -> None:
    answer = page(desk.bank, "张敏", views.bankstatement, f"/?lines={lines}", id=statement.id)
    assert shown in answer
    assert hidden not in answer


def test_a_statement_signed_off_offers_nothing(desk: Desk, statement: BankStatement) -> None:
    for item in statement.open_items.all():
        desk.explain(item)
    asked = desk.sign_off(statement)
    assert desk.bank.approve(asked.request_id, "王芳").status == "done"
    shown = page(desk.bank, "张敏", views.bankstatement, id=statement.id)
    assert offered_codes(shown) == {"5010"}
    assert not list(offered("reconciliation.match", desk.bank.actor("张敏"))["statement_id"])


def test_another_branch_has_no_page(desk: Desk, statement: BankStatement) -> None:
    with pytest.raises(Refused, match="not_found"):
        page(desk.bank, "陈立", views.bankstatement, id=statement.id)


def test_choices_are_named_in_words(desk: Desk, statement: BankStatement) -> None:
    viewer = desk.bank.actor("张敏")
    [(value, title)] = offered("reconciliation.import_statement", viewer)["account_id"]
    assert (value, desk.nostro.number in title.zh) == (str(desk.nostro.id), True)
    [(value, title)] = offered("reconciliation.sign_off", viewer)["statement_id"]
    assert (value, statement.number in title.zh) == (str(statement.id), True)


def test_the_number_of_queries_does_not_grow_with_the_lines(desk: Desk) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(statement: BankStatement) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(desk.bank, "周洁", views.bankstatement, id=statement.id)
        return len(captured)

    few = desk.matched(desk.line(1), statement_id="FEW")
    many = desk.matched(*(desk.line(each) for each in range(100, 140)), statement_id="MANY")
    assert queries(many) <= queries(few)


def test_a_line_without_an_amount_is_information(desk: Desk) -> None:
    """Some exports hold such lines; nobody has to explain them."""
    line = desk.line(0, remittance="利率调整通知")
    statement = desk.matched(line, opening=1000, statement_id="STMT-0")
    assert not statement.open_items.filter(line__isnull=False).exists()
    for path in ("/", "/?lines=telling"):
        shown = page(desk.bank, "张敏", views.bankstatement, path, id=statement.id)
        assert "利率调整通知" in shown
        assert "零金额，仅供参考</span>" in shown

"""历史转账迁移: what the system before paid is known here, and no money moves."""

from decimal import Decimal

import pytest
from django.db.utils import IntegrityError
from tests.bank import imports
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.pages import page
from yinxin.gate.door import Outcome
from yinxin.ledger.models import Account, Posting
from yinxin.transfers import queries, views
from yinxin.transfers.models import Step, Transfer

ACCOUNT = "A-1,6217000000001,个人结算账户,工资,100.50,正常"
RENT = (
    "6217000000001,V-1,I-1,王秀英,6222020000000000018,工商银行,3000,房租,2025-03-01,2025-03-02,跨行"
)
GIFT = "6217000000001,V-2,I-2,李明,6217000000009,本行,88.88,礼金,2025-03-01,2025-03-01,行内"


def asked(bank: Bank, *rows: str) -> Outcome:
    imports.xue(bank)
    content, own = imports.table(imports.ACCOUNTS, ACCOUNT), imports.transit(bank)
    imports.approved(bank, imports.accounts(bank, content, own))
    return imports.history(bank, imports.table(imports.HISTORY, *rows))


def test_past_transfers_come_in_and_no_money_moves(bank: Bank) -> None:
    imports.approved(bank, asked(bank, RENT, GIFT))
    gift, rent = Transfer.objects.order_by("number")
    assert gift.number == "TR20250301-0001"
    assert (rent.number, rent.voucher, rent.settlement) == ("TR20250302-0001", "V-1", "settled")
    assert (rent.state, rent.amount) == ("released", Decimal(3000))
    found = queries.transfer(bank.actor("张敏"), rent.id)
    assert (found.payee_name, found.payee_account) == ("王秀英", "6222020000000000018")
    assert [step.state for step in found.steps] == ["imported"]
    assert Account.objects.get(kind="customer").balance == Decimal("100.50")
    assert not Posting.objects.filter(cause__in=[gift.id, rent.id]).exists()


def test_a_past_transfer_has_its_page(bank: Bank) -> None:
    imports.approved(bank, asked(bank, RENT))
    html = page(bank, "张敏", views.transfer, id=Transfer.objects.get().id)
    assert "迁移导入" in html
    assert "待发送" not in html
    assert "已受理" not in html


def test_a_file_of_transfers_is_imported_once(bank: Bank) -> None:
    imports.approved(bank, asked(bank, RENT))
    again = imports.history(bank, imports.table(imports.HISTORY, RENT))
    assert code(again) == "import_file_twice"
    other = imports.history(bank, imports.table(imports.HISTORY, GIFT, RENT))
    assert other.refused
    told = other.refused.sentence.zh
    assert "第 3 行凭证编号：已登记为转账 TR20250302-0001" in told
    assert "第 3 行凭证号码：已登记为转账 TR20250302-0001" in told
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((RENT.replace("6217000000001", "6217000000008"),), "第 2 行付款账号：没有该客户账户"),
        ((RENT.replace("3000", "0"),), "第 2 行金额：须大于零"),
        ((RENT.replace("3000", "3000.005"),), "第 2 行金额：须大于零"),
        ((RENT.replace("3000", "３０００"),), "第 2 行金额：含全角数字"),
        ((RENT.replace("2025-03-02", "2099-03-02"),), "第 2 行付款日期：须早于今天"),
        ((RENT.replace("2025-03-02", "民国114年"),), "第 2 行付款日期：不是有效日期"),
        ((GIFT, RENT.replace("V-1", "V-2")), "第 3 行凭证编号：与第 2 行重复"),
        ((RENT, RENT.replace("V-1", "V-3")), "第 3 行凭证号码：与第 2 行重复"),
        ((RENT.replace("王秀英", "<王>"),), "第 2 行收款人名称：含有尖括号"),
    ],
)
def test_one_wrong_transfer_and_none_is_imported(
    bank: Bank, rows: tuple[str, ...], told: str
) -> None:
    outcome = asked(bank, *rows)
    assert outcome.refused
    assert code(outcome) == "import_rows_wrong"
    assert told in outcome.refused.sentence.zh
    assert not Transfer.objects.exists()
    assert not Step.objects.exists()


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("state = 'submitted', voucher = '', settlement = ''", "imported_ended"),
        ("settlement = 'waiting'", "imported_ended"),
        ("page_id = gen_random_uuid()", "imported_ended"),
        ("credited_id = account_id", "imported_ended"),
        ("came_by_id = NULL", "has_page"),
        ("voucher = ''", "released_has_voucher"),
    ],
)
def test_the_database_knows_what_was_imported(bank: Bank, change: str, guard: str) -> None:
    imports.approved(bank, asked(bank, RENT))
    with pytest.raises(IntegrityError, match=guard), imports.past_the_gate() as cursor:
        cursor.execute(f"UPDATE transfers_transfer SET {change}")

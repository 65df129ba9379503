"""存量账户迁移: accounts and their balances, all of a file or none, and no money made."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.db.utils import IntegrityError
from tests.bank import imports
from tests.bank.verbs import Bank, code

from yinxin.gate.door import Outcome
from yinxin.ledger.models import Account, Posting

ONE = "A-1,6217000000001,个人结算账户,工资,100.50,正常"
FROZEN = "A-1,6217000000002,个人结算账户,理财,20,已冻结"
EMPTY = "A-1,6217000000003,个人结算账户,备用,0,只收不付"


def asked(bank: Bank, *rows: str) -> Outcome:
    imports.xue(bank)
    return imports.accounts(bank, imports.table(imports.ACCOUNTS, *rows), imports.transit(bank))


def test_accounts_come_in_with_their_balances(bank: Bank) -> None:
    imports.approved(bank, asked(bank, ONE, FROZEN, EMPTY))
    rows = Account.objects.filter(kind="customer").order_by("number")
    assert [(row.number[-1], row.balance, row.state) for row in rows] == [
        ("1", Decimal("100.50"), "open"),
        ("2", Decimal(20), "frozen"),
        ("3", Decimal(0), "credit_only"),
    ]
    assert {row.came_by.number for row in rows} == set(
        Posting.objects.values_list("reference", flat=True)
    )
    assert Account.objects.get(kind="other").balance == Decimal("-120.50")
    assert Account.objects.aggregate(sum=Sum("balance"))["sum"] == 0


def test_a_file_of_accounts_is_imported_once(bank: Bank) -> None:
    imports.approved(bank, asked(bank, ONE))
    own = Account.objects.get(kind="other")
    again = imports.accounts(bank, imports.table(imports.ACCOUNTS, ONE), own)
    assert code(again) == "import_file_twice"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((ONE.replace("A-1", "A-7"),), "第 2 行客户号：没有该客户"),
        ((ONE, ONE), "第 3 行账号：与第 2 行重复"),
        ((ONE.replace("个人结算账户", "基本存款账户"),), "第 2 行账户性质：不是可用的取值"),
        ((ONE.replace("100.50", "-1"),), "第 2 行余额：不能为负"),
        ((ONE.replace("100.50", "1.005"),), "第 2 行余额：小数位数"),
        ((ONE.replace("100.50", "NaN"),), "第 2 行余额：不是有效金额"),
        ((FROZEN, ONE.replace("正常", "睡眠")), "第 3 行状态：不是可用的取值"),
    ],
)
def test_one_wrong_account_and_none_is_imported(
    bank: Bank, rows: tuple[str, ...], told: str
) -> None:
    outcome = asked(bank, *rows)
    assert outcome.refused
    assert code(outcome) == "import_rows_wrong"
    assert told in outcome.refused.sentence.zh
    assert not Account.objects.filter(kind="customer").exists()


def test_balances_come_against_a_transit_account_alone(bank: Bank) -> None:
    imports.approved(bank, asked(bank, ONE))
    own = Account.objects.get(kind="customer")
    other = imports.accounts(bank, imports.table(imports.ACCOUNTS, FROZEN), own)
    assert code(other) == "not_transit_account"
    known = imports.accounts(
        bank, imports.table(imports.ACCOUNTS, FROZEN, ONE), Account.objects.get(kind="other")
    )
    assert known.refused
    assert "第 3 行账号：账号已存在" in known.refused.sentence.zh


def test_only_customers_accounts_are_of_an_import(bank: Bank) -> None:
    imports.approved(bank, asked(bank, ONE))
    with (
        pytest.raises(IntegrityError, match="imported_of_customer"),
        imports.past_the_gate() as cursor,
    ):
        cursor.execute(
            "UPDATE ledger_account SET came_by_id = (SELECT id FROM customers_import LIMIT 1) "
            "WHERE kind = 'other'"
        )

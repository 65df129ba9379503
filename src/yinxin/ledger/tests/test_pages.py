"""What the pages of accounts show, and to whom."""

import pytest
from tests.bank.verbs import Bank

from yinxin.customers.tests.pages import page
from yinxin.kernel.refusals import Refused
from yinxin.ledger import views
from yinxin.uikit.choices import offered

from .accounts import funded


def test_the_list_names_holders_and_balances(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    shown = page(bank, "张敏", views.accounts)
    for expected in (theirs.number, own.number, "刘洋", "1,000.00", "存放同业"):
        assert expected in shown
    nostros = page(bank, "张敏", views.accounts, "/ledger/?kind=nostro")
    assert theirs.number not in nostros
    assert theirs.number not in page(bank, "陈立", views.accounts)


def test_the_page_of_an_account(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    shown = page(bank, "张敏", views.account, id=theirs.id)
    for expected in ("刘洋", "周宁", "CORE-1", "来账入账", "/do/2003/", "/do/2004/"):
        assert expected in shown
    assert "/do/2003/" not in page(bank, "周洁", views.account, id=theirs.id)
    assert "/do/2003/" not in page(bank, "张敏", views.account, id=own.id)
    with pytest.raises(Refused, match="not_found"):
        page(bank, "陈立", views.account, id=theirs.id)


def test_forms_offer_accounts_by_number(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    offers = offered("ledger.pay_in", bank.actor("张敏"))
    assert [id for id, _ in offers["account_id"]] == [str(theirs.id)]
    assert [id for id, _ in offers["own_account_id"]] == [str(own.id)]
    assert theirs.number in offers["account_id"][0][1].zh

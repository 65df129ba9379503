"""What the pages of accounts show, and to whom."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.bank.verbs import Bank

from yinxin.customers.tests.pages import page
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries, views
from yinxin.people.queries import bank_today
from yinxin.uikit.choices import offered

from .accounts import cny, funded, pay_in


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
    account_id = offers["account_id"]
    assert [title.zh for _, title in account_id] == [f"{theirs.number} 刘洋 {theirs.title} CNY"]
    for typed in (theirs.number[-4:], "刘洋", "ly"):
        assert [id for id, _ in account_id.find(typed).choices] == [str(theirs.id)], typed
    assert not account_id.find(own.number).choices


def test_the_postings_of_an_account_are_paged_with_their_balances(bank: Bank) -> None:
    """The same lines and balances as its statement, for either kind of account."""
    theirs, own = funded(bank, 1000)
    for serial in range(24):
        bank.done("张敏", pay_in(own, theirs, cny(serial + 1), f"CORE-9{serial}"), "李强")
    viewer, today = bank.actor("王芳"), bank_today()
    for account_id in (theirs.id, own.id):
        stated = queries.statement(viewer, account_id, today, today).lines[::-1]
        rows = list(queries.postings_for(viewer, account_id).order_by(*queries.BOOKED.split(",")))
        assert queries.lines_of(viewer, account_id, rows) == list(stated)
        assert queries.lines_of(viewer, account_id, rows[7:12]) == list(stated[7:12])
        assert queries.lines_of(viewer, account_id, []) == []
    first = page(bank, "张敏", views.account, id=theirs.id)
    assert first.count(">CORE-") == 20
    assert "1,300.00" in first
    [after] = re.findall(r'rel="next" href="([^"]+)"', first)
    rest = page(bank, "张敏", views.account, html.unescape(after), id=theirs.id)
    assert rest.count(">CORE-") == 5
    assert "1,300.00" not in rest.split('id="listing"')[1]


def test_a_page_of_postings_takes_a_fixed_number_of_queries(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    counts = []
    for serial in range(3):
        for account_id in (theirs.id, own.id):
            with CaptureQueriesContext(connection) as captured:
                page(bank, "王芳", views.account, id=account_id)
            counts.append(len(captured))
        bank.done("张敏", pay_in(own, theirs, cny(5), f"CORE-8{serial}"), "李强")
    assert counts[2:4] == counts[4:]  # the first time, keys are opened

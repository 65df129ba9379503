"""Opening, paying in and freezing, in the bank's words."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from tests.bank.verbs import Bank, code

from yinxin.customers.commands import CloseCustomer
from yinxin.ledger import queries
from yinxin.ledger.commands import CloseAccount, FreezeAccount, OpenAccount, UnfreezeAccount
from yinxin.ledger.models import Account

from .accounts import account, cny, customer, funded, nostro, pay_in

ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))


def test_a_customer_account_needs_a_reviewer(bank: Bank) -> None:
    command = OpenAccount(customer_id=customer(bank), currency="CNY", title="基本存款账户")
    asked = bank.do("张敏", command)
    assert asked.status == "pending"
    assert not Account.objects.exists()
    assert code(bank.approve(asked.request_id, "张敏")) == "own_request"
    assert bank.approve(asked.request_id, "李强").status == "done"
    opened = Account.objects.get()
    assert (opened.kind, opened.balance, opened.state) == ("customer", 0, "open")
    assert opened.number.startswith("0001")


def test_no_account_for_whom_nobody_verified(bank: Bank) -> None:
    command = OpenAccount(customer_id=uuid4(), currency="CNY", title="基本存款账户")
    assert code(bank.do("张敏", command)) == "not_found"


def test_money_paid_in_is_a_credit_and_both_sides_show_it(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    assert (theirs.balance, own.balance) == (Decimal(1000), Decimal(-1000))
    viewer = bank.actor("张敏")
    (line,) = queries.postings_of(viewer, theirs.id, *ALWAYS)
    assert (line.amount, line.reference, line.counterparty) == (Decimal(1000), "CORE-1", "周宁")
    (line,) = queries.postings_of(viewer, own.id, *ALWAYS)
    assert line.amount == Decimal(1000)
    shown = queries.account(viewer, theirs.id)
    assert shown is not None
    assert (shown.holder, shown.available) == ("刘洋", cny(1000))


def test_another_branch_sees_nothing(bank: Bank) -> None:
    theirs, _ = funded(bank, 1000)
    stranger = bank.actor("陈立")
    assert queries.account(stranger, theirs.id) is None
    assert queries.postings_of(stranger, theirs.id, *ALWAYS) == []
    assert not queries.accounts_for(stranger).exists()


def test_paying_in_goes_from_an_own_account_to_a_customers(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    assert code(bank.do("张敏", pay_in(theirs, theirs, cny(1)))) == "not_own_account"
    assert code(bank.do("张敏", pay_in(own, own, cny(1)))) == "not_customer_account"
    dollars = nostro(bank, "USD")
    assert code(bank.do("张敏", pay_in(dollars, theirs, cny(1)))) == "currency_differs"
    assert code(bank.do("李强", pay_in(own, theirs, cny(1)))) == "duty_missing"


def test_an_own_account_that_may_not_overdraw(bank: Bank) -> None:
    own, theirs = nostro(bank, may_overdraw=False), account(bank, customer(bank))
    assert code(bank.do("张敏", pay_in(own, theirs, cny(1)))) == "insufficient_funds"


def test_a_frozen_account_takes_nothing_until_unfrozen(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    freeze = FreezeAccount(account_id=theirs.id, reason="法院协助冻结")
    unfreeze = UnfreezeAccount(account_id=theirs.id, reason="解除协助冻结")
    assert code(bank.do("张敏", unfreeze)) == "account_not_frozen"
    bank.done("张敏", freeze, "王芳")
    assert code(bank.do("张敏", pay_in(own, theirs, cny(1)))) == "account_frozen"
    assert code(bank.do("张敏", freeze)) == "account_frozen"
    bank.done("张敏", unfreeze, "王芳")
    bank.done("张敏", pay_in(own, theirs, cny(1)), "李强")


def test_sent_twice_is_paid_in_once(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    command = pay_in(own, theirs, cny(5), "CORE-2")
    first, second = bank.do("张敏", command, "once"), bank.do("张敏", command, "once")
    assert second.replayed
    assert first.request_id == second.request_id
    bank.approve(first.request_id, "李强")
    assert code(bank.approve(first.request_id, "李强")) == "request_closed"
    theirs.refresh_from_db()
    assert theirs.balance == Decimal(1005)


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_only_an_amount_above_zero_is_paid_in(bank: Bank, amount: str) -> None:
    own, theirs = nostro(bank), account(bank, customer(bank))
    with pytest.raises(ValueError, match="须大于零"):
        pay_in(own, theirs, cny(amount))


def test_a_customer_leaves_without_an_account(bank: Bank) -> None:
    made = account(bank, customer(bank))
    leave = CloseCustomer(customer_id=made.customer_id, reason="客户申请销户")
    refused = bank.do("张敏", leave)
    assert code(refused) == "accounts_open"
    assert made.number in refused.refused.sentence.zh
    bank.done("张敏", CloseAccount(account_id=made.id, reason="客户申请销户"), "李强", "王芳")
    bank.done("张敏", leave, "李强")

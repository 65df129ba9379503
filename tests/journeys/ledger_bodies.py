"""Bodies for accounts and the business day; each prepares what it acts on."""

from collections.abc import Callable
from uuid import UUID

from yinxin.ledger.commands import (
    HoldMoney,
    RegisterOutsideAccount,
    SetCreditOnly,
)
from yinxin.ledger.models import Account, BusinessDay, Hold, OutsideAccount, Posting
from yinxin.ledger.tests.accounts import account, cny, pay_in
from yinxin.people.queries import bank_today

from .work import Body, Work

OUTSIDE: Body = {
    "bank": "工商银行海淀支行",
    "account_number": "6222020000000000018",
    "nature": "personal",
    "currency": "CNY",
}
HELD: Body = {
    "money": {"amount": "20.00", "currency": "CNY"},
    "reference": "(2026)京0108执1号",
    "reason": "法院协助冻结",
}


def fresh(work: Work) -> Account:
    assert work.account.customer_id
    return account(work.bank, work.account.customer_id)


def credit_only(work: Work) -> UUID:
    made = fresh(work).id
    work.bank.done("张敏", SetCreditOnly(account_id=made, reason="止付"), "王芳")
    return made


def held(work: Work) -> UUID:
    hold = HoldMoney.model_validate({"account_id": work.account.id, **HELD})
    work.bank.done("张敏", hold, "王芳")
    return Hold.objects.latest("id").id


def posted(work: Work) -> UUID:
    work.bank.done("张敏", pay_in(work.nostro, work.account, cny(30), "CORE-7"), "李强")
    return Posting.objects.latest("id").id


def outside(work: Work) -> UUID:
    customer_id = work.account.customer_id
    register = RegisterOutsideAccount.model_validate({"customer_id": customer_id, **OUTSIDE})
    work.bank.done("张敏", register, "李强")
    return OutsideAccount.objects.latest("id").id


# Who sends the command, and its body.
BODIES: dict[str, tuple[str, Callable[[Work], Body]]] = {
    "ledger.close_account": (
        "张敏",
        lambda work: {"account_id": fresh(work).id, "reason": "客户申请"},
    ),
    "ledger.close_day": (
        "王芳",
        lambda work: {"on": BusinessDay.objects.get(state="open").on},
    ),
    "ledger.close_outside_account": (
        "张敏",
        lambda work: {"outside_account_id": outside(work), "reason": "已在该行销户"},
    ),
    "ledger.freeze": ("张敏", lambda work: {"account_id": work.account.id, "reason": "协助冻结"}),
    "ledger.hold_money": ("张敏", lambda work: {"account_id": work.account.id, **HELD}),
    "ledger.lift_credit_only": (
        "张敏",
        lambda work: {"account_id": credit_only(work), "reason": "核实无误"},
    ),
    "ledger.open_account": (
        "张敏",
        lambda work: {
            "customer_id": work.account.customer_id,
            "currency": "USD",
            "title": "外汇账户",
        },
    ),
    "ledger.open_own_account": (
        "王芳",
        lambda work: {"kind": "cash", "currency": "CNY", "title": "库存现金"},
    ),
    "ledger.pay_in": (
        "张敏",
        lambda work: {
            "account_id": work.account.id,
            "own_account_id": work.nostro.id,
            "money": {"amount": "12.34", "currency": "CNY"},
            "payer": "周宁",
            "reference": "CORE-9",
        },
    ),
    "ledger.print_statement": (
        "张敏",
        lambda work: {
            "account_id": work.account.id,
            "since": bank_today().replace(day=1),
            "until": bank_today(),
        },
    ),
    "ledger.register_outside_account": (
        "张敏",
        lambda work: {
            "customer_id": work.account.customer_id,
            **OUTSIDE,
            "account_number": "6222020000000000026",
        },
    ),
    "ledger.release_hold": ("张敏", lambda work: {"hold_id": held(work), "reason": "法院解除"}),
    "ledger.reverse": ("张敏", lambda work: {"posting_id": posted(work), "reason": "重复入账"}),
    "ledger.set_credit_only": (
        "张敏",
        lambda work: {"account_id": work.account.id, "reason": "可疑交易"},
    ),
    "ledger.unfreeze": ("张敏", lambda work: {"account_id": work.frozen.id, "reason": "解除冻结"}),
}

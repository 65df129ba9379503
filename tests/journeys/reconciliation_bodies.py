"""Bodies for statements and their open items; each prepares what it acts on."""

from collections.abc import Callable
from uuid import UUID

from yinxin.ledger.tests.accounts import cny, pay_in
from yinxin.people.queries import bank_today
from yinxin.reconciliation.models import BankStatement
from yinxin.reconciliation.tests.desk import Desk

from .work import Body, Work


def statement(work: Work) -> str:
    desk = Desk(work.bank, work.nostro, work.account)
    content = desk.file(desk.line(5), opening=2_000_007, statement_id="STMT-3")
    return work.upload("张敏", content, "application/xml")


def told_otherwise(work: Work, paid: int, told: int, reference: str) -> BankStatement:
    """Of what was paid in, a statement tells another amount."""
    command = pay_in(work.nostro, work.account, cny(paid), reference)
    work.bank.done("张敏", command, "李强")
    desk = Desk(work.bank, work.nostro, work.account)
    line = desk.line(told, reference)
    return desk.matched(line, opening=2_000_007, statement_id=f"STMT-{reference}")


def net_of_fee(work: Work) -> UUID:
    return told_otherwise(work, 1000, 985, "CORE-8").open_items.get(fee=15).id


def by_hand(work: Work) -> Body:
    items = told_otherwise(work, 90, 33, "CORE-10").open_items
    chosen = [items.get(amount=amount).id for amount in (90, 33)]
    return {"item_ids": chosen, "reason": "对方分两日入账"}


# Who sends the command, and its body.
BODIES: dict[str, tuple[str, Callable[[Work], Body]]] = {
    "reconciliation.accept_fee": ("张敏", lambda work: {"item_id": net_of_fee(work)}),
    "reconciliation.agree": (
        "张敏",
        lambda work: {
            "account_id": work.nostro.id,
            "frequency": "monthly",
            "first_due_on": bank_today(),
            "tolerance": "0.05",
            "window_d": 3,
        },
    ),
    "reconciliation.assign": (
        "张敏",
        lambda work: {"item_id": work.item.id, "owner_id": work.staff("李强")},
    ),
    "reconciliation.explain": (
        "张敏",
        lambda work: {"item_id": work.item.id, "explanation": "在途，次日到账"},
    ),
    "reconciliation.import_statement": (
        "张敏",
        lambda work: {"account_id": work.nostro.id, "file": statement(work)},
    ),
    "reconciliation.match": ("张敏", lambda work: {"statement_id": work.imported.id}),
    "reconciliation.match_by_hand": ("张敏", by_hand),
    "reconciliation.print_report": ("周洁", lambda work: {"statement_id": work.matched.id}),
    "reconciliation.record_contact": (
        "张敏",
        lambda work: {
            "item_id": work.item.id,
            "asked_on": bank_today(),
            "asked": "中行清算部",
            "answer": "次日补发回单",
        },
    ),
    "reconciliation.sign_off": ("张敏", lambda work: {"statement_id": work.matched.id}),
}

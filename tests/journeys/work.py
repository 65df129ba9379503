"""A small bank with work on its desks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.bank.verbs import Bank
from yinxin.gate.models import Request
from yinxin.kernel import clock
from yinxin.kernel.actor import Duty
from yinxin.ledger.commands import FreezeAccount
from yinxin.ledger.models import Account
from yinxin.ledger.tests.accounts import account
from yinxin.people.commands import Delegate
from yinxin.people.models import Branch, Delegation
from yinxin.reconciliation.models import BankStatement, OpenItem
from yinxin.reconciliation.tests.desk import Desk as Reconciliation
from yinxin.seals.commands import FreezeCard
from yinxin.seals.tests import cards
from yinxin.transfers.models import Transfer
from yinxin.transfers.tests.desk import Desk
from yinxin.vault import blobs

from .customers import Customers

Body = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """What lies on the desks of the bank."""

    bank: Bank
    branch: Branch
    customers: Customers
    desk: Desk
    account: Account
    frozen: Account
    nostro: Account
    entered: cards.Card
    active: cards.Card
    stopped: cards.Card
    received: Transfer
    checked: Transfer
    submitted: Transfer
    request: Request
    delegation: Delegation
    imported: BankStatement
    matched: BankStatement
    item: OpenItem

    @classmethod
    def of(cls, bank: Bank) -> "Work":
        desk = Desk.of(bank)
        return cls(
            bank=bank,
            branch=Branch.objects.get(code="0001"),
            customers=Customers.of(bank),
            desk=desk,
            account=desk.account,
            frozen=_frozen(bank, desk.account.customer_id),
            nostro=desk.nostro,
            delegation=_lent(bank),
            received=desk.received(instruction_number="1"),
            checked=desk.checked(instruction_number="2"),
            submitted=desk.submitted(instruction_number="3"),
            request=_asked(desk),
            **_cards(bank, desk.account.customer_id),
            **_statements(Reconciliation(bank, desk.nostro, desk.account)),
        )

    def staff(self, name: str) -> str:
        return str(self.bank.staff_id(name))

    def scan(self, who: str, seed: int) -> str:
        return self.upload(who, cards.scan(cards.PERSON, seed=seed), "image/png")

    def upload(self, who: str, content: bytes, media_type: str) -> str:
        return str(blobs.stage(self.bank.staff_id(who), content, media_type))


def _frozen(bank: Bank, customer_id: UUID) -> Account:
    made = account(bank, customer_id)
    bank.done("张敏", FreezeAccount(account_id=made.id, reason="法院协助冻结"), "王芳")
    return made


def _lent(bank: Bank) -> Delegation:
    now = clock.now()
    lend = Delegate(
        borrower_id=bank.staff_id("赵六"),
        duties=(Duty.MANAGER,),
        starts_at=now,
        ends_at=now + timedelta(days=1),
        reason="出差",
    )
    bank.done("陈立", lend)
    return Delegation.objects.get()


def _asked(desk: Desk) -> Request:
    outcome = desk.release(desk.submitted(instruction_number="4"))
    return Request.objects.get(pk=outcome.request_id)


def _cards(bank: Bank, customer_id: UUID) -> dict[str, cards.Card]:
    """One that waits for its check, one in use, one frozen."""
    made = {}
    for state in ("entered", "active", "stopped"):
        account_id = account(bank, customer_id).id
        enter = cards.enter(bank, customer_id, account_id, cards.scan(cards.PERSON))
        card = cards.Card(bank.done("孙梅", enter).subjects[1].id, customer_id, account_id)
        if state != "entered":
            bank.done("何静", cards.check(bank, card, cards.scan(cards.PERSON, seed=2)))
        made[state] = card
    bank.done("孙梅", FreezeCard(card_id=made["stopped"].id, reason="印章挂失"))
    return made


def _statements(desk: Reconciliation) -> dict[str, Any]:
    """One without open items, and one with an item that nothing explains."""
    paid = desk.line(2_000_000, "CORE-1")
    matched = desk.matched(paid)
    assert not matched.open_items.exists()
    imported = desk.matched(desk.line(7), opening=2_000_000, statement_id="STMT-2")
    return {"matched": matched, "imported": imported, "item": imported.open_items.get()}

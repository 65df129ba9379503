"""One valid body for every command that the API takes, on a small bank with work to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from tests.bank.verbs import Bank
from yinxin.customers.commands import RegisterCustomer
from yinxin.customers.models import Customer
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

Body = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """What lies on the desks of the bank."""

    bank: Bank
    branch: Branch
    registered: UUID
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
            registered=_registered(bank),
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


def _registered(bank: Bank) -> UUID:
    bank.done("张敏", RegisterCustomer(**_person("110101199003071233")))
    return Customer.objects.latest("number").id


def _person(document_number: str) -> Body:
    return {
        "kind": "person",
        "name": "欧阳雪",
        "document_type": "id_card",
        "document_number": document_number,
        "phone": "13800138000",
        "address": "江州市城东区和平路 8 号",
    }


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
    for number, state in enumerate(("entered", "active", "stopped")):
        account_id = UUID(int=number)
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


def _hash() -> str:
    return make_password("founding-day-only")


# Who sends the command, and its body.
BODIES: dict[str, tuple[str, Callable[[Work], Body]]] = {
    "customers.open": ("张敏", lambda work: {"customer_id": work.registered}),
    "customers.register": ("张敏", lambda work: _person("110101199003070038")),
    "customers.reveal_number": (
        "李强",
        lambda work: {"customer_id": work.registered, "reason": "核对证件"},
    ),
    "gate.approve": (
        "李强",
        lambda work: {"request_id": work.request.pk, "shown": bytes(work.request.shown).hex()},
    ),
    "gate.break_glass": (
        "王芳",
        lambda work: {"request_id": work.request.pk, "reason": "复核人员全部离岗，客户急付"},
    ),
    "gate.reject": ("李强", lambda work: {"request_id": work.request.pk, "reason": "用途不符"}),
    "gate.return": ("李强", lambda work: {"request_id": work.request.pk, "reason": "请补合同"}),
    "gate.set_policy": (
        "吴刚",
        lambda work: {
            "command": "transfers.release",
            "levels": [{"duties": ["reviewer", "manager"], "count": 2}],
            "currency": "CNY",
            "from_amount": "250000.00",
        },
    ),
    "gate.withdraw": ("张敏", lambda work: {"request_id": work.request.pk, "reason": "客户取消"}),
    "ledger.freeze": ("张敏", lambda work: {"account_id": work.account.id, "reason": "协助冻结"}),
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
    "ledger.unfreeze": ("张敏", lambda work: {"account_id": work.frozen.id, "reason": "解除冻结"}),
    "people.delegate": (
        "王芳",
        lambda work: {
            "borrower_id": work.staff("赵六"),
            "duties": ["manager"],
            "starts_at": clock.now().isoformat(),
            "ends_at": (clock.now() + timedelta(days=1)).isoformat(),
            "reason": "休假",
        },
    ),
    "people.dismiss": ("吴刚", lambda work: {"staff_id": work.staff("赵六")}),
    "people.end_delegation": ("陈立", lambda work: {"delegation_id": work.delegation.id}),
    "people.end_duty": ("吴刚", lambda work: {"staff_id": work.staff("何静"), "duty": "risk"}),
    "people.grant_duty": ("吴刚", lambda work: {"staff_id": work.staff("赵六"), "duty": "risk"}),
    "people.hire": (
        "吴刚",
        lambda work: {
            "branch_id": work.branch.id,
            "number": "1099",
            "name": "钱多",
            "login": "qianduo",
            "password_hash": _hash(),
        },
    ),
    "people.open_branch": (
        "吴刚",
        lambda work: {
            "parent_id": work.branch.id,
            "code": "0003",
            "name": "西城支行",
            "name_en": "Xicheng",
        },
    ),
    "people.reset_password": (
        "吴刚",
        lambda work: {
            "staff_id": work.staff("赵六"),
            "password_hash": _hash(),
            "second_factor": True,
        },
    ),
    "people.set_calendar": (
        "吴刚",
        lambda work: {"on": "2027-02-08", "worked": False, "source": "国务院办公厅通知"},
    ),
    "reconciliation.explain": (
        "张敏",
        lambda work: {"item_id": work.item.id, "explanation": "在途，次日到账"},
    ),
    "reconciliation.import_statement": (
        "张敏",
        lambda work: {"account_id": work.nostro.id, "file": _statement(work)},
    ),
    "reconciliation.match": ("张敏", lambda work: {"statement_id": work.imported.id}),
    "reconciliation.sign_off": ("张敏", lambda work: {"statement_id": work.matched.id}),
    "seals.check": (
        "何静",
        lambda work: {"card_id": work.entered.id, "scan": work.scan("何静", seed=2)},
    ),
    "seals.enter": (
        "孙梅",
        lambda work: {
            "customer_id": work.account.customer_id,
            "account_id": work.account.id,
            "account_number": work.account.number,
            "kind": "legal_representative",
            "scan": work.scan("孙梅", seed=1),
        },
    ),
    "seals.freeze": ("张敏", lambda work: {"card_id": work.active.id, "reason": "印章挂失"}),
    "seals.unfreeze": ("孙梅", lambda work: {"card_id": work.stopped.id, "reason": "印章找回"}),
    "transfers.receive": (
        "张敏",
        lambda work: {
            "account_id": work.account.id,
            "payee_name": "王秀英",
            "payee_account": "6222020000000000018",
            "payee_bank": "工商银行海淀支行",
            "money": {"amount": "1000.00", "currency": "CNY"},
            "amount_in_words": "壹仟元整",
            "purpose": "货款",
            "instruction_number": "9",
            "issued_on": "2026-01-05",
        },
    ),
    "transfers.reject": (
        "张敏",
        lambda work: {"transfer_id": work.received.id, "checks": [], "reason": "客户要求退票"},
    ),
    "transfers.release": ("张敏", lambda work: {"transfer_id": work.submitted.id}),
    "transfers.submit": (
        "张敏",
        lambda work: {"transfer_id": work.checked.id, "override_reason": "已电话核实"},
    ),
}


def _statement(work: Work) -> str:
    desk = Reconciliation(work.bank, work.nostro, work.account)
    content = desk.file(desk.line(5), opening=2_000_007, statement_id="STMT-3")
    return work.upload("张敏", content, "application/xml")

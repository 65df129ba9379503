"""Seals and statements in simulated days: cards live and end, other banks tell their side."""

from decimal import Decimal
from uuid import UUID, uuid4

from django.db.models import Q

from tests.bank.statements import Movement, camt053
from yinxin.customers import queries as customers
from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command
from yinxin.kernel.text import Text
from yinxin.ledger.models import Posting
from yinxin.people.queries import bank_today, service
from yinxin.reconciliation.commands import (
    ExplainOpenItem,
    ImportStatement,
    MatchStatement,
    SignOffStatement,
)
from yinxin.reconciliation.models import BankStatement, OpenItem
from yinxin.seals.commands import (
    CancelSeals,
    CheckSeals,
    EnterSeal,
    FreezeCard,
    ReportLoss,
    UnfreezeCard,
)
from yinxin.seals.models import Seal, SealCard
from yinxin.seals.tests.cards import OTHER_PERSON, PERSON, scan

from .banking import REASON, accounts, clerk, holder, one, own_account, staged
from .world import Move, World

READER = service("sim.reader", Text("模拟", "Simulation"))
SEEDS = 4  # scans are drawn once each


def registrar(world: World) -> UUID:
    return holder(world, Duty.SEAL_REGISTRAR)


def enter_seal(world: World) -> str:
    row = one(world, accounts())
    if row is None:
        return ""
    who = registrar(world)
    drawn = scan(PERSON, seed=world.random.randint(1, SEEDS))
    command = EnterSeal(
        customer_id=row.customer_id,
        account_id=row.id,
        account_number=row.number,
        kind="legal_representative",
        scan=staged(world, who, drawn, "image/png"),
    )
    return world.do(who, command)


def check_seal(world: World) -> str:
    """By another registrar, sometimes with another seal in hand."""
    card = one(world, SealCard.objects.filter(state="entered"))
    if card is None:
        return ""
    face = OTHER_PERSON if world.random.random() < 0.2 else PERSON
    who = registrar(world)
    drawn = scan(face, seed=world.random.randint(1, SEEDS))
    command = CheckSeals(
        card_id=card.id,
        account_number=card.account_number,
        holder=customers.brief(READER, card.customer_id).name,
        seal_count=1,
        scan=staged(world, who, drawn, "image/png"),
    )
    return world.do(who, command)


def stop_or_end_seal(world: World) -> str:
    card = one(world, SealCard.objects.all())
    if card is None:
        return ""
    seal = one(world, Seal.objects.filter(card=card))
    steps: tuple[Command, ...] = (
        FreezeCard(card_id=card.id, reason=REASON),
        UnfreezeCard(card_id=card.id, reason=REASON),
        ReportLoss(card_id=card.id, seal_id=seal.id, cause="lost", applicant="刘洋"),
        CancelSeals(card_id=card.id, reason=REASON),
    )
    return world.do(registrar(world), world.random.choice(steps))


def import_statement(world: World) -> str:
    """What the other bank booked of ours, without some and with something of its own."""
    own = own_account(world)
    if own is None:
        return ""
    moved = Posting.objects.filter(Q(debit=own) | Q(credit=own)).order_by("id")
    lines = [
        Movement(bank_today(), p.amount if p.debit_id == own.id else -p.amount, p.reference)
        for p in moved[:200]
        if world.random.random() < 0.9
    ]
    lines.append(Movement(bank_today(), -Decimal(15), "", "", "账户管理费"))
    content = camt053(
        own.number, Decimal(0), lines, statement_id=f"S-{uuid4().hex[:20]}",
        from_on=bank_today(), to_on=bank_today(),
    )  # fmt: skip
    who = holder(world, Duty.CLERK)
    file = staged(world, who, content, "application/xml")
    return world.do(who, ImportStatement(account_id=own.id, file=file))


def match_statement(world: World) -> str:
    row = one(world, BankStatement.objects.all())
    return clerk(world, MatchStatement(statement_id=row.id)) if row else ""


def explain_item(world: World) -> str:
    item = one(world, OpenItem.objects.filter(explanation=None))
    return clerk(world, ExplainOpenItem(item_id=item.id, explanation=REASON)) if item else ""


def sign_off(world: World) -> str:
    row = one(world, BankStatement.objects.all())
    return clerk(world, SignOffStatement(statement_id=row.id)) if row else ""


PAPERWORK = (
    Move(3, enter_seal),
    Move(3, check_seal),
    Move(1, stop_or_end_seal),
    Move(1, import_statement),
    Move(2, match_statement),
    Move(2, explain_item),
    Move(1, sign_off),
)

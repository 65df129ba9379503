"""Transfers, as those who may see them see them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from yinxin.customers import queries as customers
from yinxin.customers.queries import Brief
from yinxin.gate.models import Decision, Request
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.ledger import queries as ledger
from yinxin.ledger.models import Account, Posting
from yinxin.vault import blobs

from . import rules
from .check_rules import Payee
from .models import (
    Answer,
    Batch,
    Check,
    Dispatch,
    Limit,
    Print,
    Step,
    StrayAnswer,
    StrayTicket,
    Transfer,
)
from .personal import opened
from .rules import SIMILAR_WITHIN_D, CheckName


@dataclass(frozen=True, slots=True)
class Detail:
    """A transfer with its checks, steps and the approvals of its release, in their order."""

    transfer: Transfer
    payer: Brief
    money: Money
    payee_name: str
    payee_account: str
    payee_bank: str
    purpose: str
    checks: Sequence[Check]
    steps: Sequence[Step]
    approvals: Sequence[Decision]
    prints: Sequence[Print]
    reversal: Posting | None
    agent: str

    @property
    def came_back(self) -> Text | None:
        return rules.came_back(self.transfer.settlement, self.reversal is not None)

    def step(self, state: str) -> Step | None:
        return next((step for step in self.steps if step.state == state), None)

    @property
    def reasons(self) -> list[Text]:
        """退票理由: what the checks named by the rejection said."""
        named = self.transfer.rejected_for
        return [Text(check.zh, check.en) for check in self.checks if check.name in named]


def transfers_for(viewer: Actor) -> QuerySet[Transfer]:
    """The transfers of the viewer's branch and those below it."""
    return Transfer.objects.select_related("account", "batch").filter(
        branch__startswith=viewer.branch
    )


def batches_for(viewer: Actor) -> QuerySet[Batch]:
    return Batch.objects.select_related("account").filter(branch__startswith=viewer.branch)


def batch(viewer: Actor, batch_id: UUID) -> Batch:
    """Raises Refused(not_found), also for a batch of another branch."""
    found = batches_for(viewer).filter(id=batch_id).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def limits_for(viewer: Actor) -> QuerySet[Limit]:
    """Those in force."""
    return Limit.objects.filter(branch__startswith=viewer.branch, ended_at__isnull=True)


def printed(viewer: Actor, print_id: UUID) -> Print:
    """A print, for whoever made it. Raises Refused(not_found) for anybody else."""
    found = Print.objects.filter(id=print_id, actor_id=viewer.id).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def transfer(viewer: Actor, transfer_id: UUID) -> Detail:
    """Raises Refused(not_found), also for a transfer of another branch."""
    row = transfers_for(viewer).filter(id=transfer_id).first()
    if row is None:
        raise Refused(NOT_FOUND)
    return Detail(
        transfer=row,
        payer=customers.brief(viewer, row.customer_id),
        money=Money(row.amount, row.currency),
        payee_name=opened(row, "payee_name"),
        payee_account=opened(row, "payee_account"),
        payee_bank=opened(row, "payee_bank"),
        purpose=opened(row, "purpose"),
        checks=_checks(row),
        steps=list(row.steps.order_by("at", "id")),
        approvals=_approvals(row),
        prints=list(row.prints.order_by("ordinal")),
        reversal=ledger.reversals_of([row.id]).get(row.id),
        agent=agent_of(viewer, row.batch or row),
    )


def agent_of(viewer: Actor, row: Transfer | Batch) -> str:
    """The name of the agent who brought an instruction, blank where the customer came."""
    return customers.party_name(viewer, row.agent_id) if row.agent_id else ""


def similar_to(viewer: Actor, row: Transfer) -> list[str]:
    """The numbers of other transfers of the same amount to the same payee, of late."""
    return list(
        transfers_for(viewer)
        .filter(
            account_id=row.account_id,
            amount=row.amount,
            currency=row.currency,
            payee_digest=row.payee_digest,
            received_at__gt=row.received_at - timedelta(days=SIMILAR_WITHIN_D),
        )
        .exclude(id=row.id)
        .exclude(state=Transfer.State.REJECTED)
        .order_by("number")
        .values_list("number", flat=True)[:10]
    )


def similar_in(viewer: Actor, batch: Batch, rows: Sequence[Transfer]) -> dict[UUID, list[str]]:
    """What `similar_to` says, of all rows of a batch; rows of the batch itself count too."""
    others: dict[tuple[bytes, str], list[str]] = defaultdict(list)
    known = (
        transfers_for(viewer)
        .filter(
            account_id=batch.account_id,
            currency=batch.currency,
            received_at__gt=batch.received_at - timedelta(days=SIMILAR_WITHIN_D),
            payee_digest__in={bytes(row.payee_digest) for row in rows},
        )
        .exclude(state=Transfer.State.REJECTED)
        .order_by("number")
    )
    for digest, amount, number in known.values_list("payee_digest", "amount", "number"):
        others[bytes(digest), str(amount)].append(number)
    found = {}
    for row in rows:
        same = [
            number
            for number in others[bytes(row.payee_digest), str(row.amount)]
            if number != row.number
        ]
        if same:
            found[row.id] = same[:10]
    return found


def payees_of(viewer: Actor, account: Account, rows: Sequence[Transfer]) -> dict[UUID, Payee]:
    """What is known of the payees of one payer's transfers."""
    numbers = {row.id: opened(row, "payee_account") for row in rows}
    here = ledger.in_house(viewer, numbers.values())
    holders = customers.briefs(viewer, {each.customer_id for each in here.values()})
    outside = ledger.registered_outside(viewer, account.customer_id, numbers.values())
    before = set(
        Transfer.objects.filter(
            account=account,
            payee_digest__in={bytes(row.payee_digest) for row in rows},
            state=Transfer.State.RELEASED,
        ).values_list("payee_digest", flat=True)
    )
    known = {bytes(digest) for digest in before}
    payees = {}
    for row in rows:
        number = numbers[row.id]
        there = here.get(number)
        holder = holders.get(there.customer_id) if there and there.customer_id else None
        payees[row.id] = Payee(
            own_account=number == account.number,
            state=there.state if there else "",
            currency=there.currency if there else "",
            agrees=holder.name == opened(row, "payee_name") if holder else None,
            registered=number in outside,
            paid_before=bytes(row.payee_digest) in known,
        )
    return payees


def back_of(rows: Iterable[Transfer]) -> dict[UUID, Text]:
    """Of some transfers, those whose money is back, and how it came."""
    paid = [row for row in rows if row.state == Transfer.State.RELEASED]
    reversed = ledger.reversals_of(row.id for row in paid)
    told = ((row.id, rules.came_back(row.settlement, row.id in reversed)) for row in paid)
    return {id: how for id, how in told if how}


def waiting_to_leave(viewer: Actor, account_id: UUID) -> QuerySet[Transfer]:
    waiting = transfers_for(viewer).filter(
        settlement=Transfer.Settlement.WAITING, credited_id=account_id
    )
    return waiting.order_by("id")


def unanswered(viewer: Actor, account_id: UUID) -> QuerySet[Dispatch]:
    """Messages of an account of whose payments some bank has said nothing yet."""
    open_ones = Transfer.objects.filter(settlement=Transfer.Settlement.SENT)
    ids = open_ones.filter(credited_id=account_id).values("dispatch_id")
    return Dispatch.objects.filter(id__in=ids).order_by("id")


def was_taken(viewer: Actor, kind: str, message_id: str) -> bool:
    return Answer.objects.filter(kind=kind, message_id=message_id).exists()


def was_set_aside(viewer: Actor, content: bytes) -> bool:
    return StrayAnswer.objects.filter(digest=blobs.digest_of(content)).exists()


def strays_for(viewer: Actor) -> QuerySet[StrayAnswer]:
    """Answers of banks that could not be taken in; they are the head office's to deal with."""
    return StrayAnswer.objects.filter(branch__startswith=viewer.branch)


def stray_file(viewer: Actor, stray_id: UUID) -> tuple[str, bytes]:
    """Number and file of an answer set aside, for a viewer who just asked for it.

    Raises Refused(not_found), Refused(stray_ticket_needed).
    """
    found = strays_for(viewer).filter(id=stray_id).first()
    if found is None:
        raise Refused(NOT_FOUND)
    tickets = StrayTicket.objects.filter(stray=found, actor_id=viewer.id)
    if not tickets.filter(until__gt=clock.now()).exists():
        raise Refused(rules.STRAY_TICKET_NEEDED)
    return found.number, blobs.read(blobs.kept(found.file_id))


def waiting_strays(viewer: Actor) -> int:
    return strays_for(viewer).filter(closed_at=None).count()


def open_requests(viewer: Actor, subject_ids: Sequence[UUID]) -> dict[UUID, Request]:
    """The releases that wait for a decision, by what they would pay."""
    rows = Request.objects.filter(
        command__in=("transfers.release", "transfers.release_batch"),
        subject_id__in=subject_ids,
        state=Request.State.OPEN,
    )
    return {row.subject_id: row for row in rows}


def received_by(viewer: Actor, transfer_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Who received each transfer."""
    steps = Step.objects.filter(transfer_id__in=transfer_ids, state=Transfer.State.RECEIVED)
    return dict(steps.values_list("transfer_id", "actor_name"))


def _checks(row: Transfer) -> list[Check]:
    """Those of the transfer, and of its batch as a whole."""
    checks = [*row.checks.all(), *(row.batch.checks.all() if row.batch else ())]
    return sorted(checks, key=lambda check: list(CheckName).index(CheckName(check.name)))


def _approvals(row: Transfer) -> list[Decision]:
    command, subject = ("transfers.release", row.id)
    if row.batch_id:
        command, subject = ("transfers.release_batch", row.batch_id)
    return list(
        Decision.objects.filter(
            request__command=command,
            request__subject_id=subject,
            request__state="approved",
            verdict="approve",
        ).order_by("at", "id")
    )

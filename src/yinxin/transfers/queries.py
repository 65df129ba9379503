"""Transfers, as those who may see them see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from yinxin.customers import queries as customers
from yinxin.customers.queries import Brief
from yinxin.gate.models import Decision
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text

from .models import Check, Step, Transfer
from .personal import opened
from .rules import SIMILAR_WITHIN_D, CheckName, Verdict


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

    def step(self, state: str) -> Step | None:
        return next((step for step in self.steps if step.state == state), None)

    @property
    def reasons(self) -> list[Text]:
        """退票理由: what the checks named by the rejection said."""
        named = self.transfer.rejected_for
        return [Text(check.zh, check.en) for check in self.checks if check.name in named]


def transfers_for(viewer: Actor) -> QuerySet[Transfer]:
    """The transfers of the viewer's branch and those below it."""
    return Transfer.objects.select_related("account").filter(branch__startswith=viewer.branch)


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
        checks=sorted(
            row.checks.all(), key=lambda check: list(CheckName).index(CheckName(check.name))
        ),
        steps=list(row.steps.order_by("at", "id")),
        approvals=_approvals(row),
    )


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


def failed_checks(viewer: Actor, transfer_id: UUID) -> list[Check]:
    """What a rejection may name as its reasons."""
    checks = Check.objects.filter(transfer__in=transfers_for(viewer).filter(id=transfer_id))
    return list(checks.exclude(verdict=Verdict.PASSED))


def _approvals(row: Transfer) -> list[Decision]:
    return list(
        Decision.objects.filter(
            request__command="transfers.release",
            request__subject_id=row.id,
            request__state="approved",
            verdict="approve",
        ).order_by("at", "id")
    )

"""The rows of a batch, written all at once: a few statements, however many rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from yinxin.gate.context import Context
from yinxin.gate.execution import THIS_EXECUTION
from yinxin.gate.numbers import draw
from yinxin.kernel.ids import human_number
from yinxin.kernel.incoming.records import Fault
from yinxin.ledger import queries as ledger

from . import check_rules, rules
from .batchfile import Order
from .models import Batch, Check, RefusedRow, Step, Transfer
from .personal import payee_digest, sealed
from .rules import CheckName, CheckResult, Verdict

AT_ONCE = 1000
ROW_CHECKS = (CheckName.PAYEE, CheckName.DUPLICATE)


def check_row(
    result: CheckResult,
    context: Context,
    transfer: Transfer | None = None,
    batch: Batch | None = None,
) -> Check:
    return Check(
        id=context.new_id(),
        transfer=transfer,
        batch=batch,
        name=result.name,
        verdict=result.verdict,
        zh=result.reason.zh,
        en=result.reason.en,
        detail=dict(result.detail),
        at=context.now,
    )


def insert_transfers(batch: Batch, orders: Sequence[Order], context: Context, today: date) -> None:
    drawn = numbers("TR", today, len(orders))
    rows = []
    for order, number in zip(orders, drawn, strict=True):
        transfer_id = context.new_id()
        personal = sealed(
            batch.customer_id,
            transfer_id,
            payee_name=order.payee_name,
            payee_account=order.payee_account,
            payee_bank=order.payee_bank,
            purpose=order.purpose,
        )
        rows.append(
            Transfer(
                id=transfer_id,
                number=number,
                batch=batch,
                row=order.row,
                account=batch.account,
                customer_id=batch.customer_id,
                branch=batch.branch,
                payee_digest=payee_digest(order.payee_account),
                amount=order.money.amount,
                currency=order.money.currency,
                instruction_number=order.number,
                issued_on=batch.issued_on,
                channel=batch.channel,
                received_at=context.now,
                **personal,
            )
        )
    Transfer.objects.bulk_create(rows, batch_size=AT_ONCE)
    insert_steps([row.id for row in rows], Transfer.State.RECEIVED, context)


def insert_faults(batch: Batch, faults: Iterable[Fault], context: Context) -> None:
    RefusedRow.objects.bulk_create(
        (
            RefusedRow(
                id=context.new_id(),
                batch=batch,
                row=fault.row,
                field=fault.field,
                zh=fault.reason.zh,
                en=fault.reason.en,
            )
            for fault in faults
        ),
        batch_size=AT_ONCE,
    )


def insert_checks(
    ids: Sequence[UUID], found: dict[UUID, tuple[CheckResult, ...]], context: Context
) -> None:
    """Both checks of each row, those that found nothing too."""
    nothing = {
        CheckName.PAYEE: check_rules.check_payee(check_rules.Payee(), ""),
        CheckName.DUPLICATE: check_rules.check_duplicate(()),
    }
    rows = []
    for id in ids:
        results = nothing | {result.name: result for result in found.get(id, ())}
        for name in ROW_CHECKS:
            row = check_row(results[name], context)
            row.transfer_id = id
            rows.append(row)
    Check.objects.bulk_create(rows, batch_size=AT_ONCE)


def failed_rows(batch: Batch) -> dict[UUID, list[str]]:
    failed: dict[UUID, list[str]] = defaultdict(list)
    found = Check.objects.filter(transfer__batch=batch, verdict=Verdict.FAILED)
    rows = found.filter(transfer__state=Transfer.State.CHECKED)
    for transfer_id, name in rows.order_by("id").values_list("transfer_id", "name"):
        failed[transfer_id].append(name)
    return failed


def reject_rows(failed: dict[UUID, list[str]], context: Context) -> None:
    """退票 of the rows that failed, with the checks that say why."""
    by_reason: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for transfer_id, names in failed.items():
        by_reason[tuple(names)].append(transfer_id)
    for names, ids in by_reason.items():
        reason = rules.names_of(map(CheckName, names)).zh + "未通过核验"
        enter(
            ids,
            Transfer.State.REJECTED,
            context,
            rejection=reason,
            rejected_for=list(names),
        )


def enter(
    ids: Sequence[UUID],
    state: Transfer.State,
    context: Context,
    *,
    moved: bool = False,
    **more: Any,
) -> None:
    """Write rows in their new state, unless `moved` already, and the steps that brought them."""
    if not moved:
        Transfer.objects.filter(id__in=ids).update(state=state, **more)
    insert_steps(ids, state, context)


def insert_steps(ids: Sequence[UUID], state: str, context: Context) -> None:
    Step.objects.bulk_create(
        (
            Step(
                id=context.new_id(),
                transfer_id=id,
                state=state,
                actor_id=context.actor.id,
                actor_name=context.actor.name,
                execution_id=THIS_EXECUTION,  # type: ignore[misc]  # an expression
                at=context.now,
            )
            for id in ids
        ),
        batch_size=AT_ONCE,
    )


def settle(
    rows: Sequence[Transfer],
    vouchers: Sequence[str],
    settlements: Sequence[tuple[ledger.Account, Transfer.Settlement]],
) -> None:
    """Each row has a voucher of its own, so one statement carries them all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE transfers_transfer SET state = 'released', voucher = given.voucher, "
            "settlement = given.settlement, credited_id = given.credited "
            "FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[]) "
            "AS given (id, voucher, settlement, credited) "
            "WHERE transfers_transfer.id = given.id",
            [
                [row.id for row in rows],
                list(vouchers),
                [str(way) for _, way in settlements],
                [account.id for account, _ in settlements],
            ],
        )


def numbers(prefix: str, on: date, count: int) -> list[str]:
    first = draw(prefix, on, count)
    return [human_number(prefix, on, first + each) for each in range(count)]


def rows_of(batch: Batch, *states: str) -> QuerySet[Transfer]:
    return Transfer.objects.filter(batch=batch, state__in=states)

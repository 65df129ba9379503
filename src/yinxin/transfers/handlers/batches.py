"""批量转账: the steps of a batch, each for all its rows at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from heapq import nlargest
from uuid import UUID

from yinxin.customers import queries as customers
from yinxin.customers.queries import Product
from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.incoming.records import Fault
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger
from yinxin.ledger.posting import Entry, place_hold, post, release_hold
from yinxin.ledger.posting import subject_of as account_subject
from yinxin.ledger.rules import NOT_CUSTOMER_ACCOUNT
from yinxin.people.queries import bank_today
from yinxin.seals import verification
from yinxin.vault import blobs

from .. import batch_rules, batchfile, check_rules, limits, rules
from ..batchfile import Order
from ..commands import ReceiveBatch, RecordBatchChecks, RejectBatch, ReleaseBatch, SubmitBatch
from ..facts import (
    BatchChecksRecorded,
    BatchReceived,
    BatchRejected,
    BatchReleased,
    BatchSubmitted,
    PaidRow,
)
from ..models import Batch, Check, Transfer
from ..personal import all_opened, payee_digest
from ..rows import (
    check_row,
    enter,
    failed_rows,
    insert_checks,
    insert_faults,
    insert_transfers,
    numbers,
    reject_rows,
    rows_of,
    settle,
)
from ..rules import CheckName, Verdict
from .steps import kept_page, paid_to, require_page, seal_conclusion, seen

OPEN = (Transfer.State.RECEIVED, Transfer.State.CHECKED, Transfer.State.SUBMITTED)
State = Batch.State
LARGEST = 5  # rows that an approver sees without opening the batch

explains("transfers_batch_file_once", batch_rules.BATCH_FILE_TWICE)


@handles(ReceiveBatch)
def receive_batch(command: ReceiveBatch, context: Context) -> Fact:
    today = bank_today()
    account = ledger.accounts_for(context.actor).filter(id=command.account_id).first()
    if account is None:
        raise Refused(NOT_FOUND)
    context.about(account_subject(account))
    if account.customer_id is None:
        raise Refused(NOT_CUSTOMER_ACCOUNT, number=account.number)
    rules.require_issued(command.issued_on, today)
    require_page(command.page, context)
    orders, faults = _read(blobs.read_staged(context.actor.id, command.file), account)
    orders, faults = _without_claimed(orders, faults, account, command.issued_on)
    if not orders:
        first = min(faults, key=lambda fault: fault.row)
        field = batchfile.FIELDS.get(first.field)
        raise Refused(
            batch_rules.BATCH_ROWS_REFUSED,
            row=first.row,
            field_zh=field.zh if field else "",
            field_en=field.en if field else "",
            reason_zh=first.reason.zh,
            reason_en=first.reason.en,
        )
    batch = _created(command, context, account, orders, faults)
    context.subjects.insert(0, subject_of(batch))
    insert_transfers(batch, orders, context, today)
    insert_faults(batch, faults, context)
    context.enqueue("transfers.check_batch", batch_id=str(batch.id))
    return BatchReceived(
        number=batch.number,
        account=account.number,
        accepted=len(orders),
        refused=len(faults),
        total=Money(batch.total, batch.currency),
        biggest=Money(batch.biggest, batch.currency),
        file_digest=batch.file_digest.hex(),
    )


@handles(RecordBatchChecks)
def record_batch_checks(command: RecordBatchChecks, context: Context) -> list[Fact]:
    batch = _locked(command.batch_id, context, batch_rules.BATCH_NOT_RECEIVED, State.RECEIVED)
    facts: list[Fact] = []
    seal = check_rules.check_seal(None)
    if command.examination:
        examined = verification.record(context, subject_of(batch), command.examination)
        seal = check_rules.check_seal(examined.verdict, seen(examined, command.examination))
        facts.append(examined)
    results = (*command.results, seal)
    Check.objects.bulk_create(check_row(result, context, batch=batch) for result in results)
    ids = list(rows_of(batch, Transfer.State.RECEIVED).order_by("row").values_list("id", flat=True))
    found = {each.transfer_id: each.results for each in command.rows}
    insert_checks(ids, found, context)
    enter(ids, Transfer.State.CHECKED, context)
    batch.state = State.CHECKED
    batch.save(update_fields=["state"])
    verdicts = [[result.verdict for result in each] for each in found.values()]
    recorded = BatchChecksRecorded(
        number=batch.number,
        results=results,
        failed=sum(Verdict.FAILED in each for each in verdicts),
        in_doubt=sum(Verdict.ATTENTION in each for each in verdicts),
    )
    return [*facts, recorded]


@handles(SubmitBatch)
def submit_batch(command: SubmitBatch, context: Context) -> Fact:
    batch = _locked(command.batch_id, context, batch_rules.BATCH_NOT_CHECKED, State.CHECKED)
    verdicts = _verdicts(batch)
    failed = failed_rows(batch)
    reject_rows(failed, context)
    rows = list(rows_of(batch, Transfer.State.CHECKED).values_list("id", "amount"))
    if not rows:
        raise Refused(batch_rules.BATCH_EMPTY)
    verdicts = rules.by_eye(verdicts, seal_conclusion(context, subject_of(batch)))
    rules.require_submittable(verdicts, command.override_reason)
    money = Money(sum(amount for _, amount in rows), batch.currency)
    biggest = Money(max(amount for _, amount in rows), batch.currency)
    today = bank_today()
    context.about(account_subject(batch.account))
    limits.require_within(
        context.actor, batch.account, Product.BATCH_TRANSFER, money, today, biggest
    )
    place_hold(context, batch.account_id, money, batch.id, batch.number)
    enter([id for id, _ in rows], Transfer.State.SUBMITTED, context, submitted_on=today)
    batch.state, batch.override_reason = State.SUBMITTED, command.override_reason
    batch.save(update_fields=["state", "override_reason"])
    return BatchSubmitted(
        number=batch.number,
        rows=len(rows),
        rejected=len(failed),
        money=money,
        override_reason=command.override_reason,
    )


@handles(ReleaseBatch)
def release_batch(command: ReleaseBatch, context: Context) -> Fact:
    batch = _locked(command.batch_id, context, batch_rules.BATCH_NOT_SUBMITTED, State.SUBMITTED)
    rows = list(rows_of(batch, Transfer.State.SUBMITTED).order_by("row"))
    money = Money(sum(row.amount for row in rows), batch.currency)
    payer = customers.active(context.actor, batch.customer_id)
    context.measure(Measure(money, batch.channel, payer.rating, batch.branch))
    context.about(account_subject(batch.account))
    personal = {row.id: all_opened(row) for row in rows}
    payees = {each["payee_account"] for each in personal.values()}
    targets = paid_to(context, batch.currency, payees)
    post(
        context,
        [
            Entry(
                debit=row.account_id,
                credit=targets[personal[row.id]["payee_account"]][0].id,
                money=Money(row.amount, row.currency),
                cause=row.id,
                reference=row.number,
                counterparty=personal[row.id]["payee_name"],
                narrative=personal[row.id]["purpose"],
                owner=row.customer_id,
            )
            for row in rows
        ],
        consuming=[batch.id],
    )
    vouchers = numbers("VO", bank_today(), len(rows))
    settlements = [targets[personal[row.id]["payee_account"]] for row in rows]
    settle(rows, vouchers, settlements)
    enter([row.id for row in rows], Transfer.State.RELEASED, context, moved=True)
    batch.state = State.RELEASED
    batch.save(update_fields=["state"])
    for account_id in {
        account.id for account, way in settlements if way == Transfer.Settlement.WAITING
    }:
        context.enqueue("transfers.dispatch", account_id=str(account_id))
    return BatchReleased(
        number=batch.number,
        account=batch.account.number,
        rows=len(rows),
        money=money,
        largest=_largest(rows, personal),
        first_voucher=vouchers[0],
        last_voucher=vouchers[-1],
        override_reason=batch.override_reason,
    )


def _largest(
    rows: Sequence[Transfer], personal: Mapping[UUID, Mapping[str, str]]
) -> tuple[PaidRow, ...]:
    return tuple(
        PaidRow(
            row=row.row,
            payee_name=personal[row.id]["payee_name"],
            payee_account=personal[row.id]["payee_account"],
            money=Money(row.amount, row.currency),
        )
        for row in nlargest(LARGEST, rows, key=lambda row: row.amount)
    )


@handles(RejectBatch)
def reject_batch(command: RejectBatch, context: Context) -> Fact:
    allowed = (State.RECEIVED, State.CHECKED, State.SUBMITTED)
    batch = _locked(command.batch_id, context, batch_rules.BATCH_ENDED, *allowed)
    if batch.state == State.SUBMITTED:
        context.about(account_subject(batch.account))
        release_hold(context, batch.id)
    ids = list(rows_of(batch, *OPEN).values_list("id", flat=True))
    enter(ids, Transfer.State.REJECTED, context, rejection=command.reason)
    batch.state, batch.rejection = State.REJECTED, command.reason
    batch.save(update_fields=["state", "rejection"])
    return BatchRejected(number=batch.number, rows=len(ids), reason=command.reason)


def subject_of(batch: Batch) -> Subject:
    return Subject("transfers.batch", batch.id, batch.number, batch.customer_id, batch.branch)


def _read(content: bytes, account: ledger.Account) -> tuple[list[Order], list[Fault]]:
    try:
        return batchfile.read(content, account.currency)
    except Unreadable as broken:
        raise Refused(
            batch_rules.BATCH_UNREADABLE,
            reason_zh=broken.sentence.zh,
            reason_en=broken.sentence.en,
            place=broken.place,
        ) from broken


def _without_claimed(
    orders: Sequence[Order], faults: list[Fault], account: ledger.Account, issued_on: date
) -> tuple[list[Order], list[Fault]]:
    """Without what was received before; the unique claim of the table decides races."""
    claimed = {
        (number, amount, bytes(digest)): transfer
        for number, amount, digest, transfer in Transfer.objects.filter(
            account=account,
            issued_on=issued_on,
            instruction_number__in=[order.number for order in orders],
        )
        .exclude(state=Transfer.State.REJECTED)
        .values_list("instruction_number", "amount", "payee_digest", "number")
    }
    kept = []
    for order in orders:
        key = (order.number, order.money.amount, payee_digest(order.payee_account))
        if key in claimed:
            reason = batchfile.RECEIVED_ALREADY.format(number=claimed[key])
            faults.append(Fault(order.row, "number", reason))
        else:
            kept.append(order)
    return kept, faults


def _created(
    command: ReceiveBatch,
    context: Context,
    account: ledger.Account,
    orders: Sequence[Order],
    faults: Sequence[Fault],
) -> Batch:
    assert account.customer_id
    file = blobs.keep(context.actor.id, command.file, account.customer_id)
    return Batch.objects.create(
        id=context.new_id(),
        number=context.draw_number("TB", bank_today()),
        account=account,
        customer_id=account.customer_id,
        branch=account.branch,
        file_id=file.id,
        file_digest=bytes(file.digest),
        page_id=kept_page(command.page, context, account.customer_id),
        page_dpi=command.page_dpi,
        agent_id=command.agent_id,
        channel=context.actor.channel,
        issued_on=command.issued_on,
        accepted=len(orders),
        refused=len(faults),
        total=sum(order.money.amount for order in orders),
        biggest=max(order.money.amount for order in orders),
        currency=account.currency,
        amount_in_words=command.amount_in_words,
        received_at=context.now,
    )


def _verdicts(batch: Batch) -> dict[CheckName, Verdict]:
    """Those of the whole; in doubt is also what is in doubt in any row that goes on."""
    verdicts = {CheckName(each.name): Verdict(each.verdict) for each in batch.checks.all()}
    doubtful = Check.objects.filter(
        transfer__batch=batch,
        transfer__state=Transfer.State.CHECKED,
        verdict=Verdict.ATTENTION,
    )
    for name in doubtful.values_list("name", flat=True).distinct():
        verdicts[CheckName(name)] = Verdict.ATTENTION
    return verdicts


def _locked(batch_id: UUID, context: Context, refusal: str, *allowed: str) -> Batch:
    """A batch below the actor's branch, locked, and in one of the states allowed."""
    batch = (
        Batch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account")
        .filter(id=batch_id, branch__startswith=context.actor.branch)
        .first()
    )
    if batch is None:
        raise Refused(NOT_FOUND)
    context.about(subject_of(batch))
    rules.require_state(refusal, batch.number, batch.state, *allowed)
    return batch

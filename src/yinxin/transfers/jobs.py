"""Work outside the transaction that records it: checking what was received, and the rails."""

from uuid import UUID

from procrastinate.contrib.django import app

from yinxin.customers import queries as customers
from yinxin.customers.queries import Product
from yinxin.gate import door
from yinxin.gate.jobs import job
from yinxin.gate.reading import reading
from yinxin.gate.registry import service
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.ids import new_id
from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.ledger import queries as ledger
from yinxin.people.queries import bank_date, bank_today, institution
from yinxin.seals.commands import SealExamination
from yinxin.seals.verification import examine
from yinxin.vault import blobs

from . import check_rules, limit_rules, limits, queries, rails
from .commands import (
    DispatchPayments,
    RecordBatchChecks,
    RecordChecks,
    RowChecks,
    SetAnswerAside,
    TakeAnswer,
)
from .models import Batch, Transfer
from .personal import all_opened
from .rails import answers, pain001
from .rules import ANSWER_TAKEN_ALREADY, CheckResult, Verdict

CHECKER = service("transfers.checks", Text("自动核验", "Automatic checks"))
COURIER = service("transfers.rails", Text("清算通道", "Clearing rail"))
AT_ONCE = 5000
XML = "application/xml"


@job("transfers.check", Text("核验转账", "Check a transfer"), "transfers.transfer")
def check(transfer_id: str) -> None:
    """Safe to repeat: a transfer that was checked already is left alone."""
    with reading():
        row = queries.transfers_for(CHECKER).filter(id=transfer_id).first()
        if row is None or row.state != Transfer.State.RECEIVED:
            return
        results = results_for(CHECKER, row)
    command = RecordChecks(transfer_id=row.id, results=results, examination=_examined(row))
    door.submit(command, CHECKER, f"checks/{row.id}")


@job("transfers.check_batch", Text("核验批量转账", "Check a batch"), "transfers.batch")
def check_batch(batch_id: str) -> None:
    """Safe to repeat, as `check` is."""
    with reading():
        batch = queries.batches_for(CHECKER).filter(id=batch_id).first()
        if batch is None or batch.state != Batch.State.RECEIVED:
            return
        results = _batch_results(CHECKER, batch)
        rows = tuple(_row_results(CHECKER, batch))
    command = RecordBatchChecks(
        batch_id=batch.id, results=results, rows=rows, examination=_examined(batch)
    )
    door.submit(command, CHECKER, f"checks/{batch.id}")


@job("transfers.dispatch", Text("发送支付报文", "Send payments"), "ledger.account")
def dispatch(account_id: str) -> None:
    """Order what waits, then hand over every message that has no answer yet: handing over the
    same one again is no second order."""
    rail = rails.connected()
    if rail is None:
        return
    _order(UUID(account_id))
    with reading():
        unanswered = queries.unanswered(COURIER, UUID(account_id))
        messages = [(each.number, blobs.read(blobs.kept(each.file_id))) for each in unanswered]
    for number, message in messages:
        rail.send(number, message)


@app.periodic(cron="* * * * *")
@app.task(name="transfers.fetch_answers", queueing_lock="transfers.fetch_answers")
def fetch_answers(timestamp: int) -> None:
    """Take in what the banks sent. One that cannot be read, or is refused, waits for a person."""
    rail = rails.connected()
    for content in rail.fetch() if rail else ():
        if queries.was_set_aside(COURIER, content):
            continue
        try:
            answer = answers.read(content)
        except Unreadable as broken:
            _set_aside(content, broken.sentence)
            continue
        if queries.was_taken(COURIER, answer.kind, answer.message_id):
            continue
        file = blobs.stage(COURIER.id, content, XML)
        outcome = door.submit(TakeAnswer(file=file), COURIER, f"answer/{file}")
        if outcome.refused and outcome.refused.code != ANSWER_TAKEN_ALREADY:
            _set_aside(content, outcome.refused.sentence)


def _set_aside(content: bytes, why: Text) -> None:
    file = blobs.stage(COURIER.id, content, XML)
    door.submit(SetAnswerAside(file=file, why=why), COURIER, f"aside/{file}")


def results_for(viewer: Actor, row: Transfer) -> tuple[CheckResult, ...]:
    """Every check but that of the seal."""
    money = Money(row.amount, row.currency)
    payee = queries.payees_of(viewer, row.account, [row])[row.id]
    return (
        *_payer_results(viewer, row, limits.product_of(row.channel), money, money),
        check_rules.check_amount(money, row.amount_in_words, has_page=row.page_id is not None),
        check_rules.check_payee(payee, row.currency),
        check_rules.check_duplicate(queries.similar_to(viewer, row)),
    )


def _payer_results(
    viewer: Actor, of: Transfer | Batch, product: Product, money: Money, biggest: Money
) -> tuple[CheckResult, ...]:
    account, payer = of.account, customers.brief(viewer, of.customer_id)
    agents = customers.agents_of(viewer, of.customer_id, bank_date(of.received_at))
    scope = next((each.scope for each in agents if each.id == of.agent_id), None)
    available = Money(account.balance - account.held, account.currency)
    came_in = Money(ledger.paid_in_on(account.id, bank_today()), account.currency)
    return (
        check_rules.check_identity(payer.state, payer.number),
        check_rules.check_agent(of.agent_id is not None, scope),
        check_rules.check_account(account.state, account.number),
        check_rules.check_balance(available, money),
        check_rules.check_funds(money, available, came_in),
        limit_rules.check_limits(
            limits.in_force(viewer, account, product, bank_today()), money, biggest
        ),
    )


def _batch_results(viewer: Actor, batch: Batch) -> tuple[CheckResult, ...]:
    total, biggest = (Money(each, batch.currency) for each in (batch.total, batch.biggest))
    return (
        *_payer_results(viewer, batch, Product.BATCH_TRANSFER, total, biggest),
        check_rules.check_amount(total, batch.amount_in_words, has_page=batch.page_id is not None),
    )


def _row_results(viewer: Actor, batch: Batch) -> list[RowChecks]:
    """Of the rows of which there is something to say."""
    rows = list(queries.transfers_for(viewer).filter(batch=batch))
    payees = queries.payees_of(viewer, batch.account, rows)
    similar = queries.similar_in(viewer, batch, rows)
    found = []
    for row in rows:
        results = (
            check_rules.check_payee(payees[row.id], row.currency),
            check_rules.check_duplicate(similar.get(row.id, ())),
        )
        told = tuple(each for each in results if each.verdict is not Verdict.PASSED)
        if told:
            found.append(RowChecks(transfer_id=row.id, results=told))
    return found


def _examined(row: Transfer | Batch) -> SealExamination | None:
    if row.page_id is None:
        return None
    page = blobs.read(blobs.kept(row.page_id))
    money = Money(row.total if isinstance(row, Batch) else row.amount, row.currency)
    found = examine(
        CHECKER, row.account_id, page, row.page_dpi, row.issued_on,
        money=money, page_id=row.page_id,
    )  # fmt: skip
    return found.staged(CHECKER.id)


def _order(account_id: UUID) -> None:
    """Record one message for what waits to leave through an account."""
    with reading():
        waiting = list(queries.waiting_to_leave(COURIER, account_id)[:AT_ONCE])
        reversed = ledger.reversals_of(row.id for row in waiting)
        rows = [row for row in waiting if row.id not in reversed]
        account = ledger.own_accounts(COURIER).filter(id=account_id).first()
        house = institution()
        if not rows or account is None or house is None:
            return
        names = customers.briefs(COURIER, {row.customer_id for row in rows})
        payments = [_payment(row, names[row.customer_id].name) for row in rows]
    now, today = clock.now(), bank_date(clock.now())
    message_id = f"PM{today:%Y%m%d}-{new_id().hex[-12:]}"
    sender = pain001.Sender(house.name, account.bank_account or account.number, account.bank)
    message = pain001.written(message_id, now, today, sender, payments)
    file = blobs.stage(COURIER.id, message, XML)
    ids = tuple(row.id for row in rows)
    command = DispatchPayments(
        account_id=account_id, transfer_ids=ids, message_id=message_id, file=file
    )
    door.submit(command, COURIER, message_id)


def _payment(row: Transfer, payer_name: str) -> pain001.Payment:
    personal = all_opened(row)
    return pain001.Payment(
        end_to_end_id=row.number,
        amount=row.amount,
        currency=row.currency,
        payer_name=payer_name,
        **personal,
    )

"""The steps of a transfer: received, checked, submitted, then released or rejected."""

from collections.abc import Iterable
from uuid import UUID

from yinxin.customers import queries as customers
from yinxin.gate.context import Context, Subject
from yinxin.gate.execution import THIS_EXECUTION
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.actor import Channel
from yinxin.kernel.fact import Fact
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.ledger import queries as ledger
from yinxin.ledger.posting import Entry, place_hold, post, release_hold
from yinxin.ledger.posting import subject_of as account_subject
from yinxin.ledger.rules import NOT_CUSTOMER_ACCOUNT, require_currency
from yinxin.people.queries import bank_today
from yinxin.seals import queries as seals
from yinxin.seals import verification
from yinxin.seals.commands import SealExamination
from yinxin.seals.facts import SealsExamined
from yinxin.seals.scans import require_scan
from yinxin.vault import blobs

from .. import check_rules, limits, rules
from ..commands import (
    ReceiveTransfer,
    RecordChecks,
    RejectTransfer,
    ReleaseTransfer,
    SubmitTransfer,
)
from ..facts import (
    ChecksRecorded,
    TransferReceived,
    TransferRejected,
    TransferReleased,
    TransferSubmitted,
)
from ..models import Check, Step, Transfer
from ..personal import all_opened, payee_digest, sealed
from ..rows import check_row
from ..rules import CheckName, Verdict

State = Transfer.State

explains("transfers_transfer_claim_once", rules.DUPLICATE_JUST_RECEIVED)


@handles(ReceiveTransfer)
def receive_transfer(command: ReceiveTransfer, context: Context) -> Fact:
    today = bank_today()
    account = ledger.accounts_for(context.actor).filter(id=command.account_id).first()
    if account is None:
        raise Refused(NOT_FOUND)
    context.about(account_subject(account))
    if account.customer_id is None:
        raise Refused(NOT_CUSTOMER_ACCOUNT, number=account.number)
    require_currency(account.number, account.currency, command.money.currency)
    rules.require_issued(command.issued_on, today)
    require_page(command.page, context)
    digest = payee_digest(command.payee_account)
    _require_new(command, digest)
    transfer_id = context.new_id()
    transfer = Transfer.objects.create(
        id=transfer_id,
        number=context.draw_number("TR", today),
        account=account,
        customer_id=account.customer_id,
        branch=account.branch,
        payee_digest=digest,
        amount=command.money.amount,
        currency=command.money.currency,
        amount_in_words=command.amount_in_words,
        instruction_number=command.instruction_number,
        issued_on=command.issued_on,
        channel=context.actor.channel,
        page_id=kept_page(command.page, context, account.customer_id),
        page_dpi=command.page_dpi,
        agent_id=command.agent_id,
        received_at=context.now,
        **sealed(
            account.customer_id,
            transfer_id,
            payee_name=command.payee_name,
            payee_account=command.payee_account,
            payee_bank=command.payee_bank,
            purpose=command.purpose,
        ),
    )
    context.subjects.insert(0, subject_of(transfer))
    enter(transfer, State.RECEIVED, context)
    context.enqueue("transfers.check", transfer_id=str(transfer.id))
    return TransferReceived(
        number=transfer.number,
        account=account.number,
        money=command.money,
        payee_name=command.payee_name,
        payee_account=command.payee_account,
        payee_bank=command.payee_bank,
        purpose=command.purpose,
    )


@handles(RecordChecks)
def record_checks(command: RecordChecks, context: Context) -> list[Fact]:
    transfer = locked(command.transfer_id, context, rules.NOT_RECEIVED, State.RECEIVED)
    facts: list[Fact] = []
    seal = check_rules.check_seal(None)
    if command.examination:
        examined = verification.record(context, subject_of(transfer), command.examination)
        seal = check_rules.check_seal(examined.verdict, seen(examined, command.examination))
        facts.append(examined)
    results = (*command.results, seal)
    Check.objects.bulk_create(check_row(result, context, transfer=transfer) for result in results)
    enter(transfer, State.CHECKED, context)
    return [*facts, ChecksRecorded(number=transfer.number, results=results)]


@handles(SubmitTransfer)
def submit_transfer(command: SubmitTransfer, context: Context) -> Fact:
    transfer = locked(command.transfer_id, context, rules.NOT_CHECKED, State.CHECKED)
    conclusion = seal_conclusion(context, subject_of(transfer))
    verdicts = rules.by_eye(verdicts_of(transfer), conclusion)
    rules.require_submittable(verdicts, command.override_reason)
    money = Money(transfer.amount, transfer.currency)
    require_alone(transfer)
    context.about(account_subject(transfer.account))
    transfer.submitted_on = bank_today()
    limits.require_within(
        context.actor,
        transfer.account,
        limits.product_of(transfer.channel),
        money,
        transfer.submitted_on,
    )
    place_hold(context, transfer.account_id, money, transfer.id, transfer.number)
    transfer.override_reason = command.override_reason
    enter(transfer, State.SUBMITTED, context)
    return TransferSubmitted(
        number=transfer.number, money=money, override_reason=command.override_reason
    )


@handles(ReleaseTransfer)
def release_transfer(command: ReleaseTransfer, context: Context) -> Fact:
    transfer = locked(command.transfer_id, context, rules.NOT_SUBMITTED, State.SUBMITTED)
    require_alone(transfer)
    money = Money(transfer.amount, transfer.currency)
    payer = customers.active(context.actor, transfer.customer_id)
    context.measure(Measure(money, transfer.channel, payer.rating, transfer.branch))
    context.about(account_subject(transfer.account))
    in_doubt = tuple(rules.in_doubt(verdicts_of(transfer)))
    personal = all_opened(transfer)
    payee = personal["payee_account"]
    target, transfer.settlement = paid_to(context, transfer.currency, [payee])[payee]
    transfer.credited_id = target.id
    entry = Entry(
        debit=transfer.account_id,
        credit=target.id,
        money=money,
        cause=transfer.id,
        reference=transfer.number,
        counterparty=personal["payee_name"],
        narrative=personal["purpose"],
        owner=transfer.customer_id,
    )
    post(context, [entry], consuming=[transfer.id])
    transfer.voucher = context.draw_number("VO", bank_today())
    enter(transfer, State.RELEASED, context)
    if transfer.settlement == Transfer.Settlement.WAITING:
        context.enqueue("transfers.dispatch", account_id=str(target.id))
    return TransferReleased(
        number=transfer.number,
        voucher=transfer.voucher,
        account=transfer.account.number,
        clearing_account=target.number,
        money=money,
        in_doubt=in_doubt,
        override_reason=transfer.override_reason,
        **personal,
    )


@handles(RejectTransfer)
def reject_transfer(command: RejectTransfer, context: Context) -> Fact:
    transfer = locked(
        command.transfer_id,
        context,
        rules.TRANSFER_ENDED,
        State.RECEIVED,
        State.CHECKED,
        State.SUBMITTED,
    )
    rules.require_reasons(verdicts_of(transfer), command.checks)
    if transfer.state == State.SUBMITTED:
        require_alone(transfer)
        context.about(account_subject(transfer.account))
        release_hold(context, transfer.id)
    transfer.rejection = command.reason
    transfer.rejected_for = list(command.checks)
    enter(transfer, State.REJECTED, context)
    return TransferRejected(number=transfer.number, checks=command.checks, reason=command.reason)


def paid_to(
    context: Context, currency: str, payees: Iterable[str]
) -> dict[str, tuple[ledger.Account, Transfer.Settlement]]:
    """Where money goes: to an account of this house, else out through the nostro account.

    Raises Refused(no_clearing_account) where it must go out and there is no way.
    """
    numbers = set(payees)
    here = ledger.in_house(context.actor, numbers)
    clearing = ledger.nostro(context.actor, currency)
    if clearing is None and numbers - here.keys():
        raise Refused(rules.NO_CLEARING_ACCOUNT, currency=currency)
    out = (clearing, Transfer.Settlement.WAITING)
    return {
        number: (here[number], Transfer.Settlement.BOOK) if number in here else out
        for number in numbers
    }  # type: ignore[return-value]  # out is only used where it is one


def require_alone(transfer: Transfer) -> None:
    if transfer.batch_id is not None:
        raise Refused(rules.TRANSFER_OF_BATCH, number=transfer.number, batch=transfer.batch.number)


def subject_of(transfer: Transfer) -> Subject:
    return Subject(
        "transfers.transfer",
        transfer.id,
        transfer.number,
        transfer.customer_id,
        transfer.branch,
    )


def require_page(page: UUID | None, context: Context) -> None:
    if page is None and context.actor.channel is not Channel.API:
        raise Refused(rules.PAGE_MISSING)


def _require_new(command: ReceiveTransfer, digest: bytes) -> None:
    """The unique claim of the table decides races; this one can say which transfer it was."""
    earlier = (
        Transfer.objects.filter(
            account_id=command.account_id,
            issued_on=command.issued_on,
            amount=command.money.amount,
            currency=command.money.currency,
            payee_digest=digest,
            instruction_number=command.instruction_number,
        )
        .exclude(state=State.REJECTED)
        .first()
    )
    if earlier is not None:
        raise Refused(rules.DUPLICATE_INSTRUCTION, number=earlier.number)


def kept_page(page: UUID | None, context: Context, owner: UUID) -> UUID | None:
    if page is None:
        return None
    require_scan(blobs.read_staged(context.actor.id, page), "page")
    return blobs.keep(context.actor.id, page, owner).id


def locked(transfer_id: UUID, context: Context, refusal: str, *allowed: str) -> Transfer:
    """A transfer below the actor's branch, locked and in one of the states allowed."""
    transfer = (
        Transfer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account")
        .filter(id=transfer_id, branch__startswith=context.actor.branch)
        .first()
    )
    if transfer is None:
        raise Refused(NOT_FOUND)
    context.about(subject_of(transfer))
    rules.require_state(refusal, transfer.number, transfer.state, *allowed)
    return transfer


def seen(examined: SealsExamined, examination: SealExamination) -> list[Text]:
    """What is wrong with the seals: of the page, then of each imprint."""
    differences = (each for finding in examination.findings for each in finding.differences)
    return list(dict.fromkeys([*examined.reasons, *differences]))


def seal_conclusion(context: Context, item: Subject) -> str:
    """What counts of the latest examination of an item: the engine's verdict, or two persons'."""
    for latest in seals.verifications_of(context.actor, item.kind, item.id)[:1]:
        return latest.conclusion or "uncertain"
    return ""


def verdicts_of(transfer: Transfer) -> dict[CheckName, Verdict]:
    checks = transfer.checks.order_by("id").values_list("name", "verdict")
    return {CheckName(name): Verdict(verdict) for name, verdict in checks}


def enter(transfer: Transfer, state: State, context: Context) -> None:
    """Write the transfer in its new state, and the step that brought it there."""
    if transfer.state != state:
        transfer.state = state
        transfer.save(
            update_fields=[
                "state",
                "override_reason",
                "voucher",
                "rejection",
                "rejected_for",
                "settlement",
                "credited_id",
                "submitted_on",
            ]
        )
    Step.objects.create(
        id=context.new_id(),
        transfer=transfer,
        state=state,
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        execution_id=THIS_EXECUTION,  # type: ignore[misc]
        at=context.now,
    )

"""What becomes of money that left for another bank: sent, accepted, settled or returned (退汇)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from yinxin.gate.context import INSTITUTION, Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.fact import Fact
from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger
from yinxin.ledger.posting import reverse
from yinxin.people.queries import bank_today, head_office
from yinxin.vault import blobs

from .. import rules
from ..commands import (
    CloseStrayAnswer,
    DispatchPayments,
    FetchStrayAnswer,
    ImportAnswer,
    SetAnswerAside,
    TakeAnswer,
)
from ..facts import (
    AnswerShelved,
    AnswerTaken,
    PaymentsDispatched,
    StrayAnswerClosed,
    StrayAnswerFetched,
    TransferReturned,
)
from ..models import Answer, Dispatch, StrayAnswer, StrayTicket, Transfer
from ..rails import answers
from ..rails.answers import Came, Outcome
from ..rows import insert_steps
from .steps import subject_of

Settlement = Transfer.Settlement
FROM = {
    Came.ACCEPTED: (Settlement.SENT,),
    Came.SETTLED: (Settlement.SENT, Settlement.ACCEPTED),
    Came.RETURNED: (Settlement.SENT, Settlement.ACCEPTED, Settlement.SETTLED),
}
RETURNED = "退汇"
LONGEST_WHY = 500

explains("transfers_answer_once", rules.ANSWER_TAKEN_ALREADY)
explains("transfers_stray_once", rules.STRAY_JUST_SET_ASIDE)


@handles(DispatchPayments)
def dispatch_payments(command: DispatchPayments, context: Context) -> Fact:
    rows = _locked(id__in=command.transfer_ids, credited_id=command.account_id)
    waiting = [row for row in rows if row.settlement == Settlement.WAITING]
    if len(waiting) < len(command.transfer_ids) or ledger.reversals_of(command.transfer_ids):
        raise Refused(rules.DISPATCH_STALE)
    account = ledger.own_accounts(context.actor).get(id=command.account_id)
    file = blobs.keep(context.actor.id, command.file, INSTITUTION)
    total = Money(sum(row.amount for row in rows), account.currency)
    dispatch = Dispatch.objects.create(
        id=context.new_id(),
        number=command.message_id,
        account=account,
        file_id=file.id,
        count=len(rows),
        total=total.amount,
        currency=total.currency,
        sent_at=context.now,
    )
    context.about(
        Subject("transfers.dispatch", dispatch.id, dispatch.number, branch=account.branch)
    )
    Transfer.objects.filter(id__in=[row.id for row in rows]).update(dispatch=dispatch)
    _enter(rows, Settlement.SENT, context)
    return PaymentsDispatched(
        number=dispatch.number, account=account.number, count=len(rows), total=total
    )


@handles(TakeAnswer)
def take_answer(command: TakeAnswer, context: Context) -> list[Fact]:
    return _applied(command.file, context)


@handles(ImportAnswer)
def import_answer(command: ImportAnswer, context: Context) -> list[Fact]:
    return _applied(command.file, context)


@handles(SetAnswerAside)
def set_answer_aside(command: SetAnswerAside, context: Context) -> Fact:
    blob = blobs.keep(context.actor.id, command.file, INSTITUTION)
    stray = StrayAnswer.objects.create(
        id=context.new_id(),
        number=context.draw_number("RA", bank_today()),
        branch=head_office(),
        file_id=blob.id,
        digest=bytes(blob.digest),
        zh=command.why.zh[:LONGEST_WHY],
        en=command.why.en[:LONGEST_WHY],
        came_at=context.now,
    )
    context.about(_stray_subject(stray))
    return AnswerShelved(number=stray.number, why=command.why)


@handles(FetchStrayAnswer)
def fetch_stray_answer(command: FetchStrayAnswer, context: Context) -> Fact:
    stray = _stray(command.stray_id, context)
    until = context.now + rules.FETCHED_WITHIN
    StrayTicket.objects.create(
        id=context.new_id(), stray=stray, actor_id=context.actor.id, until=until
    )
    return StrayAnswerFetched(number=stray.number, until=until)


@handles(CloseStrayAnswer)
def close_stray_answer(command: CloseStrayAnswer, context: Context) -> Fact:
    stray = _stray(command.stray_id, context)
    if stray.closed_at is not None:
        raise Refused(rules.STRAY_CLOSED, number=stray.number)
    stray.remark = command.remark
    stray.closed_by_name, stray.closed_at = context.actor.name, context.now
    stray.save(update_fields=["remark", "closed_by_name", "closed_at"])
    return StrayAnswerClosed(number=stray.number, remark=command.remark)


def _stray(stray_id: UUID, context: Context) -> StrayAnswer:
    rows = StrayAnswer.objects.select_for_update().filter(id=stray_id)
    stray = rows.filter(branch__startswith=context.actor.branch).first()
    if stray is None:
        raise Refused(NOT_FOUND)
    context.about(_stray_subject(stray))
    return stray


def _stray_subject(stray: StrayAnswer) -> Subject:
    return Subject("transfers.strayanswer", stray.id, stray.number, branch=stray.branch)


def _applied(file: UUID, context: Context) -> list[Fact]:
    answer = _read(blobs.read_staged(context.actor.id, file))
    outcomes = {each.end_to_end_id: each for each in _outcomes(answer)}
    rows = _locked(number__in=outcomes, dispatch__isnull=False)
    taken = Answer.objects.create(
        id=context.new_id(),
        kind=answer.kind,
        message_id=answer.message_id,
        file_id=blobs.keep(context.actor.id, file, INSTITUTION).id,
        applied=len(rows),
        unknown=len(outcomes) - len(rows),
        received_at=context.now,
    )
    context.about(Subject("transfers.answer", taken.id, taken.message_id))
    facts: list[Fact] = []
    for came in Came:
        moving = [
            row
            for row in rows
            if outcomes[row.number].came is came and row.settlement in FROM[came]
        ]
        _require_amounts(moving, outcomes)
        if came is Came.RETURNED:
            facts += [_returned(row, outcomes[row.number].reason, context) for row in moving]
        _enter(moving, Settlement(came), context)
    told = AnswerTaken(
        kind=answer.kind,
        message_id=answer.message_id,
        applied=taken.applied,
        unknown=taken.unknown,
    )
    return [told, *facts]


def _returned(row: Transfer, reason: str, context: Context) -> Fact:
    """What somebody took back by hand already (冲正) is not booked again."""
    posting = ledger.posting_of(row.id)
    assert posting, "what was released was posted"
    context.about(subject_of(row))
    if row.id not in ledger.reversals_of([row.id]):
        reverse(context, posting, row.number, f"{RETURNED} {reason}".strip())
    return TransferReturned(
        number=row.number,
        account=row.account.number,
        money=Money(row.amount, row.currency),
        reason=reason or RETURNED,
    )


def _outcomes(answer: answers.Answer) -> Iterable[Outcome]:
    if not answer.all_refused:
        return answer.outcomes
    numbers = Transfer.objects.filter(dispatch__number=answer.of).values_list("number", flat=True)
    return [Outcome(number, Came.RETURNED, answer.all_refused) for number in numbers]


def _require_amounts(rows: Sequence[Transfer], outcomes: dict[str, Outcome]) -> None:
    for row in rows:
        money, told = Money(row.amount, row.currency), outcomes[row.number].money
        if told is not None and told != money:
            raise Refused(
                rules.RETURN_AMOUNT_DIFFERS, number=row.number, returned=told, money=money
            )


def _locked(**which: object) -> list[Transfer]:
    rows = Transfer.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    return list(rows.filter(**which).order_by("id"))


def _enter(rows: Sequence[Transfer], settlement: Settlement, context: Context) -> None:
    ids = [row.id for row in rows]
    Transfer.objects.filter(id__in=ids).update(settlement=settlement)
    insert_steps(ids, settlement, context)


def _read(content: bytes) -> answers.Answer:
    try:
        return answers.read(content)
    except Unreadable as broken:
        raise Refused(
            rules.ANSWER_UNREADABLE,
            reason_zh=broken.sentence.zh,
            reason_en=broken.sentence.en,
            place=broken.place,
        ) from broken

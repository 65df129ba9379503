"""人工比对、复核、重验、退票: what people do with what the engine found."""

from yinxin.gate.context import Context, Subject
from yinxin.gate.execution import THIS_EXECUTION
from yinxin.gate.registry import explains, handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today
from yinxin.vault import blobs

from .. import combination, noes, queries, rules, verification, versions
from ..commands import (
    COMPARERS,
    CompareSeals,
    ConfirmComparison,
    IssueReturnNotice,
    RerunVerification,
)
from ..facts import ComparisonConfirmed, ReturnNoticeIssued, SealsCompared, VerificationRepeated
from ..models import Comparison, ReturnNotice, SealCard, Specimen, Verification
from ..rules import Verdict
from ..verification import Item, Standard
from .locking import item_of, owner_of, visible_verification

explains("seals_comparison_pkey", noes.COMPARED_ALREADY)


@handles(CompareSeals)
def compare_seals(command: CompareSeals, context: Context) -> Fact:
    row = visible_verification(command.verification_id, context)
    if row.verdict not in (Verdict.UNCERTAIN, Verdict.FORGED):
        raise Refused(noes.VERDICT_AUTOMATIC)
    Comparison.objects.create(
        verification=row,
        verdict=command.verdict,
        remark=command.remark,
        compared_by_id=context.actor.id,
        compared_by_name=context.actor.name,
        compared_authority_id=rules.authorities(context.actor, COMPARERS)[0],
        compared_at=context.now,
    )
    return SealsCompared(item=row.item_number, verdict=command.verdict, remark=command.remark)


@handles(ConfirmComparison)
def confirm_comparison(command: ConfirmComparison, context: Context) -> Fact:
    row = visible_verification(command.verification_id, context)
    one = Comparison.objects.select_for_update().filter(verification=row, agrees=None).first()
    if one is None:
        raise Refused(noes.COMPARISON_MISSING)
    one.confirmed_authority_id = rules.another_authority(
        context.actor,
        command.meta.makers,
        (one.compared_by_id, one.compared_authority_id),
        noes.COMPARED_BY_ANOTHER,
    )
    one.agrees, one.confirmed_remark = command.agrees, command.remark
    one.confirmed_by_id, one.confirmed_by_name = context.actor.id, context.actor.name
    one.confirmed_at = context.now
    one.save()
    return ComparisonConfirmed(
        item=row.item_number,
        verdict=Verdict(one.verdict),
        agrees=command.agrees,
        remark=command.remark,
    )


@handles(RerunVerification)
def rerun_verification(command: RerunVerification, context: Context) -> Fact:
    """The same page, versions, combination and threshold as then. A card that was stopped since
    is compared all the same: this asks about the engine, not about the card."""
    row = visible_verification(command.verification_id, context)
    if row.page is None or row.card is None:
        raise Refused(noes.PAGE_NOT_KEPT)
    money = Money(row.amount, row.currency) if row.amount is not None and row.currency else None
    item = Item(row.account_id, row.on, money, row.instrument or "", row.page_id)
    specimens = _compared_then(row, row.card)
    answer = verification.compare(
        row.card,
        specimens,
        blobs.read(row.page),
        row.dpi,
        item,
        Standard(
            combination.parse(row.rule) if row.rule else versions.all_of(specimens),
            row.rule or "",
            versions.threshold_at(money, row.at) if _held_to_thresholds(row) else None,
        ),
    ).answer
    again = verification.write(context, item_of(row), row.card, answer, rerun_of=row)
    context.about(Subject("seals.verification", again.id, row.item_number, row.card.customer_id))
    return VerificationRepeated(
        item=row.item_number,
        before=Verdict(row.verdict),
        engine_before=row.engine,
        verdict=answer.verdict,
        engine=answer.engine,
    )


@handles(IssueReturnNotice)
def issue_return_notice(command: IssueReturnNotice, context: Context) -> Fact:
    row = visible_verification(command.verification_id, context)
    if queries.conclusion_of(row) is Verdict.GENUINE:
        raise Refused(noes.NOTHING_TO_RETURN)
    known = queries.return_reasons(context.now)
    for code in command.codes:
        if code not in known:
            raise Refused(noes.RETURN_REASON_UNKNOWN, reason=code)
    reasons = tuple(known[code] for code in dict.fromkeys(command.codes))
    notice = ReturnNotice.objects.create(
        id=context.new_id(),
        number=context.draw_number("RN", bank_today()),
        verification=row,
        codes=list(dict.fromkeys(command.codes)),
        reasons=[{"zh": each.zh, "en": each.en} for each in reasons],
        remark=command.remark,
        by_name=context.actor.name,
        execution_id=THIS_EXECUTION,  # type: ignore[misc]  # an expression
        at=context.now,
    )
    context.about(
        Subject("seals.returnnotice", notice.id, notice.number, owner_of(row), row.branch)
    )
    return ReturnNoticeIssued(number=notice.number, item=row.item_number, reasons=reasons)


def _compared_then(row: Verification, card: SealCard) -> list[Specimen]:
    found = Specimen.objects.select_related("seal__card").filter(findings__verification=row)
    return list(found.order_by("seal_id")) or versions.specimens_on(card, row.on)


def _held_to_thresholds(row: Verification) -> bool:
    """The check of a new card is held to the engine's own limits alone."""
    return row.item_kind != "seals.sealcard"

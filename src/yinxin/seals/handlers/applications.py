"""申请、挂失、审核: what customers ask for, and the second person who says yes or no."""

from datetime import date
from uuid import UUID

from yinxin.customers import queries as customers
from yinxin.gate.context import Context
from yinxin.gate.registry import handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today
from yinxin.vault import blobs
from yinxin.vault.models import Blob
from yinxin.vault.sealing import seal_text

from .. import noes, rules, scans
from ..commands import RECEIVERS, STOPPERS, ApplySeal, ReportLoss, ReviewApplication
from ..facts import ApplicationReviewed, LossReported, SealApplied
from ..models import Application, Seal, SealCard
from ..rules import Action, Cause, Progress, State
from .locking import application_subject, locked_application, locked_card

LETTERS = (*RECEIVERS, *STOPPERS)


@handles(ApplySeal)
def apply_seal(command: ApplySeal, context: Context) -> Fact:
    customer = customers.active(context.actor, command.customer_id)
    card = locked_card(command.card_id, context) if command.card_id else None
    if (card is None) is not (command.action is Action.OPEN) or (
        card is None and command.account_id is None
    ):
        raise Refused(noes.CARD_NEEDED)
    if card:
        rules.require_not_ended(card.state, card.number)
        if card.customer_id != customer.id:
            raise Refused(NOT_FOUND)
    replaced = command.action is Action.CHANGE and command.cause is not Cause.ADDED
    if replaced and command.seal_id is None:
        raise Refused(noes.SEAL_NEEDED)
    application = _applied(
        context,
        customer,
        card,
        action=command.action,
        cause=command.cause,
        seal=_seal_of(card, command.seal_id),
        account_id=None if card else command.account_id,
        applicant=command.applicant,
        explanation=command.explanation,
        wanted_on=command.wanted_on,
        letter=command.letter,
    )
    return _told(application, card)


@handles(ReportLoss)
def report_loss(command: ReportLoss, context: Context) -> list[Fact]:
    """The stop does not wait for the review."""
    card = locked_card(command.card_id, context)
    rules.require_state(card.state, State.ACTIVE, card.number, State.FROZEN, State.LOST)
    customer = customers.brief(context.actor, card.customer_id)
    lost = _seal_of(card, command.seal_id)
    if lost is None:
        raise Refused(NOT_FOUND)
    application = _applied(
        context,
        customer,
        card,
        action=Action.LOSS,
        cause=command.cause,
        seal=lost,
        applicant=command.applicant,
        explanation=command.explanation,
        letter=command.letter,
    )
    card.state = State.LOST
    card.save(update_fields=["state"])
    stopped = LossReported(number=card.number, seal=lost.name, applicant=command.applicant)
    return [stopped, _told(application, card)]


@handles(ReviewApplication)
def review_application(command: ReviewApplication, context: Context) -> Fact:
    application = locked_application(command.application_id, context)
    rules.require_progress(application.state, Progress.APPLIED, application.number)
    application.reviewed_authority_id = rules.another_authority(
        context.actor,
        command.meta.makers,
        (application.applied_by_id, application.applied_authority_id),
        noes.APPLICATION_REVIEWED_BY_ANOTHER,
    )
    application.reviewed_by_id = context.actor.id
    application.reviewed_by_name = context.actor.name
    application.reviewed_at = context.now
    application.opinion = command.opinion
    application.state = Progress.ACCEPTED if command.accepted else Progress.REFUSED
    application.save()
    return ApplicationReviewed(
        number=application.number, accepted=command.accepted, opinion=command.opinion
    )


def _applied(
    context: Context,
    customer: customers.Brief,
    card: SealCard | None,
    *,
    action: Action,
    cause: Cause,
    seal: Seal | None,
    applicant: str,
    explanation: str,
    letter: UUID | None,
    account_id: UUID | None = None,
    wanted_on: date | None = None,
) -> Application:
    application_id, today = context.new_id(), bank_today()
    place = f"seals.application.applicant:{application_id}"
    application = Application.objects.create(
        id=application_id,
        number=context.draw_number("SA", today),
        customer_id=customer.id,
        branch=card.branch if card else customer.branch,
        action=action,
        cause=cause,
        card=card,
        seal=seal,
        account_id=account_id,
        sealed_applicant=seal_text(customer.id, place, applicant),
        explanation=explanation,
        wanted_on=wanted_on,
        letter=_kept(letter, customer.id, context) if letter else None,
        channel=context.actor.channel,
        applied_by_id=context.actor.id,
        applied_by_name=context.actor.name,
        applied_authority_id=rules.authorities(context.actor, LETTERS)[0],
        applied_at=context.now,
        applied_on=today,
    )
    context.subjects.insert(0, application_subject(application))
    return application


def _kept(letter: UUID, owner: UUID, context: Context) -> Blob:
    scans.require_scan(blobs.read_staged(context.actor.id, letter), "letter")
    return blobs.keep(context.actor.id, letter, owner)


def _seal_of(card: SealCard | None, seal_id: UUID | None) -> Seal | None:
    if seal_id is None:
        return None
    found = Seal.objects.select_related("card").filter(id=seal_id, card=card).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def _told(application: Application, card: SealCard | None) -> SealApplied:
    return SealApplied(
        number=application.number,
        action=Action(application.action),
        cause=Cause(application.cause),
        about=card.number if card else application.customer.number,
        applicant=application.applicant,
    )

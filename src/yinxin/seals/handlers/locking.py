"""The rows that handlers hold while they decide: the card first, then its application."""

from uuid import UUID

from yinxin.gate.context import INSTITUTION, Context, Subject
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.refusals import Refused

from .. import verification
from ..models import Application, SealCard, Verification


def locked_card(card_id: UUID, context: Context) -> SealCard:
    card = SealCard.objects.select_for_update().filter(id=card_id).first()
    if card is None or not context.actor.oversees(card.branch):
        raise Refused(NOT_FOUND)
    context.about(verification.subject_of(card))
    return card


def locked_card_of(application_id: UUID, context: Context) -> SealCard:
    found = Application.objects.filter(id=application_id).values_list("card_id", flat=True).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return locked_card(found, context)


def locked_application(application_id: UUID, context: Context) -> Application:
    application = (
        Application.objects.select_for_update(of=("self",)).filter(id=application_id).first()
    )
    if application is None or not context.actor.oversees(application.branch):
        raise Refused(NOT_FOUND)
    context.about(application_subject(application))
    return application


def visible_verification(verification_id: UUID, context: Context) -> Verification:
    row = Verification.objects.select_related("card").filter(id=verification_id).first()
    if row is None or not context.actor.oversees(row.branch):
        raise Refused(NOT_FOUND)
    context.about(item_of(row))
    if row.card:
        context.about(verification.subject_of(row.card))
    return row


def item_of(row: Verification) -> Subject:
    return Subject(row.item_kind, row.item_id, row.item_number, owner_of(row), row.branch)


def owner_of(row: Verification) -> UUID:
    return row.card.customer_id if row.card else INSTITUTION


def application_subject(application: Application) -> Subject:
    return Subject(
        "seals.application",
        application.id,
        application.number,
        application.customer_id,
        application.branch,
    )

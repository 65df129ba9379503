"""Stopping a card, ending it and its seals, and the accounts and papers that follow it."""

from datetime import date

from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest

from yinxin.gate.context import Context
from yinxin.gate.models import TwoPersonAct
from yinxin.gate.registry import actor_now, explains, handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.actor import Channel
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today

from .. import combination, noes, rules, versions
from ..commands import (
    CancelSeals,
    DestroyCard,
    FreezeCard,
    IssueCopy,
    ShareCard,
    UnfreezeCard,
    UnshareCard,
)
from ..facts import (
    CardDestroyed,
    CardFrozen,
    CardShared,
    CardUnfrozen,
    CardUnshared,
    CopyIssued,
    SealsCancelled,
)
from ..models import CardCopy, Seal, SealCard, SharedAccount, Specimen
from ..rules import Action, Progress, State
from .locking import locked_card

explains("seals_shared_account_once", noes.ACCOUNT_SHARED_ALREADY)
explains("seals_copy_once", noes.COPY_ISSUED)


@handles(FreezeCard)
def freeze_card(command: FreezeCard, context: Context) -> Fact:
    card = locked_card(command.card_id, context)
    rules.require_state(card.state, State.ACTIVE, card.number)
    card.state = State.FROZEN
    card.save(update_fields=["state"])
    return CardFrozen(number=card.number, account_number=card.account_number, reason=command.reason)


@handles(UnfreezeCard)
def unfreeze_card(command: UnfreezeCard, context: Context) -> Fact:
    card = locked_card(command.card_id, context)
    rules.require_state(card.state, State.FROZEN, card.number, State.LOST)
    context.measure(Measure(branch=card.branch))
    card.applications.filter(
        action=Action.LOSS, state__in=(Progress.APPLIED, Progress.ACCEPTED)
    ).update(state=Progress.LIFTED)
    card.state = State.ACTIVE
    card.save(update_fields=["state"])
    return CardUnfrozen(
        number=card.number, account_number=card.account_number, reason=command.reason
    )


@handles(CancelSeals)
def cancel_seals(command: CancelSeals, context: Context) -> Fact:
    card, today = locked_card(command.card_id, context), bank_today()
    context.measure(Measure(branch=card.branch))
    rules.require_not_ended(card.state, card.number)
    specimens = Specimen.objects.filter(seal__card=card)
    name = ""
    if command.seal_id:
        one = Seal.objects.select_related("card").filter(id=command.seal_id, card=card).first()
        if one is None:
            raise Refused(NOT_FOUND)
        _require_not_needed(card, one, today)
        specimens, name = specimens.filter(seal=one), one.name
    specimens.filter(state=State.ENTERED).update(state=State.CANCELLED)
    specimens.filter(Q(to_on=None) | Q(to_on__gt=today), state=State.ACTIVE).update(
        to_on=Greatest(Coalesce("from_on", today), today), ended_for=Action.CANCEL
    )
    if not command.seal_id:
        card.shared.filter(to_on=None).update(to_on=Greatest("from_on", today))
        card.state, card.ended_on = State.CANCELLED, today
        card.save(update_fields=["state", "ended_on"])
    card.applications.filter(
        action=Action.CANCEL, seal=command.seal_id, state=Progress.ACCEPTED
    ).update(state=Progress.DONE)
    return SealsCancelled(number=card.number, seal=name, ended_on=today, reason=command.reason)


@handles(DestroyCard)
def destroy_card(command: DestroyCard, context: Context) -> Fact:
    """双人销毁: the second person is who approves; the preview has none and changes nothing."""
    card = locked_card(command.card_id, context)
    rules.require_state(card.state, State.CANCELLED, card.number)
    context.measure(Measure(branch=card.branch))
    if context.approvers:
        second = actor_now(context.approvers[0], Channel.WEB)
        card.destruction = TwoPersonAct.objects.create(
            id=context.new_id(),
            act=command.meta.name,
            subject_kind="seals.sealcard",
            subject_id=card.id,
            first_id=context.actor.id,
            first_name=context.actor.name,
            second_id=context.approvers[0],
            second_name=second.name if second else "",
            reason=command.reason,
            at=context.now,
        )
        card.state = State.DESTROYED
        card.save(update_fields=["state", "destruction"])
    return CardDestroyed(number=card.number, copies=card.copies.count(), reason=command.reason)


@handles(ShareCard)
def share_card(command: ShareCard, context: Context) -> Fact:
    card, today = locked_card(command.card_id, context), bank_today()
    rules.require_state(card.state, State.ACTIVE, card.number)
    if command.account_id == card.account_id:
        raise Refused(noes.ACCOUNT_SHARED_ALREADY)
    SharedAccount.objects.create(
        id=context.new_id(),
        card=card,
        account_id=command.account_id,
        account_number=command.account_number,
        from_on=today,
    )
    return CardShared(number=card.number, account_number=command.account_number, from_on=today)


@handles(UnshareCard)
def unshare_card(command: UnshareCard, context: Context) -> Fact:
    card, today = locked_card(command.card_id, context), bank_today()
    share = card.shared.filter(account_id=command.account_id, to_on=None).first()
    if share is None:
        raise Refused(noes.ACCOUNT_NOT_SHARED)
    share.to_on = max(today, share.from_on)
    share.save(update_fields=["to_on"])
    return CardUnshared(
        number=card.number,
        account_number=share.account_number,
        to_on=share.to_on,
        reason=command.reason,
    )


@handles(IssueCopy)
def issue_copy(command: IssueCopy, context: Context) -> Fact:
    card = locked_card(command.card_id, context)
    rules.require_not_ended(card.state, card.number)
    CardCopy.objects.create(
        id=context.new_id(),
        card=card,
        kind=command.kind,
        ordinal=command.ordinal,
        kept_at=command.kept_at,
        issued_by_name=context.actor.name,
        issued_at=context.now,
    )
    return CopyIssued(
        number=card.number, kind=command.kind, ordinal=command.ordinal, kept_at=command.kept_at
    )


def _require_not_needed(card: SealCard, one: Seal, today: date) -> None:
    """No combination may go on to need a seal that is gone."""
    left = [versions.which(each) for each in card.seals.exclude(id=one.id)]
    for each in card.combinations.filter(Q(to_on=None) | Q(to_on__gt=today)):
        if combination.unknown_in(combination.parse(each.expression), left):
            raise Refused(noes.SEAL_IN_COMBINATION, rule=each.expression)

"""双人建库: entering and checking reserved seals; freezing cards."""

from decimal import Decimal
from uuid import UUID

from yinxin.customers import queries as customers
from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today
from yinxin.vault import blobs
from yinxin.vault.sealing import seal, seal_text

from . import rules, scans, verification
from .commands import CHECKERS, ENTERERS, CheckSeals, EnterSeal, FreezeCard, UnfreezeCard
from .facts import CardFrozen, CardUnfrozen, SealCheckDiffered, SealEntered, SealsChecked
from .models import Seal, SealCard, Specimen
from .rules import KIND_TITLES, Kind, State, Verdict
from .vision import Specimen as Template
from .vision.verdicts import ENGINE

explains("seals_card_one_in_force", rules.CARD_JUST_ENTERED)


@handles(EnterSeal)
def enter_seal(command: EnterSeal, context: Context) -> Fact:
    """The enrolment runs here, on the staged bytes and before any row is locked: a third of a
    second for a rare act is cheaper than a second way to carry its result."""
    customer = customers.active(context.actor, command.customer_id)
    context.about(
        Subject("customers.customer", customer.id, customer.number, customer.id, customer.branch)
    )
    template = scans.enrolled(blobs.read_staged(context.actor.id, command.scan), command.dpi)
    card = _card_to_enter_on(command, customer, context)
    context.about(verification.subject_of(card))
    if card.seals.filter(kind=command.kind).exists():
        raise Refused(rules.SEAL_ON_CARD, number=card.number)
    name = command.name or f"{customer.name} {KIND_TITLES[command.kind].zh}"
    one = _add_seal(card, command.kind, name, context)
    specimen = _add_specimen(one, template, command.scan, context)
    return SealEntered(
        number=card.number,
        account_number=card.account_number,
        kind=command.kind,
        name=name,
        width_mm=specimen.width_mm,
        height_mm=specimen.height_mm,
    )


@handles(CheckSeals)
def check_seals(command: CheckSeals, context: Context) -> Fact:
    """The card's own rule decides: every seal of it must be genuine on the checker's scan. The
    comparison runs here, about half a second an imprint and seal, while only this card is locked.
    """
    card = _locked(command.card_id, context)
    rules.require_state(card.state, State.ENTERED, card.number)
    specimens = list(Specimen.objects.select_related("seal__card").filter(seal__card=card))
    entered_by = {each.entered_by_id for each in specimens}
    entered_by |= {each.entered_authority_id for each in specimens}
    authority = rules.checking_authority(context.actor, CHECKERS, entered_by)
    scan = blobs.read_staged(context.actor.id, command.scan)
    today = bank_today()
    examined = verification.compare(card, specimens, scan, command.dpi, today).answer
    page = blobs.keep(context.actor.id, command.scan, card.customer_id)
    verification.write(context, verification.subject_of(card), card, examined, page)
    if examined.verdict is not Verdict.GENUINE:
        differences = [each for finding in examined.findings for each in finding.differences]
        return SealCheckDiffered(
            number=card.number,
            account_number=card.account_number,
            differences=(*examined.reasons, *dict.fromkeys(differences)),
        )
    Specimen.objects.filter(seal__card=card).update(
        state=State.ACTIVE,
        checked_by_id=context.actor.id,
        checked_by_name=context.actor.name,
        checked_authority_id=authority,
        checked_at=context.now,
    )
    card.state, card.effective_on = State.ACTIVE, today
    card.save(update_fields=["state", "effective_on"])
    return SealsChecked(number=card.number, account_number=card.account_number, effective_on=today)


@handles(FreezeCard)
def freeze_card(command: FreezeCard, context: Context) -> Fact:
    card = _locked(command.card_id, context)
    rules.require_state(card.state, State.ACTIVE, card.number)
    card.state = State.FROZEN
    card.save(update_fields=["state"])
    return CardFrozen(number=card.number, account_number=card.account_number, reason=command.reason)


@handles(UnfreezeCard)
def unfreeze_card(command: UnfreezeCard, context: Context) -> Fact:
    card = _locked(command.card_id, context)
    rules.require_state(card.state, State.FROZEN, card.number)
    context.measure(Measure(branch=card.branch))
    card.state = State.ACTIVE
    card.save(update_fields=["state"])
    return CardUnfrozen(
        number=card.number, account_number=card.account_number, reason=command.reason
    )


def _card_to_enter_on(command: EnterSeal, customer: customers.Brief, context: Context) -> SealCard:
    """The account's card while it waits for its check, or a new one."""
    card = (
        SealCard.objects.select_for_update()
        .filter(account_id=command.account_id, state__in=rules.IN_FORCE)
        .first()
    )
    if card is None:
        return SealCard.objects.create(
            id=context.new_id(),
            number=context.draw_number("SC", bank_today()),
            customer_id=customer.id,
            account_id=command.account_id,
            account_number=command.account_number,
            branch=customer.branch,
        )
    if (card.state, card.customer_id) != (State.ENTERED, customer.id):
        raise Refused(rules.ACCOUNT_HAS_CARD, account_number=command.account_number)
    return card


def _add_seal(card: SealCard, kind: Kind, name: str, context: Context) -> Seal:
    seal_id = context.new_id()
    return Seal.objects.create(
        id=seal_id,
        card=card,
        kind=kind,
        sealed_name=seal_text(card.customer_id, f"seals.seal.name:{seal_id}", name),
    )


def _add_specimen(one: Seal, template: Template, scan: UUID, context: Context) -> Specimen:
    """The template is a sealed column, not a blob: what a handler writes must go with its
    transaction, and the evidence then commits to it as to every row."""
    owner, specimen_id = one.card.customer_id, context.new_id()
    place = f"seals.specimen.template:{specimen_id}"
    width, height = (Decimal(str(side)) for side in template.size_mm)
    return Specimen.objects.create(
        id=specimen_id,
        seal=one,
        version=1,
        sealed_template=seal(owner, place, template.to_bytes()),
        image=blobs.keep(context.actor.id, scan, owner),
        width_mm=width,
        height_mm=height,
        engine=ENGINE,
        entered_by_id=context.actor.id,
        entered_by_name=context.actor.name,
        entered_authority_id=rules.authorities(context.actor, ENTERERS)[0],
        entered_at=context.now,
    )


def _locked(card_id: UUID, context: Context) -> SealCard:
    card = SealCard.objects.select_for_update().filter(id=card_id).first()
    if card is None or not context.actor.oversees(card.branch):
        raise Refused(NOT_FOUND)
    context.about(verification.subject_of(card))
    return card

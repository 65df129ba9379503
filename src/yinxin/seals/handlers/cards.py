"""双人建库: entering and checking reserved seals, first ones and new versions."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max

from yinxin.customers import queries as customers
from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.vault import blobs
from yinxin.vault.sealing import seal, seal_text

from .. import noes, rules, scans, verification, versions
from ..commands import CHECKERS, ENTERERS, CheckSeals, EnterSeal, RenewSeal
from ..facts import SealCheckDiffered, SealEntered, SealsChecked
from ..models import Application, FurtherImprint, Seal, SealCard, Specimen
from ..rules import KIND_TITLES, Action, Progress, State, Verdict
from ..verification import Item, Standard
from ..vision import Specimen as Template
from ..vision.verdicts import ENGINE
from .locking import locked_application, locked_card, locked_card_of

explains("seals_card_one_in_force", noes.CARD_JUST_ENTERED)
explains("seals_specimen_one_in_force", noes.VERSIONS_OVERLAP)


@handles(EnterSeal)
def enter_seal(command: EnterSeal, context: Context) -> Fact:
    """The enrolment runs here, on the staged bytes and before any row is locked: a third of a
    second for a rare act is cheaper than a second way to carry its result."""
    customer = customers.active(context.actor, command.customer_id)
    context.about(
        Subject("customers.customer", customer.id, customer.number, customer.id, customer.branch)
    )
    uploads = (command.scan, *command.more)
    template = _enrolled(uploads, command.dpi, context)
    card, application = _card_to_enter_on(command, customer, context)
    context.about(verification.subject_of(card))
    ordinal = command.ordinal if command.ordinal > 1 else None
    if card.seals.filter(kind=command.kind, ordinal=ordinal).exists():
        raise Refused(noes.SEAL_ON_CARD, number=card.number)
    name = command.name or f"{customer.name} {KIND_TITLES[command.kind].zh}"
    seal_id = context.new_id()
    one = Seal.objects.create(
        id=seal_id,
        card=card,
        kind=command.kind,
        ordinal=ordinal,
        sealed_name=seal_text(card.customer_id, f"seals.seal.name:{seal_id}", name),
    )
    return _add_specimen(one, template, uploads, application, context)


@handles(RenewSeal)
def renew_seal(command: RenewSeal, context: Context) -> Fact:
    """What was entered for the seal and never checked gives way; what is in force stays."""
    uploads = (command.scan, *command.more)
    template = _enrolled(uploads, command.dpi, context)
    card = locked_card_of(command.application_id, context)
    application = locked_application(command.application_id, context)
    rules.require_not_ended(card.state, card.number)
    rules.require_progress(application.state, Progress.ACCEPTED, application.number)
    if application.seal_id is None:
        raise Refused(noes.SEAL_NEEDED)
    one = Seal.objects.select_related("card").get(id=application.seal_id)
    one.specimens.filter(state=State.ENTERED).update(state=State.CANCELLED)
    return _add_specimen(one, template, uploads, application, context)


@handles(CheckSeals)
def check_seals(command: CheckSeals, context: Context) -> Fact:
    """The card's own rule decides: every seal that waits must be genuine on the checker's scan,
    and what the checker reads must be what was entered. The comparison runs here, about half a
    second an imprint and seal, while only this card is locked.
    """
    card = locked_card(command.card_id, context)
    waiting = list(
        Specimen.objects.select_related("seal__card", "application")
        .filter(seal__card=card, state=State.ENTERED)
        .order_by("id")
    )
    if not waiting or card.state not in rules.IN_FORCE:
        raise Refused(noes.CARD_NOT_ENTERED, number=card.number)
    entered_by = {each.entered_by_id for each in waiting}
    entered_by |= {each.entered_authority_id for each in waiting}
    authority = rules.checking_authority(context.actor, CHECKERS, entered_by)
    today = bank_today()
    starts_on = rules.effective_on(command.effective_on, today, first=card.state == State.ENTERED)
    scan = blobs.read_staged(context.actor.id, command.scan)
    page = blobs.keep(context.actor.id, command.scan, card.customer_id)
    found = verification.compare(
        card,
        waiting,
        scan,
        command.dpi,
        Item(card.account_id, today, page_id=page.id),
        Standard(versions.all_of(waiting)),
    ).answer
    verification.write(context, verification.subject_of(card), card, found)
    wrong = list(_misread(command, card, len(waiting), context))
    if wrong or found.verdict is not Verdict.GENUINE:
        differences = [each for finding in found.findings for each in finding.differences]
        return SealCheckDiffered(
            number=card.number,
            account_number=card.account_number,
            differences=(*wrong, *found.reasons, *dict.fromkeys(differences)),
        )
    _put_in_force(card, waiting, starts_on, authority, context)
    return SealsChecked(
        number=card.number, account_number=card.account_number, effective_on=starts_on
    )


def _card_to_enter_on(
    command: EnterSeal, customer: customers.Brief, context: Context
) -> tuple[SealCard, Application | None]:
    """The account's card while it may take a seal, or a new one; and the application for it."""
    card = (
        SealCard.objects.select_for_update()
        .filter(account_id=command.account_id, state__in=rules.IN_FORCE)
        .first()
    )
    application = None
    if command.application_id:
        application = locked_application(command.application_id, context)
        rules.require_progress(application.state, Progress.ACCEPTED, application.number)
        if not _concerns(application, command, card):
            raise Refused(noes.APPLICATION_OTHER, number=application.number)
    if card is None:
        card = SealCard.objects.create(
            id=context.new_id(),
            number=context.draw_number("SC", bank_today()),
            customer_id=customer.id,
            account_id=command.account_id,
            account_number=command.account_number,
            branch=customer.branch,
        )
    adding = application is not None and application.action == Action.CHANGE
    if card.customer_id != customer.id or card.state != (State.ACTIVE if adding else State.ENTERED):
        raise Refused(noes.ACCOUNT_HAS_CARD, account_number=command.account_number)
    if application and application.card_id is None:
        application.card = card
        application.save(update_fields=["card"])
    return card, application


def _concerns(application: Application, command: EnterSeal, card: SealCard | None) -> bool:
    if application.customer_id != command.customer_id:
        return False
    if application.action == Action.OPEN:
        return application.account_id == command.account_id
    return application.action == Action.CHANGE and card == application.card


def _enrolled(uploads: Sequence[UUID], dpi: int | None, context: Context) -> Template:
    staged = [blobs.read_staged(context.actor.id, upload) for upload in uploads]
    return scans.enrolled(staged, dpi)


def _add_specimen(
    one: Seal,
    template: Template,
    uploads: Sequence[UUID],
    application: Application | None,
    context: Context,
) -> SealEntered:
    """The template is a sealed column, not a blob: what a handler writes must go with its
    transaction, and the evidence then commits to it as to every row."""
    owner, specimen_id = one.card.customer_id, context.new_id()
    place = f"seals.specimen.template:{specimen_id}"
    width, height = (Decimal(str(side)) for side in template.size_mm)
    image, *further = (blobs.keep(context.actor.id, upload, owner) for upload in uploads)
    latest = one.specimens.aggregate(latest=Max("version"))["latest"] or 0
    specimen = Specimen.objects.create(
        id=specimen_id,
        seal=one,
        version=latest + 1,
        sealed_template=seal(owner, place, template.to_bytes()),
        image=image,
        width_mm=width,
        height_mm=height,
        engine=ENGINE,
        entered_by_id=context.actor.id,
        entered_by_name=context.actor.name,
        entered_authority_id=rules.authorities(context.actor, ENTERERS)[0],
        entered_at=context.now,
        application=application,
        imprints=len(uploads),
    )
    FurtherImprint.objects.bulk_create(
        FurtherImprint(id=context.new_id(), specimen=specimen, image=each) for each in further
    )
    return _entered(specimen, len(uploads))


def _entered(specimen: Specimen, imprints: int) -> SealEntered:
    one = specimen.seal
    return SealEntered(
        number=one.card.number,
        account_number=one.card.account_number,
        kind=rules.Kind(one.kind),
        name=one.name,
        width_mm=specimen.width_mm,
        height_mm=specimen.height_mm,
        version=specimen.version,
        imprints=imprints,
    )


def _misread(command: CheckSeals, card: SealCard, waiting: int, context: Context) -> Iterator[Text]:
    """Where the checker reads something else than was entered; never what that is."""
    holder = customers.brief(context.actor, card.customer_id).name
    if command.account_number != card.account_number:
        yield rules.ACCOUNT_DIFFERS
    if _plain(command.holder) != _plain(holder):
        yield rules.HOLDER_DIFFERS
    if command.seal_count != waiting:
        yield rules.COUNT_DIFFERS.format(told=command.seal_count, entered=waiting)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _put_in_force(
    card: SealCard,
    waiting: Sequence[Specimen],
    starts_on: date,
    authority: UUID,
    context: Context,
) -> None:
    """The new versions begin; the ones before them end, a lost one on the day of its loss."""
    for one in waiting:
        action = one.application.action if one.application else Action.CHANGE
        lost = action == Action.LOSS and one.application
        for before in one.seal.specimens.filter(state=State.ACTIVE, to_on=None):
            ends_on = one.application.applied_on if lost and one.application else starts_on
            before.to_on = max(ends_on, before.from_on or ends_on)
            before.ended_for = action
            before.save(update_fields=["to_on", "ended_for"])
    Specimen.objects.filter(id__in=[one.id for one in waiting]).update(
        state=State.ACTIVE,
        from_on=starts_on,
        checked_by_id=context.actor.id,
        checked_by_name=context.actor.name,
        checked_authority_id=authority,
        checked_at=context.now,
    )
    done = {one.application_id for one in waiting if one.application_id}
    Application.objects.filter(id__in=done).update(state=Progress.DONE)
    if card.state == State.ENTERED:
        card.state, card.effective_on = State.ACTIVE, starts_on
    elif card.state == State.LOST and not card.applications.filter(
        action=Action.LOSS, state__in=(Progress.APPLIED, Progress.ACCEPTED)
    ):
        card.state = State.ACTIVE
    card.save(update_fields=["state", "effective_on"])

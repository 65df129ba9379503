"""Seal cards, what they bear and how their imprints fared, as a viewer may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yinxin.customers import queries as customers
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.vault import blobs

from . import scans
from .models import Finding, SealCard, Specimen, Verification
from .rules import Kind, State, Verdict
from .vision import Specimen as Template


@dataclass(frozen=True, slots=True)
class SpecimenView:
    id: UUID
    kind: Kind
    name: str
    version: int
    state: State
    width_mm: Decimal
    height_mm: Decimal
    engine: str
    entered_by: str
    entered_at: datetime
    checked_by: str
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CardView:
    id: UUID
    number: str
    customer: customers.Brief
    account_id: UUID
    account_number: str
    state: State
    effective_on: date | None
    specimens: tuple[SpecimenView, ...]
    verifications: tuple["VerificationLine", ...]


@dataclass(frozen=True, slots=True)
class VerificationLine:
    id: UUID
    item_number: str
    verdict: Verdict
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    id: UUID
    specimen: SpecimenView
    verdict: Verdict
    score: Decimal
    angle_deg: Decimal
    scale: Decimal
    differences: tuple[Text, ...]
    has_imprint: bool
    has_overlay: bool


@dataclass(frozen=True, slots=True)
class VerificationView:
    line: VerificationLine
    item_kind: str
    item_id: UUID
    on: date
    card_id: UUID | None
    card_number: str
    reasons: tuple[Text, ...]
    engine: str
    has_page: bool
    findings: tuple[FindingView, ...]


def sealcards_for(viewer: Actor, search: str = "") -> QuerySet[SealCard]:
    """The cards of the viewer's branch and those below it."""
    cards = SealCard.objects.filter(branch__startswith=viewer.branch)
    return cards.filter(matching(viewer, search)) if search else cards


def matching(viewer: Actor, search: str) -> Q:
    """The condition on cards that a search means: a card number, an account number or its end,
    or whatever finds a customer."""
    found = customers.customers_for(viewer, search).values("id")
    return Q(number__iexact=search) | Q(account_number__endswith=search) | Q(customer_id__in=found)


def verifications_for(viewer: Actor) -> QuerySet[Verification]:
    return Verification.objects.filter(branch__startswith=viewer.branch)


def sealcard(viewer: Actor, card_id: UUID) -> CardView:
    """Raises Refused(not_found), also for a card of another branch."""
    card = _one(sealcards_for(viewer).filter(id=card_id))
    specimens = Specimen.objects.select_related("seal__card").filter(seal__card=card)
    return CardView(
        card.id,
        card.number,
        customers.brief(viewer, card.customer_id),
        card.account_id,
        card.account_number,
        State(card.state),
        card.effective_on,
        tuple(map(_specimen, specimens.order_by("id"))),
        tuple(map(_line, card.verifications.order_by("-id")[:20])),
    )


def verification(viewer: Actor, verification_id: UUID) -> VerificationView:
    """Raises Refused(not_found), also for an item of another branch."""
    row = _one(verifications_for(viewer).select_related("card").filter(id=verification_id))
    findings = row.findings.select_related("specimen__seal__card").order_by("id")
    return VerificationView(
        _line(row),
        row.item_kind,
        row.item_id,
        row.on,
        row.card_id,
        row.card.number if row.card else "",
        _texts(row.reasons),
        row.engine,
        row.page_id is not None,
        tuple(map(_finding, findings)),
    )


def verifications_of(viewer: Actor, item_kind: str, item_id: UUID) -> list[VerificationView]:
    """The verifications of an item such as a transfer, the latest first."""
    rows = verifications_for(viewer).filter(item_kind=item_kind, item_id=item_id)
    return [verification(viewer, row.id) for row in rows.order_by("-id")]


def specimen_picture(viewer: Actor, specimen_id: UUID, *, scan: bool) -> bytes:
    """A PNG of the specimen as the engine has it, or of the scan it was entered from."""
    specimens = Specimen.objects.select_related("seal__card", "image")
    specimen = _one(specimens.filter(id=specimen_id, seal__card__branch__startswith=viewer.branch))
    if scan:
        return scans.for_screen(blobs.read(specimen.image))
    return scans.specimen_png(Template.from_bytes(specimen.template))


def finding_picture(viewer: Actor, finding_id: UUID, *, overlay: bool) -> bytes:
    """A PNG of the imprint that was found, or of its overlay with the specimen."""
    findings = Finding.objects.select_related("imprint", "overlay")
    finding = _one(findings.filter(id=finding_id, verification__branch__startswith=viewer.branch))
    blob = finding.overlay if overlay else finding.imprint
    if blob is None:
        raise Refused(NOT_FOUND)
    return blobs.read(blob)


def page_picture(viewer: Actor, verification_id: UUID) -> bytes:
    """A PNG of the page that was examined, where the verification kept it."""
    row = _one(verifications_for(viewer).select_related("page").filter(id=verification_id))
    if row.page is None:
        raise Refused(NOT_FOUND)
    return scans.for_screen(blobs.read(row.page))


def _one(rows: QuerySet[Any]) -> Any:
    row = rows.first()
    if row is None:
        raise Refused(NOT_FOUND)
    return row


def _specimen(row: Specimen) -> SpecimenView:
    return SpecimenView(
        row.id,
        Kind(row.seal.kind),
        row.seal.name,
        row.version,
        State(row.state),
        row.width_mm,
        row.height_mm,
        row.engine,
        row.entered_by_name,
        row.entered_at,
        row.checked_by_name,
        row.checked_at,
    )


def _line(row: Verification) -> VerificationLine:
    return VerificationLine(row.id, row.item_number, Verdict(row.verdict), row.by_name, row.at)


def _finding(row: Finding) -> FindingView:
    return FindingView(
        row.id,
        _specimen(row.specimen),
        Verdict(row.verdict),
        row.score,
        row.angle_deg,
        row.scale,
        _texts(row.differences),
        row.imprint_id is not None,
        row.overlay_id is not None,
    )


def _texts(stored: Iterable[Mapping[str, str]]) -> tuple[Text, ...]:
    return tuple(Text(each["zh"], each["en"]) for each in stored)

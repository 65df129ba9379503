"""Seal cards, what they bear and how their imprints fared, as a viewer may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet

from yinxin.customers import queries as customers
from yinxin.gate.registry import name_of
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text

from . import rules, usage
from .models import (
    Application,
    Combination,
    Comparison,
    Finding,
    ReturnNotice,
    ReturnReason,
    Seal,
    SealCard,
    SealWarning,
    SharedAccount,
    Specimen,
    Threshold,
    Verification,
)
from .rules import Kind, State, Verdict


@dataclass(frozen=True, slots=True)
class SpecimenView:
    """`from_on` and `to_on` are null while the version waits, and while it lasts."""

    id: UUID
    seal_id: UUID
    kind: Kind
    ordinal: int
    name: str
    version: int
    state: State
    width_mm: Decimal
    height_mm: Decimal
    imprints: int
    engine: str
    entered_by: str
    entered_at: datetime
    checked_by: str
    checked_at: datetime | None
    from_on: date | None
    to_on: date | None
    ended_for: str


@dataclass(frozen=True, slots=True)
class CardView:
    """`accounts` pairs each further account with the days that it follows the card; `rates` has
    passes and uses by seal."""

    id: UUID
    number: str
    customer: customers.Brief
    account_id: UUID
    account_number: str
    state: State
    effective_on: date | None
    ended_on: date | None
    specimens: tuple[SpecimenView, ...]
    verifications: tuple["VerificationLine", ...]
    accounts: tuple[tuple[str, date, date | None], ...]
    copies: tuple[tuple[str, int, str, datetime], ...]
    combinations: tuple[Combination, ...]
    applications: tuple[Application, ...]
    rates: Mapping[UUID, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class VerificationLine:
    id: UUID
    item_number: str
    verdict: Verdict
    by: Text | str
    at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    id: UUID
    specimen: SpecimenView
    verdict: Verdict
    score: Decimal
    angle_deg: Decimal
    scale: Decimal
    elastic_mm: Decimal | None
    presentation: Decimal | None
    differences: tuple[Text, ...]
    has_imprint: bool
    has_overlay: bool


@dataclass(frozen=True, slots=True)
class VerificationView:
    """`conclusion` is the verdict, or what two persons made of it; None while one is missing."""

    line: VerificationLine
    item_kind: str
    item_id: UUID
    on: date
    card_id: UUID | None
    card_number: str
    reasons: tuple[Text, ...]
    rule: str
    engine: str
    has_page: bool
    findings: tuple[FindingView, ...]
    comparison: Comparison | None
    conclusion: Verdict | None
    rerun_of: UUID | None
    reruns: tuple[tuple[UUID, Verdict, str, datetime], ...]
    notices: tuple[tuple[UUID, str], ...]


def sealcards_for(viewer: Actor, search: str = "") -> QuerySet[SealCard]:
    """The cards of the viewer's branch and those below it."""
    cards = SealCard.objects.filter(branch__startswith=viewer.branch)
    return cards.filter(matching(viewer, search)) if search else cards


def matching(viewer: Actor, search: str) -> Q:
    """The condition on cards that a search means: a card number, an account number or its end,
    or whatever finds a customer."""
    found = customers.customers_for(viewer, search).values("id")
    sharing = SealCard.objects.filter(shared__account_number__endswith=search).values("id")
    return (
        Q(number__iexact=search)
        | Q(account_number__endswith=search)
        | Q(id__in=sharing)
        | Q(customer_id__in=found)
    )


def verifications_for(viewer: Actor) -> QuerySet[Verification]:
    return Verification.objects.filter(branch__startswith=viewer.branch)


def applications_for(viewer: Actor) -> QuerySet[Application]:
    return Application.objects.filter(branch__startswith=viewer.branch)


def warnings_for(viewer: Actor) -> QuerySet[SealWarning]:
    return SealWarning.objects.filter(branch__startswith=viewer.branch)


def uses_for(viewer: Actor, seal_id: UUID) -> QuerySet[Finding]:
    """Who looked for a seal when, on what, and with which verdict."""
    return usage.uses(
        Q(specimen__seal_id=seal_id, verification__branch__startswith=viewer.branch)
    ).select_related("verification", "specimen")


def seals_for(viewer: Actor) -> QuerySet[Seal]:
    return Seal.objects.filter(card__branch__startswith=viewer.branch).select_related("card")


def shares_for(viewer: Actor) -> QuerySet[SharedAccount]:
    """The accounts that follow another's card for now."""
    rows = SharedAccount.objects.filter(to_on=None, card__branch__startswith=viewer.branch)
    return rows.select_related("card")


def thresholds_for(viewer: Actor) -> QuerySet[Threshold]:
    return Threshold.objects.filter(effective_to=None).order_by("currency", "from_amount")


def all_return_reasons(at: datetime) -> dict[str, tuple[Text, bool]]:
    """退票理由 by code, and whether each is in use at an instant."""
    known = {code: (reason, True) for code, reason in rules.RETURN_REASONS.items()}
    rows = ReturnReason.objects.filter(
        Q(effective_to=None) | Q(effective_to__gt=at), effective_from__lte=at
    )
    known |= {row.code: (Text(row.zh, row.en), row.in_use) for row in rows}
    return dict(sorted(known.items()))


def return_reasons(at: datetime) -> dict[str, Text]:
    """Those in use."""
    return {code: reason for code, (reason, in_use) in all_return_reasons(at).items() if in_use}


def sealcard(viewer: Actor, card_id: UUID) -> CardView:
    """Raises Refused(not_found), also for a card of another branch."""
    card = one(sealcards_for(viewer).filter(id=card_id))
    specimens = Specimen.objects.select_related("seal__card").filter(seal__card=card)
    return CardView(
        card.id,
        card.number,
        customers.brief(viewer, card.customer_id),
        card.account_id,
        card.account_number,
        State(card.state),
        card.effective_on,
        card.ended_on,
        tuple(map(specimen_view, specimens.order_by("seal_id", "version"))),
        tuple(map(_line, card.verifications.order_by("-id")[:20])),
        tuple(card.shared.order_by("id").values_list("account_number", "from_on", "to_on")),
        tuple(card.copies.order_by("id").values_list("kind", "ordinal", "kept_at", "issued_at")),
        tuple(card.combinations.order_by("from_on", "id")),
        tuple(card.applications.order_by("-id")),
        usage.pass_rates(card.id),
    )


def application(viewer: Actor, application_id: UUID) -> Application:
    """Raises Refused(not_found), also for one of another branch."""
    rows = applications_for(viewer).select_related("card", "seal__card", "customer")
    found: Application = one(rows.filter(id=application_id))
    return found


def notice(viewer: Actor, notice_id: UUID) -> ReturnNotice:
    rows = ReturnNotice.objects.select_related("verification__card")
    mine = rows.filter(verification__branch__startswith=viewer.branch)
    found: ReturnNotice = one(mine.filter(id=notice_id))
    return found


def verification(viewer: Actor, verification_id: UUID) -> VerificationView:
    """Raises Refused(not_found), also for an item of another branch."""
    found = _views(verifications_for(viewer).filter(id=verification_id))
    if not found:
        raise Refused(NOT_FOUND)
    return found[0]


def verifications_of(viewer: Actor, item_kind: str, item_id: UUID) -> list[VerificationView]:
    """The verifications of an item such as a transfer, the latest first."""
    return _views(verifications_for(viewer).filter(item_kind=item_kind, item_id=item_id))


def conclusion_of(row: Verification) -> Verdict | None:
    """What counts in the end: the engine's verdict, or what two persons made of a doubtful one;
    None while the second person is missing. A comparison that was not confirmed counts against
    the imprint."""
    try:
        one = row.comparison
    except ObjectDoesNotExist:
        return Verdict(row.verdict)
    if one.agrees is None:
        return None
    return Verdict(one.verdict) if one.agrees else Verdict.FORGED


def one(rows: QuerySet[Any]) -> Any:
    row = rows.first()
    if row is None:
        raise Refused(NOT_FOUND)
    return row


def texts(stored: Iterable[Mapping[str, str]]) -> tuple[Text, ...]:
    return tuple(Text(each["zh"], each["en"]) for each in stored)


def specimen_view(row: Specimen) -> SpecimenView:
    return SpecimenView(
        row.id,
        row.seal_id,
        Kind(row.seal.kind),
        row.seal.ordinal or 1,
        row.seal.name,
        row.version,
        State(row.state),
        row.width_mm,
        row.height_mm,
        row.imprints or 1,
        row.engine,
        row.entered_by_name,
        row.entered_at,
        row.checked_by_name,
        row.checked_at,
        row.from_on,
        row.to_on,
        row.ended_for or "",
    )


def _views(rows: QuerySet[Verification]) -> list[VerificationView]:
    """The same number of queries however many there are."""
    whole = rows.select_related("card", "comparison").prefetch_related(
        "findings__specimen__seal__card", "reruns", "notices"
    )
    return [_view(row) for row in whole.order_by("-id")]


def _view(row: Verification) -> VerificationView:
    return VerificationView(
        _line(row),
        row.item_kind,
        row.item_id,
        row.on,
        row.card_id,
        row.card.number if row.card else "",
        texts(row.reasons),
        row.rule or "",
        row.engine,
        row.page_id is not None,
        tuple(_finding(each) for each in sorted(row.findings.all(), key=lambda each: each.id)),
        getattr(row, "comparison", None),
        conclusion_of(row),
        row.rerun_of_id,
        tuple((each.id, Verdict(each.verdict), each.engine, each.at) for each in row.reruns.all()),
        tuple((each.id, each.number) for each in row.notices.all()),
    )


def _line(row: Verification) -> VerificationLine:
    return VerificationLine(row.id, row.item_number, Verdict(row.verdict), by(row), row.at)


def by(row: Verification) -> Text | str:
    return name_of(row.by_id, row.by_name)


def _finding(row: Finding) -> FindingView:
    return FindingView(
        row.id,
        specimen_view(row.specimen),
        Verdict(row.verdict),
        row.score,
        row.angle_deg,
        row.scale,
        row.elastic_mm,
        row.presentation,
        texts(row.differences),
        row.imprint_id is not None,
        row.overlay_id is not None,
    )

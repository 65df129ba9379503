"""验印: examine a page outside any handler, then record inside one what was found.

A job calls `examine` (seconds of computation), stages the pictures with `Examination.staged`,
puts the answer into its command, and that command's handler calls `record`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from yinxin.gate.context import INSTITUTION, Context, Subject
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.vault import blobs

from . import rules, scans
from .commands import SealExamination, SealFinding
from .facts import SealsExamined
from .models import Finding, SealCard, Specimen, Verification
from .rules import State, Verdict
from .scans import Compared
from .vision import Specimen as Template
from .vision.verdicts import ENGINE


@dataclass(frozen=True, eq=False)
class Examination:
    """`answer` goes into a command; `pictures` are the engine's, by specimen."""

    answer: SealExamination
    pictures: Mapping[UUID, Compared]

    @property
    def verdict(self) -> Verdict:
        return self.answer.verdict

    def staged(self, actor_id: UUID) -> SealExamination:
        """The answer with its pictures staged as uploads of the actor who submits it."""
        return self.answer.model_copy(
            update={
                "findings": tuple(self._staged(each, actor_id) for each in self.answer.findings)
            }
        )

    def _staged(self, finding: SealFinding, actor_id: UUID) -> SealFinding:
        pictures = self.pictures[finding.specimen_id]
        return finding.model_copy(
            update={
                name: blobs.stage(actor_id, picture, "image/png")
                for name, picture in (("imprint", pictures.imprint), ("overlay", pictures.overlay))
                if picture is not None
            }
        )


def examine(
    viewer: Actor, account_id: UUID, page: bytes, dpi: float | None, on: date
) -> Examination:
    """What the page shows of the seals that governed the account on a date.

    A page that cannot be read is uncertain, for the reason it gives. Reads the database, writes
    nothing; not for a handler.
    """
    card = (
        SealCard.objects.filter(
            account_id=account_id,
            state__in=(State.ACTIVE, State.FROZEN),
            effective_on__lte=on,
            branch__startswith=viewer.branch,
        )
        .order_by("-effective_on")
        .first()
    )
    if card is None:
        reason = rules.NO_CARD_IN_FORCE.format(on=on)
        return Examination(
            SealExamination(
                account_id=account_id,
                on=on,
                card_id=None,
                verdict=Verdict.NO_SPECIMEN,
                reasons=(reason,),
                engine=ENGINE,
            ),
            {},
        )
    specimens = Specimen.objects.select_related("seal__card").filter(
        seal__card=card, state=State.ACTIVE
    )
    return compare(card, list(specimens), page, dpi, on)


def compare(
    card: SealCard, specimens: Sequence[Specimen], page: bytes, dpi: float | None, on: date
) -> Examination:
    """Every specimen of a card against a page. A frozen card's is not compared."""
    pictures: dict[UUID, Compared] = {}
    reasons: tuple[Text, ...] = ()
    try:
        if card.state == State.FROZEN:
            verdict, reasons = Verdict.FROZEN, (rules.CARD_IS_FROZEN.format(number=card.number),)
        else:
            image, resolution = scans.page_of(page, dpi)
            templates = [Template.from_bytes(each.template) for each in specimens]
            found = scans.compared(templates, image, resolution)
            pictures = dict(zip((each.id for each in specimens), found, strict=True))
            verdict = rules.overall(each.verdict for each in pictures.values())
    except Refused as unreadable:
        verdict, reasons = Verdict.UNCERTAIN, (unreadable.sentence,)
    answer = SealExamination(
        account_id=card.account_id,
        on=on,
        card_id=card.id,
        verdict=verdict,
        reasons=reasons,
        findings=tuple(_finding(id, each) for id, each in pictures.items()),
        engine=ENGINE,
    )
    return Examination(answer, pictures)


def record(context: Context, item: Subject, examination: SealExamination) -> SealsExamined:
    """Write what an examination of an item found, keep its pictures, and return the fact.

    A card that was frozen since then is frozen in the record: 挂失 blocks at once.
    """
    card = None
    if examination.card_id:
        card = SealCard.objects.select_for_update().get(id=examination.card_id)
        context.about(subject_of(card))
        if card.state == State.FROZEN and examination.verdict is not Verdict.FROZEN:
            reason = rules.CARD_IS_FROZEN.format(number=card.number)
            examination = examination.model_copy(
                update={"verdict": Verdict.FROZEN, "reasons": (reason,)}
            )
    write(context, item, card, examination)
    return SealsExamined(
        item=item.number,
        card=card.number if card else "",
        verdict=examination.verdict,
        reasons=examination.reasons,
    )


def write(
    context: Context,
    item: Subject,
    card: SealCard | None,
    examination: SealExamination,
    page: blobs.Blob | None = None,
) -> None:
    verification = Verification.objects.create(
        id=context.new_id(),
        item_kind=item.kind,
        item_id=item.id,
        item_number=item.number,
        branch=item.branch,
        account_id=examination.account_id,
        card=card,
        on=examination.on,
        verdict=examination.verdict,
        reasons=[{"zh": each.zh, "en": each.en} for each in examination.reasons],
        engine=examination.engine,
        page=page,
        by_id=context.actor.id,
        by_name=context.actor.name,
        at=context.now,
    )
    owner = card.customer_id if card else INSTITUTION
    Finding.objects.bulk_create(
        Finding(
            id=context.new_id(),
            verification=verification,
            specimen_id=each.specimen_id,
            verdict=each.verdict,
            score=each.score,
            box=each.box,
            angle_deg=each.angle_deg,
            scale=each.scale,
            differences=[{"zh": text.zh, "en": text.en} for text in each.differences],
            imprint=_kept(context, each.imprint, owner),
            overlay=_kept(context, each.overlay, owner),
        )
        for each in examination.findings
    )


def subject_of(card: SealCard) -> Subject:
    return Subject("seals.sealcard", card.id, card.number, card.customer_id, card.branch)


def _finding(specimen_id: UUID, seen: Compared) -> SealFinding:
    answer = seen.answer
    return SealFinding(
        specimen_id=specimen_id,
        verdict=seen.verdict,
        score=_exact(answer.score, 4),
        box=answer.box,
        angle_deg=_exact(answer.angle_deg, 2),
        scale=_exact(answer.scale, 4),
        differences=seen.differences,
    )


def _exact(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


def _kept(context: Context, upload: UUID | None, owner: UUID) -> blobs.Blob | None:
    return blobs.keep(context.actor.id, upload, owner) if upload else None

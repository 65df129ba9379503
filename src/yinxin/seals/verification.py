"""验印: examine a page outside any handler, then record inside one what was found.

A job calls `examine` (seconds of computation), stages the pictures with `Examination.staged`,
puts the answer into its command, and that command's handler calls `record`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from yinxin.gate.context import INSTITUTION, Context, Subject
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.vault import blobs

from . import combination, rules, scans, usage, versions
from .combination import AnyOf, Expression
from .commands import SealExamination, SealFinding
from .facts import SealsExamined
from .models import Finding, SealCard, Specimen, Verification
from .rules import Action, State, Verdict
from .scans import Compared
from .vision import Specimen as Template
from .vision.verdicts import ENGINE


@dataclass(frozen=True, slots=True)
class Item:
    """What bears the imprints, as far as it decides which seals count. `page_id` is the kept
    page, where it is to be looked at again."""

    account_id: UUID
    on: date
    money: Money | None = None
    instrument: str = ""
    page_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """What the found seals are held against: a blank `rule` needs every seal."""

    expression: Expression
    rule: str = ""
    threshold: Decimal | None = None


@dataclass(frozen=True, eq=False)
class Examination:
    """`answer` goes into a command; `pictures` are the engine's, by specimen."""

    answer: SealExamination
    pictures: Mapping[UUID, Compared] = field(default_factory=dict)

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
    viewer: Actor,
    account_id: UUID,
    page: bytes,
    dpi: float | None,
    on: date,
    *,
    money: Money | None = None,
    instrument: str = "",
    page_id: UUID | None = None,
) -> Examination:
    """What the page shows of the seals that governed the account on a date, and whether they
    satisfy the combination in force for the amount.

    A page that cannot be read is uncertain, for the reason it gives. Reads the database, writes
    nothing; not for a handler.
    """
    item = Item(account_id, on, money, instrument, page_id)
    card = versions.card_on(account_id, on, viewer.branch)
    specimens = versions.specimens_on(card, on) if card else []
    if card is None or (not specimens and card.state not in rules.BLOCKED):
        reason = rules.NO_CARD_IN_FORCE.format(on=on)
        answer = _answer(item, card, Verdict.NO_SPECIMEN, (reason,), dpi=dpi)
        return Examination(answer)
    if card.state in rules.BLOCKED:
        return Examination(_answer(item, card, Verdict.FROZEN, (_blocked(card),), dpi=dpi))
    standard = standard_for(card, specimens, item)
    return compare(card, specimens, page, dpi, item, standard, seeks_copies=True)


def standard_for(card: SealCard, specimens: Sequence[Specimen], item: Item) -> Standard:
    """The combination and the threshold in force."""
    ruling = versions.combination_on(card, item.on, item.money, item.instrument)
    return Standard(
        versions.needed(ruling, list(specimens)),
        ruling.expression if ruling else "",
        versions.threshold_at(item.money, clock.now()),
    )


def compare(
    card: SealCard,
    specimens: Sequence[Specimen],
    page: bytes,
    dpi: float | None,
    item: Item,
    standard: Standard,
    *,
    seeks_copies: bool = False,
) -> Examination:
    """Every specimen against a page, and what that says of the standard. Where copies are sought,
    an imprint with the very ink of an earlier one is in doubt."""
    try:
        image, resolution = scans.page_of(page, dpi)
    except Refused as unreadable:
        answer = _answer(item, card, Verdict.UNCERTAIN, (unreadable.sentence,), standard, dpi)
        return Examination(answer)
    templates = [Template.from_bytes(each.template) for each in specimens]
    seen = list(scans.compared(templates, image, resolution))
    findings = tuple(
        _finding(one, found, standard.threshold, _copied(one, found) if seeks_copies else None)
        for one, found in zip(specimens, seen, strict=True)
    )
    verdict, reasons = judged(standard, specimens, findings)
    answer = _answer(item, card, verdict, reasons, standard, resolution, findings)
    pictures = zip((each.id for each in specimens), seen, strict=True)
    return Examination(answer, dict(pictures))


def judged(
    standard: Standard, specimens: Sequence[Specimen], findings: Sequence[SealFinding]
) -> tuple[Verdict, tuple[Text, ...]]:
    """Genuine where the genuine seals satisfy the standard, forged where even with the doubtful
    ones something is missing, in words."""
    seals = {one.id: versions.which(one.seal) for one in specimens}

    def found(*verdicts: Verdict) -> list[combination.Which]:
        return [seals[each.specimen_id] for each in findings if each.verdict in verdicts]

    sure = found(Verdict.GENUINE)
    if combination.satisfied(standard.expression, sure):
        return Verdict.GENUINE, ()
    perhaps = found(Verdict.GENUINE, Verdict.UNCERTAIN)
    reasons: tuple[Text, ...] = ()
    if isinstance(standard.expression, AnyOf) or standard.rule:
        lacking = combination.missing(standard.expression, sure)
        reasons = (
            rules.COMBINATION_LACKS.format(
                rule_zh=combination.written(standard.expression),
                rule_en=combination.written(standard.expression, "en"),
                missing_zh=lacking.zh,
                missing_en=lacking.en,
            ),
        )
    doubtful = combination.satisfied(standard.expression, perhaps)
    return (Verdict.UNCERTAIN if doubtful else Verdict.FORGED), reasons


def record(context: Context, item: Subject, examination: SealExamination) -> SealsExamined:
    """Write what an examination of an item found, keep its pictures, and return the fact.

    A card that was stopped since then is so in the record: 挂失 blocks at once.
    """
    card = None
    if examination.card_id:
        card = SealCard.objects.select_for_update().get(id=examination.card_id)
        context.about(subject_of(card))
        if card.state in rules.BLOCKED and examination.verdict is not Verdict.FROZEN:
            examination = examination.model_copy(
                update={"verdict": Verdict.FROZEN, "reasons": (_blocked(card),)}
            )
    written = write(context, item, card, examination)
    return SealsExamined(
        item=item.number,
        card=card.number if card else "",
        verdict=examination.verdict,
        reasons=examination.reasons,
        warnings=usage.warn(context, written),
    )


def write(
    context: Context,
    item: Subject,
    card: SealCard | None,
    examination: SealExamination,
    rerun_of: Verification | None = None,
) -> Verification:
    money = examination.money
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
        page_id=examination.page_id,
        by_id=context.actor.id,
        by_name=context.actor.name,
        at=context.now,
        dpi=examination.dpi,
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        instrument=examination.instrument or None,
        rule=examination.rule or None,
        rerun_of=rerun_of,
    )
    owner = card.customer_id if card else INSTITUTION
    Finding.objects.bulk_create(
        _row(context, verification, each, owner) for each in examination.findings
    )
    return verification


def subject_of(card: SealCard) -> Subject:
    return Subject("seals.sealcard", card.id, card.number, card.customer_id, card.branch)


def _answer(
    item: Item,
    card: SealCard | None,
    verdict: Verdict,
    reasons: tuple[Text, ...],
    standard: Standard | None = None,
    dpi: float | None = None,
    findings: tuple[SealFinding, ...] = (),
) -> SealExamination:
    return SealExamination(
        account_id=item.account_id,
        on=item.on,
        card_id=card.id if card else None,
        verdict=verdict,
        reasons=reasons,
        findings=findings,
        engine=ENGINE,
        page_id=item.page_id,
        dpi=round(dpi) if dpi else None,
        money=item.money,
        instrument=item.instrument,
        rule=standard.rule if standard else "",
    )


def _copied(one: Specimen, seen: Compared) -> Finding | None:
    """The earlier finding of the seal whose ink a genuine imprint repeats."""
    if seen.verdict is not Verdict.GENUINE or seen.imprint is None:
        return None
    earlier = Finding.objects.select_related("verification", "imprint").filter(
        specimen__seal=one.seal_id, verdict=Verdict.GENUINE, imprint__isnull=False
    )
    rows = list(earlier.order_by("-id")[: rules.COPIES_SOUGHT])
    pictures = (blobs.read(each.imprint) for each in rows if each.imprint)
    number = scans.repeated(seen.imprint, pictures)
    return None if number is None else rows[number]


def _finding(
    one: Specimen, seen: Compared, threshold: Decimal | None, copied: Finding | None
) -> SealFinding:
    """What the engine says, held back where the house asks for more than the engine does."""
    answer, verdict, differences = seen.answer, seen.verdict, list(seen.differences)
    score = _exact(answer.score, 4)
    if threshold is not None and score < threshold and verdict is Verdict.GENUINE:
        verdict = Verdict.UNCERTAIN
        differences.append(rules.BELOW_THRESHOLD.format(score=score, threshold=threshold))
    if one.ended_for == Action.LOSS and verdict is Verdict.GENUINE:
        verdict = Verdict.UNCERTAIN
        differences.append(rules.LOST_SINCE.format(on=one.to_on))
    if seen.presentation < rules.STAMPED_FROM and verdict is Verdict.GENUINE:
        verdict = Verdict.UNCERTAIN
        differences.append(rules.LOOKS_PRINTED)
    if copied:
        verdict = Verdict.UNCERTAIN
        differences.append(rules.COPIED.format(item=copied.verification.item_number))
    return SealFinding(
        specimen_id=one.id,
        verdict=verdict,
        score=score,
        box=answer.box,
        angle_deg=_exact(answer.angle_deg, 2),
        scale=_exact(answer.scale, 4),
        differences=tuple(differences),
        elastic_mm=None if seen.elastic_mm is None else _exact(seen.elastic_mm, 3),
        presentation=_exact(seen.presentation, 4),
        copy_of=copied.id if copied else None,
    )


def _row(context: Context, verification: Verification, found: SealFinding, owner: UUID) -> Finding:
    pictures = {
        name: blobs.keep(context.actor.id, upload, owner)
        for name, upload in (("imprint", found.imprint), ("overlay", found.overlay))
        if upload
    }
    return Finding(
        id=context.new_id(),
        verification=verification,
        specimen_id=found.specimen_id,
        verdict=found.verdict,
        score=found.score,
        box=found.box,
        angle_deg=found.angle_deg,
        scale=found.scale,
        differences=[{"zh": text.zh, "en": text.en} for text in found.differences],
        elastic_mm=found.elastic_mm,
        presentation=found.presentation,
        copy_of_id=found.copy_of,
        **pictures,
    )


def _blocked(card: SealCard) -> Text:
    sentence = rules.CARD_IS_LOST if card.state == State.LOST else rules.CARD_IS_FROZEN
    return sentence.format(number=card.number)


def _exact(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")

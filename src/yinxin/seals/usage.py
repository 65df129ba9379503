"""How the seals of a card fared: each use of a seal, its pass rate, and what is unusual."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from yinxin.gate.context import Context
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_date

from . import rules
from .models import Finding, SealWarning, Verification
from .rules import Use, Verdict


def uses(of: Q) -> QuerySet[Finding]:
    """Findings that are uses of a seal: on items, not the check of a card nor a repeat, and none
    that the combination did not need."""
    unneeded = Q(verification__verdict=Verdict.GENUINE) & ~Q(verdict=Verdict.GENUINE)
    return Finding.objects.filter(of, ~unneeded, verification__rerun_of=None).exclude(
        verification__item_kind="seals.sealcard"
    )


def pass_rates(card_id: UUID) -> dict[UUID, tuple[int, int]]:
    """For each seal of a card: how often it passed, of how many uses."""
    rows = (
        uses(Q(specimen__seal__card_id=card_id))
        .values("specimen__seal_id")
        .annotate(all=Count("id"), passed=Count("id", filter=Q(verdict=Verdict.GENUINE)))
    )
    return {row["specimen__seal_id"]: (row["passed"], row["all"]) for row in rows}


def warn(context: Context, verification: Verification) -> tuple[Text, ...]:
    """Write what this verification makes unusual about the seals that it looked for."""
    if verification.card_id is None:
        return ()
    since = context.now - timedelta(days=rules.WATCHED_D)
    rows = (
        uses(Q(specimen__seal__card_id=verification.card_id, verification__at__gte=since))
        .order_by("-id")
        .values_list("specimen__seal_id", "verification__at", "verdict", "copy_of_id")
    )
    by_seal: dict[UUID, list[Use]] = defaultdict(list)
    for seal_id, at, verdict, copy_of in rows[: rules.WATCHED_USES]:
        local = timezone.localtime(at)
        by_seal[seal_id].insert(0, Use(local, Verdict(verdict), copy_of is not None))
    found = [
        SealWarning(
            id=context.new_id(),
            seal_id=seal_id,
            verification=verification,
            branch=verification.branch,
            kind=kind,
            on=bank_date(context.now),
            zh=sentence.zh,
            en=sentence.en,
            at=context.now,
        )
        for seal_id, history in by_seal.items()
        for kind, sentence in rules.warnings_of(history)
    ]
    SealWarning.objects.bulk_create(found, ignore_conflicts=True)
    return tuple(
        Text(
            f"{rules.WARNING_TITLES[rules.Warning(each.kind)].zh}（{each.zh}）",
            f"{rules.WARNING_TITLES[rules.Warning(each.kind)].en.lower()} ({each.en})",
        )
        for each in found
    )

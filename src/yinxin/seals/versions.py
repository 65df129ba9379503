"""What governs on a date: the card of an account, the versions of its seals, the combination
that an item needs, and the score that lets an imprint pass."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from yinxin.kernel.money import Money

from .combination import Expression, Needed, Which, both, parse
from .models import Combination, Seal, SealCard, Specimen, Threshold
from .rules import Kind, State

M = TypeVar("M", bound=Model)


def dated(rows: QuerySet[M], on: date) -> QuerySet[M]:
    """Those in force on a day; a version without a first day is as old as its card."""
    return rows.filter(
        Q(from_on__isnull=True) | Q(from_on__lte=on), Q(to_on__isnull=True) | Q(to_on__gt=on)
    )


def card_on(account_id: UUID, on: date, branch: str) -> SealCard | None:
    """The card that governs an account on a date, also one that was cancelled later."""
    shares: dict[str, Any] = {"shared__account_id": account_id, "shared__from_on__lte": on}
    sharing = Q(**shares) & (Q(shared__to_on__isnull=True) | Q(shared__to_on__gt=on))
    own = Q(account_id=account_id)
    return (
        SealCard.objects.filter(
            own | sharing,
            Q(ended_on__isnull=True) | Q(ended_on__gt=on),
            effective_on__lte=on,
            branch__startswith=branch,
        )
        .exclude(state=State.ENTERED)
        .order_by("-effective_on")
        .first()
    )


def specimens_on(card: SealCard, on: date) -> list[Specimen]:
    rows = Specimen.objects.select_related("seal__card").filter(seal__card=card, state=State.ACTIVE)
    return list(dated(rows, on).order_by("seal_id"))


def combination_on(
    card: SealCard, on: date, money: Money | None, instrument: str
) -> Combination | None:
    """The most specific combination in force for an item. One of unknown amount needs what the
    highest amount does."""
    rows = dated(card.combinations.all(), on).filter(instrument__in={"", instrument})
    if money is not None:
        rows = rows.filter(currency__in=("", money.currency), from_amount__lte=money.amount)
    return rows.order_by("-instrument", "-from_amount", "-currency").first()


def needed(combination: Combination | None, specimens: list[Specimen]) -> Expression:
    """What the combination says, else every seal."""
    return parse(combination.expression) if combination else all_of(specimens)


def all_of(specimens: list[Specimen]) -> Expression:
    """Each of them, by its ordinal only where there are several of its kind."""
    seals = [which(one.seal) for one in specimens]
    kinds = [seal.kind for seal in seals]
    return both(
        [Needed(seal.kind, seal.ordinal if kinds.count(seal.kind) > 1 else 0) for seal in seals]
    )


def which(seal: Seal) -> Which:
    return Which(Kind(seal.kind), seal.ordinal or 1)


def threshold_at(money: Money | None, at: datetime) -> Decimal | None:
    """The score that an imprint needs; an item of unknown amount needs the highest."""
    rows = Threshold.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=at), effective_from__lte=at
    )
    if money is None:
        return rows.order_by("-score").values_list("score", flat=True).first()
    band = rows.filter(currency=money.currency, from_amount__lte=money.amount)
    return band.order_by("-from_amount").values_list("score", flat=True).first()

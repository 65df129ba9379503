"""What is agreed for a card, and what the house sets for all of them."""

from uuid import NAMESPACE_URL, uuid5

from django.db.models import Q

from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today

from .. import combination, noes, rules, versions
from ..commands import SetCombination, SetReturnReason, SetThreshold
from ..facts import CombinationSet, ReturnReasonSet, ThresholdSet
from ..models import Combination, ReturnReason, Threshold
from .locking import locked_card

explains("seals_combination_band_has_currency", noes.BAND_NEEDS_CURRENCY)
explains("seals_combination_one_in_force", noes.VERSIONS_OVERLAP)


@handles(SetCombination)
def set_combination(command: SetCombination, context: Context) -> Fact:
    card = locked_card(command.card_id, context)
    context.measure(Measure(branch=card.branch))
    rules.require_not_ended(card.state, card.number)
    expression = combination.parse(command.expression)
    registered = [versions.which(each) for each in card.seals.all()]
    unknown = combination.unknown_in(expression, registered)
    if unknown:
        raise Refused(
            noes.COMBINATION_UNKNOWN_SEAL,
            number=card.number,
            seals_zh="、".join(map(combination.written, unknown)),
            seals_en=", ".join(combination.written(each, "en") for each in unknown),
        )
    conditions = command.model_dump(include={"instrument", "currency", "from_amount"})
    today = bank_today()
    same = card.combinations.filter(Q(to_on=None) | Q(to_on__gt=today), **conditions)
    before = same.order_by("-from_on").first()
    from_on = rules.effective_on(command.from_on, today, first=before is None)
    if before:
        if before.from_on >= from_on:
            raise Refused(noes.COMBINATION_DATED, on=before.from_on)
        before.to_on = from_on
        before.save(update_fields=["to_on"])
    Combination.objects.create(
        id=context.new_id(),
        card=card,
        expression=command.expression,
        **conditions,
        from_on=from_on,
        set_by_name=context.actor.name,
        set_at=context.now,
    )
    return CombinationSet(
        number=card.number,
        rule=Text(command.expression, combination.written(expression, "en")),
        **conditions,
        from_on=from_on,
    )


@handles(SetThreshold)
def set_threshold(command: SetThreshold, context: Context) -> Fact:
    context.about(_one_of_all("threshold"))
    band = command.model_dump(include={"currency", "from_amount"})
    Threshold.objects.filter(**band, effective_to=None).update(effective_to=context.now)
    Threshold.objects.create(
        id=context.new_id(), **band, score=command.score, effective_from=context.now
    )
    return ThresholdSet(**band, score=command.score)


@handles(SetReturnReason)
def set_return_reason(command: SetReturnReason, context: Context) -> Fact:
    context.about(_one_of_all("returnreason"))
    ReturnReason.objects.filter(code=command.code, effective_to=None).update(
        effective_to=context.now
    )
    ReturnReason.objects.create(
        id=context.new_id(), **command.model_dump(), effective_from=context.now
    )
    meaning = Text(command.zh, command.en)
    return ReturnReasonSet(code=command.code, meaning=meaning, in_use=command.in_use)


def _one_of_all(table: str) -> Subject:
    """One change at a time: changes of the same row would otherwise race."""
    return Subject(f"seals.{table}", uuid5(NAMESPACE_URL, f"yinxin:seals/{table}"), table)

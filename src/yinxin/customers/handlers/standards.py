"""The rows that take the place of what is shipped: scores, allowances, rules of changes."""

from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today

from ..commands import SetAllowance, SetItemRule, SetScore
from ..facts import AllowanceSet, ItemRuleSet, ScoreSet
from ..models import AllowanceRow, ItemRuleRow, ScoreRow

IN_PAST = Text("生效日期不能早于今天。", "It cannot take effect before today.")
CURRENCIES_DIFFER = Text("两项限额的币种须相同。", "Both limits are of one currency.")


@handles(SetScore)
def set_score(command: SetScore, context: Context) -> Fact:
    _require_ahead(command)
    row = ScoreRow.objects.create(
        id=context.new_id(),
        factor=command.factor,
        value=command.value,
        points=command.points,
        reason=command.reason,
        reason_en=command.reason_en,
        effective_on=command.effective_on,
    )
    context.about(Subject("customers.scorerow", row.id, f"{command.factor}/{command.value}"))
    return ScoreSet(
        factor=command.factor,
        value=command.value,
        points=command.points,
        effective_on=command.effective_on,
    )


@handles(SetAllowance)
def set_allowance(command: SetAllowance, context: Context) -> Fact:
    _require_ahead(command)
    limits = [each for each in (command.single, command.daily) if each is not None]
    if len({each.currency for each in limits}) > 1:
        raise Invalid(("daily", CURRENCIES_DIFFER))
    row = AllowanceRow.objects.create(
        id=context.new_id(),
        rating=command.rating,
        product=command.product,
        allowed=command.allowed,
        currency=limits[0].currency if limits else "",
        single=command.single.amount if command.single else None,
        daily=command.daily.amount if command.daily else None,
        effective_on=command.effective_on,
    )
    context.about(Subject("customers.allowancerow", row.id, f"{command.rating}/{command.product}"))
    return AllowanceSet(
        rating=command.rating,
        product=command.product,
        allowed=command.allowed,
        single=command.single,
        daily=command.daily,
        effective_on=command.effective_on,
    )


@handles(SetItemRule)
def set_item_rule(command: SetItemRule, context: Context) -> Fact:
    _require_ahead(command)
    row = ItemRuleRow.objects.create(
        id=context.new_id(),
        item=command.item,
        alone=command.alone,
        proof=command.proof,
        effective_on=command.effective_on,
    )
    context.about(Subject("customers.itemrulerow", row.id, str(command.item)))
    return ItemRuleSet(
        item=command.item,
        alone=command.alone,
        proof=command.proof,
        effective_on=command.effective_on,
    )


def _require_ahead(command: SetScore | SetAllowance | SetItemRule) -> None:
    """What was in force stays as it was: yesterday's rating is still explained by it."""
    if command.effective_on < bank_today():
        raise Invalid(("effective_on", IN_PAST))

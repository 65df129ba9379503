"""客户评级: by the scorecard, or by somebody who knows more."""

from yinxin.gate.context import Context
from yinxin.gate.registry import handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.text import Text

from .. import queries, rules
from ..commands import AdjustRating, RateCustomer
from ..facts import CustomerRated
from ..models import Assessment, Customer
from ..personal import kept_under
from ..rules import Rating, State
from ..scorecard import is_lower
from .subjects import locked, measured

ENDED = (State.DECLINED, State.CLOSED)


@handles(RateCustomer)
def rate_customer(command: RateCustomer, context: Context) -> Fact:
    customer = _living(command, context)
    before = Rating(customer.rating)
    found = queries.rating_of(customer)
    reasons = tuple(each.reason for each in found.reasons)
    keep(customer, found.rating, found.points, reasons, False, context)
    return _told(customer, before, found.points, reasons, False, context)


@handles(AdjustRating)
def adjust_rating(command: AdjustRating, context: Context) -> Fact:
    customer = _living(command, context)
    before, reasons = Rating(customer.rating), (Text(command.reason, command.reason),)
    keep(customer, command.rating, 0, reasons, True, context)
    return _told(customer, before, 0, reasons, True, context)


def assess(customer: Customer, context: Context) -> tuple[Rating, int, tuple[Text, ...]]:
    """The rating at opening, kept with its reasons: by the scorecard, but what somebody set by
    hand before stands."""
    by_hand = customer.assessment_set.filter(manual=True).order_by("-id").first()
    if by_hand is not None:
        reasons = tuple(Text(zh, en) for zh, en in by_hand.reasons)
        return Rating(by_hand.rating), by_hand.points, reasons
    found = queries.rating_of(customer)
    reasons = tuple(each.reason for each in found.reasons)
    keep(customer, found.rating, found.points, reasons, False, context)
    return found.rating, found.points, reasons


def keep(
    customer: Customer,
    rating: Rating,
    points: int,
    reasons: tuple[Text, ...],
    manual: bool,
    context: Context,
) -> None:
    assessment_id = context.new_id()
    Assessment.objects.create(
        id=assessment_id,
        customer=customer,
        rating=rating,
        points=points,
        manual=manual,
        sealed_reasons=kept_under(
            customer.id,
            f"assessment.reasons:{assessment_id}",
            [[each.zh, each.en] for each in reasons],
        ),
        by_name=context.actor.name,
        at=context.now,
    )
    customer.rating = rating
    customer.save(update_fields=["rating"])


def _living(command: RateCustomer | AdjustRating, context: Context) -> Customer:
    customer = locked(command.customer_id, context)
    rules.require_one_of(
        customer.state, set(State) - set(ENDED), rules.CUSTOMER_ENDED, customer.number
    )
    return customer


def _told(
    customer: Customer,
    before: Rating,
    points: int,
    reasons: tuple[Text, ...],
    manual: bool,
    context: Context,
) -> Fact:
    rating = Rating(customer.rating)
    measured(customer, context, "lower" if is_lower(rating, before) else "")
    return CustomerRated(
        number=customer.number,
        before=before,
        rating=rating,
        points=points,
        reasons=reasons,
        manual=manual,
    )

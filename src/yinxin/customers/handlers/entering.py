"""双人录入: the critical items are entered a second time, by another person."""

from uuid import UUID

from yinxin.gate.context import Context
from yinxin.gate.registry import explains, handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today

from .. import particulars, rules
from ..commands import EnterAgain, ResolveEntry
from ..facts import EntryRepeated, EntryResolved
from ..models import Customer, SecondEntry
from ..particulars import CRITICAL, Item, Values
from ..personal import kept_under, only, opened_from
from ..rules import Kind, State
from .opening import typed
from .recording import rewrite
from .subjects import locked

explains("customers_secondentry_two_persons", rules.ENTRY_BY_SAME_PERSON)
explains("customers_secondentry_resolved_by_third", rules.RESOLVED_BY_ENTERER)


@handles(EnterAgain)
def enter_again(command: EnterAgain, context: Context) -> Fact:
    customer = _registered(command.customer_id, context)
    first_id = customer.entered_by_id or customer.registered_by_id
    rules.require_second_person(first_id, context.actor.id)
    if customer.confirmed_at or _difference(customer):
        raise Refused(rules.ENTRY_DONE_ALREADY)
    first = customer.values
    second = _as_typed(customer, first, typed(command))
    differing = particulars.differences(first, second, CRITICAL)
    entry_id = context.new_id()
    state = SecondEntry.State.DIFFERS if differing else SecondEntry.State.AGREED
    SecondEntry.objects.create(
        id=entry_id,
        customer=customer,
        first_id=first_id,
        second_id=context.actor.id,
        second_name=context.actor.name,
        sealed_values=kept_under(
            customer.id, f"secondentry.values:{entry_id}", only(second, CRITICAL)
        ),
        differing=differing,
        state=state,
        entered_at=context.now,
    )
    if not differing:
        _confirm(customer, context)
    return EntryRepeated(number=customer.number, differing=tuple(differing))


@handles(ResolveEntry)
def resolve_entry(command: ResolveEntry, context: Context) -> Fact:
    customer = _registered(command.customer_id, context)
    entry = _difference(customer)
    if entry is None:
        raise Refused(rules.ENTRY_NOT_OPEN)
    rules.require_outsider(context.actor.id, (entry.first_id, entry.second_id))
    right = [Item(item) for item in entry.differing if item in command.second_is_right]
    if right:
        second = opened_from(customer.id, f"secondentry.values:{entry.id}", entry.sealed_values)
        rewrite(customer, {item: second[item] for item in right}, command.reason, context)
    entry.state = SecondEntry.State.RESOLVED
    entry.resolved_by_id, entry.resolved_by_name = context.actor.id, context.actor.name
    entry.resolved_at = context.now
    entry.save(update_fields=["state", "resolved_by_id", "resolved_by_name", "resolved_at"])
    _confirm(customer, context)
    return EntryResolved(
        number=customer.number, second_is_right=tuple(right), reason=command.reason
    )


def _registered(customer_id: UUID, context: Context) -> Customer:
    """One that waits for opening, or was imported and waits for review."""
    customer = locked(customer_id, context)
    if customer.review_by is None:
        rules.require_state(
            customer.state, State.REGISTERED, rules.CUSTOMER_NOT_REGISTERED, customer.number
        )
    return customer


def _difference(customer: Customer) -> SecondEntry | None:
    open_ones = SecondEntry.objects.select_for_update().filter(
        customer=customer, state=SecondEntry.State.DIFFERS
    )
    return open_ones.first()


def _as_typed(customer: Customer, first: Values, second: Values) -> Values:
    """The second entry in the form that the first is kept in, checked on its own: what only the
    first number implies, such as the sex, is no part of it."""
    implied = (Item.SEX, Item.BORN_ON)
    rest = {item: text for item, text in first.items() if item not in implied}
    return particulars.kept(Kind(customer.kind), {**rest, **second}, bank_today())


def _confirm(customer: Customer, context: Context) -> None:
    customer.confirmed_by_id, customer.confirmed_by_name = context.actor.id, context.actor.name
    customer.confirmed_at = context.now
    customer.save(update_fields=["confirmed_by_id", "confirmed_by_name", "confirmed_at"])

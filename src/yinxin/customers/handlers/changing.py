"""客户信息变更, and suspending, reviving and closing customers."""

from uuid import UUID

from yinxin.gate.context import Context
from yinxin.gate.registry import handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today

from .. import changes, particulars, queries, rules
from ..changes import Review
from ..commands import ChangeCustomer, CloseCustomer, ReviveCustomer, SuspendCustomer
from ..facts import CustomerChanged, StandingMoved
from ..models import Customer, Document, Report, SecondEntry
from ..particulars import CRITICAL, Item
from ..personal import sealed
from ..reports import ReportState
from ..rules import Paper, State
from .documents import keep_image
from .opening import typed
from .recording import Changed, intended, rewrite
from .subjects import locked, measured

ENDED = (State.DECLINED, State.CLOSED)
MASKED = (Item.DOCUMENT_NUMBER, Item.PHONE)


@handles(ChangeCustomer)
def change_customer(command: ChangeCustomer, context: Context) -> Fact:
    customer = locked(command.customer_id, context)
    rules.require_one_of(
        customer.state, set(State) - set(ENDED), rules.CUSTOMER_ENDED, customer.number
    )
    wanted = typed(command)
    planned = intended(customer, wanted)
    if Item.VALID_UNTIL in planned.items:
        particulars.require_in_force(planned.after, bank_today())
    registered = customer.state == State.REGISTERED
    if registered:
        review = Review.REGISTERED
    else:
        ruled = queries.item_rules(bank_today())
        changes.require_proof(planned.items, ruled, command.proof is not None)
        review = changes.review(planned.items, ruled)
    measured(customer, context, review)
    if registered and set(CRITICAL) & set(planned.items):
        _enter_anew(customer, context)
    proof = _proof(customer, command, context)
    changed = rewrite(
        customer, wanted, command.reason, context, proof, _report(customer, command.report_id)
    )
    return _told(customer, changed, command.reason)


@handles(SuspendCustomer)
def suspend_customer(command: SuspendCustomer, context: Context) -> Fact:
    customer = locked(command.customer_id, context)
    rules.require_state(customer.state, State.ACTIVE, rules.CUSTOMER_NOT_ACTIVE, customer.number)
    return _moved(customer, State.SUSPENDED, command.reason)


@handles(ReviveCustomer)
def revive_customer(command: ReviveCustomer, context: Context) -> Fact:
    customer = locked(command.customer_id, context)
    rules.require_one_of(
        customer.state,
        {State.SUSPENDED, State.DECLINED},
        rules.CUSTOMER_NOT_SUSPENDED,
        customer.number,
    )
    measured(customer, context)
    was_opened = customer.opened_at is not None
    return _moved(customer, State.ACTIVE if was_opened else State.REGISTERED, command.reason)


@handles(CloseCustomer)
def close_customer(command: CloseCustomer, context: Context) -> Fact:
    """Rooms above, such as the ledger, refuse it while something of the customer's is open."""
    customer = locked(command.customer_id, context)
    rules.require_one_of(
        customer.state,
        {State.ACTIVE, State.SUSPENDED},
        rules.CUSTOMER_NOT_ACTIVE,
        customer.number,
    )
    measured(customer, context)
    return _moved(customer, State.CLOSED, command.reason)


def _moved(customer: Customer, state: State, reason: str) -> Fact:
    customer.state = state
    customer.sealed_state_reason = sealed(customer.id, state_reason=reason)["sealed_state_reason"]
    customer.save(update_fields=["state", "sealed_state_reason"])
    return StandingMoved(number=customer.number, name=customer.name, state=state, reason=reason)


def _enter_anew(customer: Customer, context: Context) -> None:
    """Critical items that were typed anew are to be entered a second time by another person."""
    customer.entered_by_id = context.actor.id
    customer.confirmed_by_id, customer.confirmed_by_name = None, ""
    customer.confirmed_at = None
    customer.secondentry_set.exclude(state=SecondEntry.State.RESOLVED).update(
        state=SecondEntry.State.VOID
    )


def _proof(customer: Customer, command: ChangeCustomer, context: Context) -> Document | None:
    if command.proof is None:
        return None
    return keep_image(customer, Paper.PROOF, command.proof, context, "proof")


def _report(customer: Customer, report_id: UUID | None) -> Report | None:
    """The confirmed report that a change rests on."""
    if report_id is None:
        return None
    report = customer.report_set.filter(id=report_id, state=ReportState.CONFIRMED).first()
    if report is None:
        raise Refused(NOT_FOUND)
    return report


def _told(customer: Customer, changed: Changed, reason: str) -> Fact:
    def told(item: Item, value: str) -> str:
        return particulars.shown(item, value).zh if item in MASKED else value

    rows = [
        (item, told(item, changed.before.get(item, "")), told(item, changed.after.get(item, "")))
        for item in changed.items
    ]
    return CustomerChanged(number=customer.number, changes=tuple(rows), reason=reason)

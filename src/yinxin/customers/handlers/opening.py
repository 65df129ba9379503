"""Registering customers, opening them under their real names, or declining them."""

from uuid import UUID

from yinxin.gate.context import Context
from yinxin.gate.registry import explains, handles
from yinxin.kernel.command import Command
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today

from .. import opening, particulars, queries, rules
from ..commands import DeclineCustomer, OpenCustomer, RegisterCustomer
from ..documents import DocumentType, masked
from ..facts import CustomerDeclined, CustomerOpened, CustomerRegistered
from ..models import Customer
from ..particulars import Item, Values
from ..personal import document_digest, sealed, sealed_record
from ..rules import MAIN_PAPER, Kind, Paper, State
from ..scorecard import rated, traits
from .documents import keep_image
from .rating import assess
from .subjects import index, locked, measured, subject

explains("customers_customer_document_once", rules.CUSTOMER_JUST_REGISTERED)
explains("customers_customer_entered_by_two", rules.ENTRY_BY_SAME_PERSON)


@handles(RegisterCustomer)
def register_customer(command: RegisterCustomer, context: Context) -> Fact:
    today = bank_today()
    values = particulars.kept(command.kind, typed(command), today)
    if command.mrz:
        values = particulars.require_as_zone(values, command.mrz, today)
    particulars.require_in_force(values, today)
    digest = document_digest(command.document_type, values[Item.DOCUMENT_NUMBER])
    _require_unknown(digest, context)
    customer = _created(context.new_id(), command.kind, values, digest, context)
    context.about(subject(customer))
    index(customer.id, values)
    papers = (
        (MAIN_PAPER[command.kind], command.front, "front"),
        (Paper.BACK, command.back, "back"),
    )
    for paper, upload, field in papers:
        if upload is not None:
            keep_image(customer, paper, upload, context, field)
    return CustomerRegistered(
        number=customer.number,
        name=values[Item.NAME],
        kind=command.kind,
        document_type=command.document_type,
        document_number=masked(values[Item.DOCUMENT_NUMBER]),
    )


@handles(OpenCustomer)
def open_customer(command: OpenCustomer, context: Context) -> Fact:
    customer = locked(command.customer_id, context)
    rules.require_state(
        customer.state, State.REGISTERED, rules.CUSTOMER_NOT_REGISTERED, customer.number
    )
    found = opening.checks(queries.standing_of(customer), bank_today())
    opening.require_met(found, customer.number)
    rating, points, reasons = assess(customer, context)
    measured(customer, context)
    customer.state = State.ACTIVE
    customer.opened_by_id, customer.opened_by_name = context.actor.id, context.actor.name
    customer.opened_at = context.now
    customer.save(update_fields=["state", "rating", "opened_by_id", "opened_by_name", "opened_at"])
    return CustomerOpened(
        number=customer.number,
        name=customer.name,
        kind=Kind(customer.kind),
        document_type=DocumentType(customer.document_type),
        document_number=masked(customer.document_number),
        rating=rating,
        points=points,
        reasons=reasons,
    )


@handles(DeclineCustomer)
def decline_customer(command: DeclineCustomer, context: Context) -> Fact:
    """A business no: the customer stays on record with the reason (不予开户)."""
    customer = locked(command.customer_id, context)
    rules.require_state(
        customer.state, State.REGISTERED, rules.CUSTOMER_NOT_REGISTERED, customer.number
    )
    measured(customer, context)
    customer.state = State.DECLINED
    customer.sealed_state_reason = sealed(customer.id, state_reason=command.reason)[
        "sealed_state_reason"
    ]
    customer.save(update_fields=["state", "sealed_state_reason"])
    return CustomerDeclined(number=customer.number, name=customer.name, reason=command.reason)


def typed(command: Command) -> Values:
    """What a form holds of the record, as text."""
    found = {item: getattr(command, item, None) for item in Item}
    return {item: str(value) for item, value in found.items() if value not in (None, "")}


def _created(
    customer_id: UUID, kind: Kind, values: Values, digest: bytes, context: Context
) -> Customer:
    first = rated(traits(kind, values), queries.scorecard(bank_today()))
    return Customer.objects.create(
        id=customer_id,
        number=context.draw_number("CU", bank_today()),
        kind=kind,
        document_type=values[Item.DOCUMENT_TYPE],
        document_digest=digest,
        document_expires_on=particulars.expires_on(values),
        branch=context.actor.branch,
        rating=first.rating,
        registered_by_id=context.actor.id,
        registered_by_name=context.actor.name,
        registered_at=context.now,
        entered_by_id=context.actor.id,
        **sealed_record(customer_id, values),
    )


def _require_unknown(digest: bytes, context: Context) -> None:
    known = Customer.objects.filter(document_digest=digest).first()
    if known is not None:
        context.about(subject(known))
        raise Refused(rules.CUSTOMER_EXISTS, number=known.number)

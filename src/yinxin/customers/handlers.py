"""Registering customers and opening them under their real names."""

from uuid import UUID

from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today
from yinxin.vault import search

from . import rules
from .commands import OpenCustomer, RegisterCustomer, RevealNumber
from .documents import DocumentType, checked_number, masked
from .facts import CustomerOpened, CustomerRegistered, NumberRevealed
from .models import Customer, Revelation
from .personal import document_digest, sealed
from .rules import Kind, Rating, State

explains("customers_customer_document_once", rules.CUSTOMER_JUST_REGISTERED)


@handles(RegisterCustomer)
def register_customer(command: RegisterCustomer, context: Context) -> Fact:
    rules.require_document_fits(command.kind, command.document_type)
    today = bank_today()
    document_number = checked_number(command.document_type, command.document_number, today)
    digest = document_digest(command.document_type, document_number)
    _require_unknown(digest, context)
    customer_id = context.new_id()
    customer = Customer.objects.create(
        id=customer_id,
        number=context.draw_number("CU", today),
        kind=command.kind,
        document_type=command.document_type,
        document_digest=digest,
        branch=context.actor.branch,
        rating=command.rating,
        registered_by_id=context.actor.id,
        registered_by_name=context.actor.name,
        registered_at=context.now,
        **sealed(
            customer_id,
            name=command.name,
            document_number=document_number,
            phone=command.phone,
            address=command.address,
        ),
    )
    context.about(_subject(customer))
    search.index(customer.id, "customers.name", command.name)
    search.index(customer.id, "customers.document", document_number, parts=("whole", "tail"))
    return CustomerRegistered(
        number=customer.number,
        name=command.name,
        kind=command.kind,
        document_type=command.document_type,
        document_number=masked(document_number),
        rating=command.rating,
    )


@handles(OpenCustomer)
def open_customer(command: OpenCustomer, context: Context) -> Fact:
    customer = _locked(command.customer_id, context)
    rules.require_state(
        customer.state, State.REGISTERED, rules.CUSTOMER_NOT_REGISTERED, customer.number
    )
    context.measure(Measure(kind=customer.kind, rating=customer.rating, branch=customer.branch))
    customer.state = State.ACTIVE
    customer.opened_by_id, customer.opened_by_name = context.actor.id, context.actor.name
    customer.opened_at = context.now
    customer.save(update_fields=["state", "opened_by_id", "opened_by_name", "opened_at"])
    return CustomerOpened(
        number=customer.number,
        name=customer.name,
        kind=Kind(customer.kind),
        document_type=DocumentType(customer.document_type),
        document_number=masked(customer.document_number),
        rating=Rating(customer.rating),
    )


@handles(RevealNumber)
def reveal_number(command: RevealNumber, context: Context) -> Fact:
    """The number itself is no part of the fact: a preview, which leaves no evidence, would
    give it away."""
    customer = _locked(command.customer_id, context)
    until = context.now + rules.REVEALED_FOR
    Revelation.objects.create(
        id=context.new_id(), customer=customer, actor_id=context.actor.id, until=until
    )
    return NumberRevealed(number=customer.number, reason=command.reason, until=until)


def _require_unknown(digest: bytes, context: Context) -> None:
    known = Customer.objects.filter(document_digest=digest).first()
    if known is not None:
        context.about(_subject(known))
        raise Refused(rules.CUSTOMER_EXISTS, number=known.number)


def _locked(customer_id: UUID, context: Context) -> Customer:
    customer = Customer.objects.select_for_update().filter(id=customer_id).first()
    if customer is None or not context.actor.oversees(customer.branch):
        raise Refused(NOT_FOUND)
    context.about(_subject(customer))
    return customer


def _subject(customer: Customer) -> Subject:
    return Subject("customers.customer", customer.id, customer.number, customer.id, customer.branch)

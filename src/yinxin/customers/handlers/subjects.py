"""What the handlers of this domain share: locking a customer, and its place on the trail."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from yinxin.gate.context import Context, Subject
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.refusals import Refused
from yinxin.vault import search

from ..documents import CITIZENS, relic
from ..models import Customer, Document
from ..names import spellings
from ..particulars import Item, Values


def locked(customer_id: UUID, context: Context) -> Customer:
    """The customer, which the context is then about. Raises Refused(not_found)."""
    customer = Customer.objects.select_for_update().filter(id=customer_id).first()
    if customer is None or not context.actor.oversees(customer.branch):
        raise Refused(NOT_FOUND)
    context.about(subject(customer))
    return customer


def document(document_id: UUID, context: Context) -> Document:
    """An image and, by it, its customer. Raises Refused(not_found)."""
    found: QuerySet[Document] = Document.objects.filter(id=document_id)
    image = found.select_related("customer").first()
    if image is None or not context.actor.oversees(image.customer.branch):
        raise Refused(NOT_FOUND)
    context.about(subject(image.customer))
    return image


def subject(customer: Customer) -> Subject:
    return Subject("customers.customer", customer.id, customer.number, customer.id, customer.branch)


def measured(customer: Customer, context: Context, kind: str = "") -> None:
    context.measure(
        Measure(kind=kind or customer.kind, rating=customer.rating, branch=customer.branch)
    )


def index(customer_id: UUID, values: Values) -> None:
    """Make a customer findable by what is on record now, and by nothing else."""
    for kind in ("name", "document", "phone"):
        search.forget(customer_id, f"customers.{kind}")
    search.index_all(findable(customer_id, values))


def findable(customer_id: UUID, values: Values) -> Iterator[tuple[UUID, str, str, tuple[str, ...]]]:
    """By what a customer is found: whose, what kind, the value, and which parts of it."""
    for spelling in spellings(values[Item.NAME]):
        yield customer_id, "customers.name", spelling, search.PARTS
    number = values[Item.DOCUMENT_NUMBER]
    yield customer_id, "customers.document", number, ("whole", "tail")
    if values[Item.DOCUMENT_TYPE] in CITIZENS and relic(number):
        yield customer_id, "customers.document", relic(number), ("whole",)
    digits = "".join(filter(str.isdigit, values.get(Item.PHONE, "")))
    yield customer_id, "customers.phone", digits, ("whole", "tail")

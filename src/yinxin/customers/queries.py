"""Who the customers are. Numbers come masked, unless the viewer just left a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Refused
from yinxin.vault import search as tokens

from . import rules
from .documents import DocumentType, masked
from .models import Customer, Revelation
from .rules import Kind, Rating, State


@dataclass(frozen=True, slots=True)
class Brief:
    """What other domains need to know of a customer."""

    id: UUID
    number: str
    name: str
    kind: Kind
    state: State
    rating: Rating
    branch: str


@dataclass(frozen=True, slots=True)
class Detail:
    """`document_number` is masked unless `revealed_until`."""

    brief: Brief
    document_type: DocumentType
    document_number: str
    revealed_until: datetime | None
    phone: str
    address: str
    registered_by: str
    registered_at: datetime
    opened_by: str
    opened_at: datetime | None


def customers_for(viewer: Actor, search: str = "") -> QuerySet[Customer]:
    """The customers of the viewer's branch and those below it.

    `search` is part of a name, its pinyin initials, a document number or its last four
    characters, or the start of a customer number.
    """
    customers = Customer.objects.filter(branch__startswith=viewer.branch)
    return customers.filter(matching(search)) if search else customers


def matching(search: str) -> Q:
    """The condition on customers that a search means."""
    found = tokens.find("customers.name", search) + tokens.find("customers.document", search)
    return Q(id__in=found) | Q(number__istartswith=search.strip())


def customer(viewer: Actor, customer_id: UUID) -> Detail:
    """Raises Refused(not_found), also for a customer of another branch."""
    row = _visible(viewer, customer_id)
    revealed = (
        Revelation.objects.filter(customer=row, actor_id=viewer.id, until__gt=clock.now())
        .order_by("-until")
        .first()
    )
    number = row.document_number
    return Detail(
        brief=brief_of(row),
        document_type=DocumentType(row.document_type),
        document_number=number if revealed else masked(number),
        revealed_until=revealed.until if revealed else None,
        phone=masked(row.phone),
        address=row.address,
        registered_by=row.registered_by_name,
        registered_at=row.registered_at,
        opened_by=row.opened_by_name,
        opened_at=row.opened_at,
    )


def brief(viewer: Actor, customer_id: UUID) -> Brief:
    """Raises Refused(not_found), also for a customer of another branch."""
    return brief_of(_visible(viewer, customer_id))


def active(viewer: Actor, customer_id: UUID) -> Brief:
    """A customer that business may be done for. Raises Refused(customer_not_active)."""
    found = brief(viewer, customer_id)
    rules.require_state(found.state, State.ACTIVE, rules.CUSTOMER_NOT_ACTIVE, found.number)
    return found


def briefs(viewer: Actor, customer_ids: Iterable[UUID]) -> dict[UUID, Brief]:
    """Those of the customers that the viewer may see, by id."""
    rows = customers_for(viewer).filter(id__in=set(customer_ids))
    return {row.id: brief_of(row) for row in rows}


def brief_of(row: Customer) -> Brief:
    return Brief(
        row.id,
        row.number,
        row.name,
        Kind(row.kind),
        State(row.state),
        Rating(row.rating),
        row.branch,
    )


def _visible(viewer: Actor, customer_id: UUID) -> Customer:
    row = customers_for(viewer).filter(id=customer_id).first()
    if row is None:
        raise Refused(NOT_FOUND)
    return row

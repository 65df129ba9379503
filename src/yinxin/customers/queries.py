"""Who the customers are. Numbers come masked, unless the viewer just left a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from yinxin.gate.numbers import by_number
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.uikit.choices import Choices, Records
from yinxin.uikit.listing import Search
from yinxin.vault import blobs
from yinxin.vault import search as tokens
from yinxin.vault.sealing import fetch_keys

from . import allowances as allowing
from . import changes, images, rules
from . import scorecard as scoring
from .allowances import Allowance, Product
from .changes import ItemRule
from .models import (
    AllowanceRow,
    Customer,
    Document,
    Import,
    ItemRuleRow,
    Party,
    Report,
    Revelation,
    ScoreRow,
    SecondEntry,
)
from .names import spellings
from .opening import ReadVerdict, Standing
from .particulars import Item
from .parties import Role
from .reports import MAJOR, ReportState
from .rules import Kind, Rating, State
from .scorecard import Card, Factor, Rated, Score

MOST_HOLDERS = 200
NUMBER_PARTS = ("whole", "tail")
IN_BRIEF = ("number", "sealed_name", "kind", "state", "rating", "branch")
SEARCHED = {
    "name": tokens.PARTS,
    "document": NUMBER_PARTS,
    "phone": NUMBER_PARTS,
    "party": tokens.PARTS,
}


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
class Numbered:
    """What is known of a customer without opening anything sealed."""

    id: UUID
    kind: Kind
    state: State
    branch: str


def customers_for(viewer: Actor, search: str = "") -> QuerySet[Customer]:
    """The customers of the viewer's branch and those below it.

    `search` is part of a name, also of somebody who stands behind the customer, its pinyin
    initials, a document or phone number or its last four characters, or the start or the end of
    a customer number.
    """
    customers = Customer.objects.filter(branch__startswith=viewer.branch)
    return matching(customers, search) if search else customers


def of_customer(viewer: Actor) -> Search:
    """The search of what belongs to customers, by whatever finds those."""
    return Search(
        "q", SEARCH.title, lambda rows, typed: rows.filter(customer__in=holding(viewer, typed))
    )


def matching(rows: QuerySet[Customer], search: str) -> QuerySet[Customer]:
    """Those of some customers that a search means."""
    found = tokens.find_any(
        (f"customers.{kind}", spelling, parts)
        for kind, parts in SEARCHED.items()
        for spelling in spellings(search)
    )
    return by_number(rows, search, Q(id__in=found))


SEARCH = Search("q", Text("姓名、证件号、电话或客户号", "Name or number"), matching)


def offered(viewer: Actor, condition: Q) -> Records:
    """Some customers, as a form offers them."""
    rows = customers_for(viewer).only("number", "sealed_name").filter(condition)
    return Records(rows.order_by("-number"), _named, SEARCH)


def active_ones(viewer: Actor) -> Records:
    return offered(viewer, Q(state=State.ACTIVE))


def _named(rows: Sequence[Customer]) -> Choices:
    prepare(rows)
    return [
        (str(row.id), Text(label, label)) for row in rows for label in [f"{row.number} {row.name}"]
    ]


def holding(viewer: Actor, search: str) -> list[UUID]:
    """Whose things a search means that names a customer."""
    return list(customers_for(viewer, search).values_list("id", flat=True)[:MOST_HOLDERS])


def prepare(rows: Iterable[Customer]) -> None:
    """Fetch the keys of a page of customers at once, before their names are opened."""
    fetch_keys(row.id for row in rows)


def brief(viewer: Actor, customer_id: UUID) -> Brief:
    """Raises Refused(not_found), also for a customer of another branch."""
    found = briefs(viewer, [customer_id])
    if not found:
        raise Refused(NOT_FOUND)
    return found[customer_id]


def active(viewer: Actor, customer_id: UUID) -> Brief:
    """A customer that business may be done for. Raises Refused(customer_not_active)."""
    found = brief(viewer, customer_id)
    rules.require_state(found.state, State.ACTIVE, rules.CUSTOMER_NOT_ACTIVE, found.number)
    return found


def briefs(viewer: Actor, customer_ids: Iterable[UUID]) -> dict[UUID, Brief]:
    """Those of the customers that the viewer may see, by id."""
    rows = list(customers_for(viewer).only(*IN_BRIEF).filter(id__in=set(customer_ids)))
    prepare(rows)
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


def numbered(viewer: Actor, numbers: Iterable[str]) -> dict[str, Numbered]:
    """The customers that the viewer may see of some numbers, of this system or of the one
    before."""
    wanted = set(numbers)
    rows = customers_for(viewer).filter(Q(number__in=wanted) | Q(former_number__in=wanted))
    found = rows.values_list("id", "kind", "state", "branch", "number", "former_number")
    return {
        number: Numbered(id, Kind(kind), State(state), branch)
        for id, kind, state, branch, *both in found
        for number in both
        if number
    }


def allowances(viewer: Actor, customer_id: UUID) -> dict[Product, Allowance]:
    """What the customer's rating, state and document allow today, product by product."""
    return {each.product: each for each in allowances_of(visible(viewer, customer_id))}


def allowances_of(row: Customer) -> tuple[Allowance, ...]:
    today = bank_today()
    return allowing.allowed(
        State(row.state), Rating(row.rating), row.document_expires_on, allowance_table(today), today
    )


def agents_of(viewer: Actor, customer_id: UUID, on: date) -> list[Party]:
    """Whose mandates are in force on a day; their `scope` says for what."""
    return current_parties(visible(viewer, customer_id), on, Role.AGENT)


def agents_offered(viewer: Actor) -> Records:
    """Those whose mandates are in force, with the numbers of whom they act for."""
    rows = parties_for(viewer).filter(role=Role.AGENT, begins_on__lte=bank_today())
    rows = rows.exclude(ends_on__lt=bank_today()).order_by("-id")
    return Records(rows, _named_agents, of_customer(viewer))


def _named_agents(rows: Sequence[Party]) -> Choices:
    prepare(row.customer for row in rows)
    return [
        (str(row.id), Text(label, label))
        for row in rows
        for label in [f"{row.customer.number} {row.values[Item.NAME]}"]
    ]


def party_name(viewer: Actor, party_id: UUID) -> str:
    """The name of somebody who acts or acted for a customer; blank for a stranger."""
    rows = Party.objects.filter(id=party_id, customer__branch__startswith=viewer.branch)
    found = rows.first()
    return found.values[Item.NAME] if found else ""


def scorecard(today: date) -> Card:
    """The scorecard in force: what is shipped, and what was set since."""
    rows = [
        (row.effective_on, _score(row)) for row in ScoreRow.objects.order_by("effective_on", "id")
    ]
    return scoring.overlaid(rows, today)


def allowance_table(today: date) -> allowing.Table:
    rows = [
        (
            row.effective_on,
            (row.rating, row.product),
            (row.allowed, _limit(row.single, row.currency), _limit(row.daily, row.currency)),
        )
        for row in AllowanceRow.objects.order_by("effective_on", "id")
    ]
    return allowing.overlaid(rows, today)


def item_rules(today: date) -> Mapping[Item, ItemRule]:
    rows = [
        (row.effective_on, Item(row.item), ItemRule(row.alone, row.proof))
        for row in ItemRuleRow.objects.order_by("effective_on", "id")
    ]
    return changes.overlaid(rows, today)


def rating_of(customer: Customer) -> Rated:
    """The rating that the scorecard in force gives a customer as known now."""
    today = bank_today()
    parties = current_parties(customer, today)
    events = Report.objects.filter(
        customer=customer, event__in=MAJOR, verified_at__isnull=False
    ).exclude(state=ReportState.UNFOUNDED)
    known = scoring.traits(
        Kind(customer.kind),
        customer.values,
        [
            (frozenset(row.criteria), row.values.get(Item.NATIONALITY, "CHN"))
            for row in parties
            if row.role == Role.OWNER
        ],
        any(row.role == Role.AGENT for row in parties),
        events.values_list("event", flat=True),
    )
    return scoring.rated(known, scorecard(today))


def current_parties(customer: Customer, on: date, *roles: Role) -> list[Party]:
    rows = Party.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), customer=customer)
    rows = rows.filter(begins_on__lte=on, ended_at=None)
    return list((rows.filter(role__in=roles) if roles else rows).order_by("id"))


def standing_of(customer: Customer) -> Standing:
    """What the checks before opening look at."""
    entry = last_entry(customer)
    papers = Document.objects.filter(customer=customer).select_related("reading").order_by("id")
    latest = {image.paper: image for image in papers}
    readings = [image.reading for image in latest.values() if hasattr(image, "reading")]
    return Standing(
        kind=Kind(customer.kind),
        values=customer.values,
        second_entry=entry.state if entry else "",
        papers=list(latest),
        readings=[
            ReadVerdict.AGREES if reading.confirmed_at else ReadVerdict(reading.verdict)
            for reading in readings
        ],
        roles=[row.role for row in current_parties(customer, bank_today())],
    )


def last_entry(customer: Customer) -> SecondEntry | None:
    rows = SecondEntry.objects.filter(customer=customer)
    return rows.exclude(state=SecondEntry.State.VOID).order_by("-id").first()


def document_to_read(viewer: Actor, document_id: str) -> tuple[Document, Customer] | None:
    """An image that nobody has read yet, with its customer."""
    rows = Document.objects.filter(id=document_id, reading=None).select_related("customer")
    found = rows.filter(customer__branch__startswith=viewer.branch).first()
    return (found, found.customer) if found else None


def documents_for(viewer: Actor) -> QuerySet[Document]:
    rows = Document.objects.select_related("customer")
    return rows.filter(customer__branch__startswith=viewer.branch)


def parties_for(viewer: Actor) -> QuerySet[Party]:
    """Whoever holds a role, as far as it was not ended."""
    rows = Party.objects.select_related("customer").filter(ended_at=None)
    return rows.filter(customer__branch__startswith=viewer.branch)


def document_image(viewer: Actor, document_id: UUID) -> tuple[bytes, str]:
    """The image and its media type, for a viewer who just left a reason.

    Raises Refused(not_found), Refused(ticket_needed).
    """
    rows = Document.objects.filter(id=document_id, customer__branch__startswith=viewer.branch)
    found = rows.first()
    if found is None:
        raise Refused(NOT_FOUND)
    tickets = Revelation.objects.filter(document=found, actor_id=viewer.id)
    if not tickets.filter(until__gt=clock.now()).exists():
        raise Refused(rules.TICKET_NEEDED)
    content = blobs.read(blobs.kept(found.blob_id))
    return content, images.media_type(content)


def imports_for(viewer: Actor) -> QuerySet[Import]:
    return Import.objects.filter(branch__startswith=viewer.branch)


def reports_for(viewer: Actor) -> QuerySet[Report]:
    return Report.objects.filter(branch__startswith=viewer.branch).select_related("customer")


def visible(viewer: Actor, customer_id: UUID) -> Customer:
    row = customers_for(viewer).filter(id=customer_id).first()
    if row is None:
        raise Refused(NOT_FOUND)
    return row


def _score(row: ScoreRow) -> Score:
    return Score(Factor(row.factor), row.value, row.points, Text(row.reason, row.reason_en))


def _limit(amount: Decimal | None, currency: str) -> Money | None:
    return Money(amount, currency) if amount is not None else None

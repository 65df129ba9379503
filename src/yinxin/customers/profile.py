"""One page a customer (客户全景): everything this domain knows of one, for one viewer."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today

from . import opening, queries
from .allowances import Allowance
from .documents import masked
from .models import Change, Customer, Document, Party, Reading, Report, Revelation, SecondEntry
from .opening import Check, ReadVerdict
from .particulars import CRITICAL, Item, Values, shown
from .parties import Criterion, Role, Scope
from .personal import opened_from
from .queries import Brief, brief_of
from .readings import Answer
from .reports import Event, ReportState
from .rules import Paper, Rating, State

LATEST = 20


@dataclass(frozen=True, slots=True)
class Paperwork:
    """An image, and what was read on it."""

    id: UUID
    paper: Paper
    added_by: str
    added_at: datetime
    verdict: ReadVerdict | None
    doubtful: tuple[Answer, ...]
    confirmed_by: str
    may_look: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A party; the document number is masked."""

    id: UUID
    role: Role
    name: str
    document_number: str
    criteria: tuple[Criterion, ...]
    share: Decimal | None
    scope: tuple[Scope, ...]
    begins_on: date
    ends_on: date | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    at: datetime
    by: str
    reason: str
    rows: tuple[tuple[Item, Text, Text], ...]
    proof_id: UUID | None


@dataclass(frozen=True, slots=True)
class Difference:
    """An item in which the entries differ, and at which places, counted from 1."""

    item: Item
    first: Text
    second: Text
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReportLine:
    id: UUID
    number: str
    event: Event
    happened_on: date
    state: ReportState


@dataclass(frozen=True, slots=True)
class Rates:
    """The rating in force with its reasons, and where it came from."""

    rating: Rating
    points: int
    manual: bool
    reasons: tuple[Text, ...]
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Profile:
    """`values` are as shown: numbers masked unless `revealed_until`."""

    brief: Brief
    values: dict[Item, Text]
    revealed_until: datetime | None
    state_reason: str
    former_number: str
    review_by: date | None
    registered: tuple[str, datetime]
    confirmed: tuple[str, datetime | None]
    opened: tuple[str, datetime | None]
    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    rates: Rates
    allowances: tuple[Allowance, ...]
    papers: tuple[Paperwork, ...]
    people: tuple[Person, ...]
    changes: tuple[ChangeLine, ...]
    reports: tuple[ReportLine, ...]


def profile(viewer: Actor, customer_id: UUID) -> Profile:
    """Raises Refused(not_found), also for a customer of another branch."""
    row, today = queries.visible(viewer, customer_id), bank_today()
    values = row.values
    revealed = _tickets(viewer, row).filter(document=None).order_by("-until").first()
    told = {item: shown(item, text) for item, text in values.items()}
    if revealed:
        number = values[Item.DOCUMENT_NUMBER]
        told[Item.DOCUMENT_NUMBER] = Text(number, number)
    entry = queries.last_entry(row)
    waiting = row.state == State.REGISTERED or row.review_by is not None
    return Profile(
        brief=brief_of(row),
        values=told,
        revealed_until=revealed.until if revealed else None,
        state_reason=row.state_reason,
        former_number=row.former_number,
        review_by=row.review_by,
        registered=(row.registered_by_name, row.registered_at),
        confirmed=(row.confirmed_by_name, row.confirmed_at),
        opened=(row.opened_by_name, row.opened_at),
        checks=opening.checks(queries.standing_of(row), today) if waiting else (),
        differences=_differences(row, entry, values),
        rates=_rates(row),
        allowances=tuple(queries.allowances_of(row)),
        papers=_papers(viewer, row),
        people=_people(row, today),
        changes=_changes(row),
        reports=tuple(
            ReportLine(
                each.id, each.number, Event(each.event), each.happened_on, ReportState(each.state)
            )
            for each in Report.objects.filter(customer=row).order_by("-number")[:LATEST]
        ),
    )


def _tickets(viewer: Actor, row: Customer) -> QuerySet[Revelation]:
    return Revelation.objects.filter(customer=row, actor_id=viewer.id, until__gt=clock.now())


def _rates(row: Customer) -> Rates:
    last = row.assessment_set.order_by("-id").first()
    if last is None:
        found = queries.rating_of(row)
        reasons = tuple(each.reason for each in found.reasons)
        return Rates(found.rating, found.points, False, reasons, "", None)
    reasons = tuple(Text(zh, en) for zh, en in last.reasons)
    return Rates(Rating(last.rating), last.points, last.manual, reasons, last.by_name, last.at)


def _differences(row: Customer, entry: SecondEntry | None, first: Values) -> tuple[Difference, ...]:
    if entry is None or entry.state != SecondEntry.State.DIFFERS:
        return ()
    second = opened_from(row.id, f"secondentry.values:{entry.id}", entry.sealed_values)
    return tuple(
        Difference(
            item,
            shown(item, first.get(item, "")),
            shown(item, second.get(item, "")),
            _places(first.get(item, ""), second.get(item, "")),
        )
        for item in CRITICAL
        if item in entry.differing
    )


def _places(first: str, second: str) -> tuple[int, ...]:
    longest = max(len(first), len(second))
    pairs = zip(first.ljust(longest), second.ljust(longest), strict=True)
    return tuple(place for place, (one, other) in enumerate(pairs, start=1) if one != other)


def _papers(viewer: Actor, row: Customer) -> tuple[Paperwork, ...]:
    tickets = set(
        _tickets(viewer, row).exclude(document=None).values_list("document_id", flat=True)
    )
    images = Document.objects.filter(customer=row).select_related("reading").order_by("-id")
    return tuple(_paperwork(image, image.id in tickets) for image in images)


def _paperwork(image: Document, may_look: bool) -> Paperwork:
    reading: Reading | None = getattr(image, "reading", None)
    return Paperwork(
        image.id,
        Paper(image.paper),
        image.added_by_name,
        image.added_at,
        ReadVerdict(reading.verdict) if reading else None,
        _doubtful(image, reading) if reading else (),
        reading.confirmed_by_name if reading else "",
        may_look,
    )


def _doubtful(image: Document, reading: Reading) -> tuple[Answer, ...]:
    place = f"reading.items:{image.id}"
    found = opened_from(image.customer_id, place, reading.sealed_items)
    answers = (
        Answer(Item(each["item"]), ReadVerdict(each["verdict"]), tuple(each["read"]), each["rare"])
        for each in found
    )
    return tuple(each for each in answers if each.verdict is not ReadVerdict.AGREES)


def _people(row: Customer, today: date) -> tuple[Person, ...]:
    found = []
    for each in Party.objects.filter(customer=row).order_by("role", "-id"):
        values = each.values
        found.append(
            Person(
                each.id,
                Role(each.role),
                values[Item.NAME],
                masked(values[Item.DOCUMENT_NUMBER]),
                tuple(map(Criterion, each.criteria)),
                each.share,
                tuple(map(Scope, each.scope)),
                each.begins_on,
                each.ends_on,
                each.ended_at is None and (each.ends_on is None or each.ends_on >= today),
            )
        )
    return tuple(found)


def _changes(row: Customer) -> tuple[ChangeLine, ...]:
    return tuple(
        _change(each) for each in Change.objects.filter(customer=row).order_by("-id")[:LATEST]
    )


def _change(row: Change) -> ChangeLine:
    before, after = row.opened("before"), row.opened("after")
    items = [Item(item) for item in row.items]
    return ChangeLine(
        row.at,
        row.by_name,
        row.opened("reason"),
        tuple((item, shown(item, before[item]), shown(item, after[item])) for item in items),
        row.proof_id,
    )

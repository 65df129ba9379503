"""流程看板: where every open transfer stands, who has it, until when, and how much there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from yinxin.kernel import clock
from yinxin.kernel.actor import DUTY_TITLES, Actor, Duty
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today

from . import queries, rules
from .models import Step, Transfer

SHOWN = 200  # the longest in their step; the lists have the rest
State = Transfer.State
OPEN = (State.RECEIVED, State.CHECKED, State.SUBMITTED)
MACHINE = Text("自动核验", "automatic checks")


@dataclass(frozen=True, slots=True)
class Place:
    """One open transfer: its step, who must act, since when and until when."""

    transfer: Transfer
    owner: Text
    since: datetime
    due_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Volume:
    state: str
    count: int
    money: Money


@dataclass(frozen=True, slots=True)
class Board:
    at: datetime
    places: tuple[Place, ...]
    open: tuple[Volume, ...]
    today: tuple[Volume, ...]
    strays: int

    @property
    def late(self) -> int:
        return sum(place.late for place in self.places)


def board_for(viewer: Actor) -> Board:
    """Seven statements, however much is open."""
    now = clock.now()
    mine = queries.transfers_for(viewer)
    today = mine.filter(number__gte=f"TR{bank_today():%Y%m%d}")  # its index; dates have none
    return Board(
        now,
        tuple(_places(viewer, now)),
        tuple(_volumes(mine.filter(state__in=OPEN))),
        tuple(_volumes(today)),
        queries.waiting_strays(viewer),
    )


def _places(viewer: Actor, now: datetime) -> Iterator[Place]:
    entered = Step.objects.filter(transfer=OuterRef("pk"), state=OuterRef("state"))
    rows = list(
        queries.transfers_for(viewer)
        .filter(state__in=OPEN)
        .annotate(since=Subquery(entered.values("at")[:1]))
        .order_by(F("since").asc(nulls_last=True))[:SHOWN]
    )
    subjects = [row.batch_id or row.id for row in rows]
    requests = queries.open_requests(viewer, subjects)
    makers = queries.received_by(viewer, [row.id for row in rows])
    for row in rows:
        request = requests.get(row.batch_id or row.id)
        since = request.created_at if request else row.since
        due = (request and request.due_at) or rules.due_at(row.state, since)
        yield Place(row, _owner(row, request, makers), since, due, now > due)


def _owner(row: Transfer, request: Any, makers: Mapping[UUID, str]) -> Text:
    if row.state == State.RECEIVED:
        return MACHINE
    if request is None:
        name = makers.get(row.id, "")
        return Text(name, name)
    titles = [DUTY_TITLES[Duty(duty)] for duty in request.level_duties]
    return Text(
        "待" + "或".join(title.zh for title in titles),
        " or ".join(title.en for title in titles),
    )


def _volumes(rows: QuerySet[Transfer]) -> Iterator[Volume]:
    grouped = rows.order_by().values("state", "currency")
    sums = grouped.annotate(count=Count("id"), sum=Sum("amount"))
    order = list(State)
    for each in sorted(sums, key=lambda each: (order.index(each["state"]), each["currency"])):
        money = Money(each["sum"] or Decimal(0), each["currency"])
        yield Volume(each["state"], each["count"], money)

"""Customers, as the viewer may see them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.uikit.choices import choices
from yinxin.uikit.listing import Choice, Column, Listing, Search
from yinxin.uikit.page import Link, Page, Panel, Progress, Step, Term, Tone
from yinxin.uikit.page import State as Badge
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import OpenCustomer, RegisterCustomer, RevealNumber
from .models import Customer
from .rules import (
    DOCUMENT_TITLES,
    KIND_TITLES,
    RATING_TITLES,
    STATE_TITLES,
    Kind,
    Rating,
    State,
)

STATES = {
    State.REGISTERED: Badge(STATE_TITLES[State.REGISTERED], Tone.ACTIVE),
    State.ACTIVE: Badge(STATE_TITLES[State.ACTIVE], Tone.GOOD),
    State.CLOSED: Badge(STATE_TITLES[State.CLOSED], Tone.PLAIN),
}
RATINGS = {
    Rating.LOW: Badge(RATING_TITLES[Rating.LOW], Tone.PLAIN),
    Rating.NORMAL: Badge(RATING_TITLES[Rating.NORMAL], Tone.PLAIN),
    Rating.HIGH: Badge(RATING_TITLES[Rating.HIGH], Tone.WARN),
}
DESK = Link(Text("工作台", "Desk"), "/")
OFFERED = 200  # a longer list is searched, not scrolled


@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.customers_for(viewer),
            request.GET,
            [
                Column("number", Text("客户号", "Number"), _link),
                Column("name", Text("姓名或名称", "Name")),
                Column("kind", Text("类别", "Kind"), lambda row: KIND_TITLES[Kind(row.kind)]),
                Column("rating", Text("风险等级", "Rating"), lambda row: RATINGS[row.rating]),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
                Column("registered_at", Text("登记时间", "Registered at")),
            ],
            [
                Search("q", Text("姓名、证件号或客户号", "Name or number"), _matching),
                Choice("kind", Text("类别", "Kind"), "kind", _offer(KIND_TITLES)),
                Choice("rating", Text("风险等级", "Rating"), "rating", _offer(RATING_TITLES)),
                Choice("state", Text("状态", "State"), "state", _offer(STATE_TITLES)),
            ],
            order="-number",
        )
        page = Page(Text("客户", "Customers"), [DESK], actions=actions(viewer, RegisterCustomer))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def customer(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        detail = queries.customer(viewer, id)
        brief = detail.brief
        may = [OpenCustomer] if brief.state == State.REGISTERED else []
        context = {
            "page": Page(
                Text(brief.name, brief.name),
                [DESK, Link(Text("客户", "Customers"), reverse("customers:customers"))],
                brief.number,
                STATES[brief.state],
                actions(viewer, *may, RevealNumber, customer_id=id),
            ),
            "steps": _steps(detail),
            "panels": [
                Panel(Text("身份", "Identity"), list(_identity(detail))),
                Panel(
                    Text("联系方式", "Contact"),
                    [
                        Term(Text("联系电话", "Phone"), detail.phone),
                        Term(Text("地址", "Address"), detail.address, wide=True),
                    ],
                ),
            ],
            "trail": entries(gate.trail(viewer, "customers.customer", id)),
        }
        return render(request, "uikit/detail.html", context)


@choices("customers.open", "customer_id")
def _registered(viewer: Actor) -> list[tuple[str, Text]]:
    return named(queries.customers_for(viewer).filter(state=State.REGISTERED))


@choices("customers.reveal_number", "customer_id")
def _all(viewer: Actor) -> list[tuple[str, Text]]:
    return named(queries.customers_for(viewer))


@choices("customers.register", "kind")
def _kinds(viewer: Actor) -> list[tuple[str, Text]]:
    return _offer(KIND_TITLES)


@choices("customers.register", "document_type")
def _documents(viewer: Actor) -> list[tuple[str, Text]]:
    return _offer(DOCUMENT_TITLES)


@choices("customers.register", "rating")
def _ratings(viewer: Actor) -> list[tuple[str, Text]]:
    return _offer(RATING_TITLES)


def named(rows: QuerySet[Customer]) -> list[tuple[str, Text]]:
    """Customers to choose from, the newest first."""
    return [
        (str(row.id), Text(f"{row.number} {row.name}", f"{row.number} {row.name}"))
        for row in rows.order_by("-number")[:OFFERED]
    ]


def _identity(detail: queries.Detail) -> Iterable[Term]:
    brief = detail.brief
    yield Term(Text("类别", "Kind"), KIND_TITLES[brief.kind])
    yield Term(Text("风险等级", "Rating"), RATINGS[brief.rating])
    yield Term(Text("证件类型", "Document"), DOCUMENT_TITLES[detail.document_type])
    yield Term(Text("证件号码", "Document number"), detail.document_number)
    if detail.revealed_until:
        yield Term(Text("完整号码显示至", "Full number shown until"), detail.revealed_until)


def _steps(detail: queries.Detail) -> list[Step]:
    waiting = detail.opened_at is None
    return [
        Step(
            Text("登记", "Registered"),
            Progress.DONE,
            detail.registered_by,
            detail.registered_at,
        ),
        Step(
            Text("实名开户", "Opened"),
            Progress.CURRENT if waiting else Progress.DONE,
            detail.opened_by,
            detail.opened_at,
        ),
    ]


def _offer(titles: dict[Any, Text]) -> list[tuple[str, Text]]:
    return [(str(each), title) for each, title in titles.items()]


def _matching(rows: QuerySet[Customer], search: str) -> QuerySet[Customer]:
    return rows.filter(queries.matching(search))


def _link(row: Customer) -> Link:
    return Link(row.number, reverse("customers:customer", args=[row.id]))

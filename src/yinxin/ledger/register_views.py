"""Outside accounts (行外账户) and business days (营业日)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.customers import queries as customers
from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.formats import mask_id
from yinxin.uikit.listing import Choice, Column, Listing, Search
from yinxin.uikit.page import Link, Page, Panel, State, Term, Tone
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import CloseDay, CloseOutsideAccount, RegisterOutsideAccount
from .facts import KIND_NAMES
from .models import BusinessDay, OutsideAccount
from .outside import opened_number
from .rules import NATURE_NAMES, Nature

DESK = Link(Text("工作台", "Desk"), "/")
OUTSIDE, DAYS = Text("行外账户", "Outside accounts"), Text("营业日", "Business days")
NUMBER = Search("number", Text("登记编号", "Number"), "number__icontains")
STATES = {
    "open": State(Text("有效", "Registered"), Tone.GOOD),
    "closed": State(Text("已注销", "Closed"), Tone.PLAIN),
}
DAY_STATES = {
    "open": State(Text("营业中", "Open"), Tone.ACTIVE),
    "closed": State(Text("已日切", "Closed"), Tone.GOOD),
}


@require_GET
def outside_accounts(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    owners: dict[UUID, str] = {}
    with reading():
        listing = Listing(
            queries.outside_accounts_for(viewer),
            request.GET,
            [
                Column("number", Text("登记编号", "Number"), _outside_link),
                Column("owner", Text("户名", "Holder"), lambda row: owners.get(row.customer_id)),
                Column("bank", Text("开户行", "Bank")),
                Column("account", Text("账号", "Account"), lambda row: mask_id(opened_number(row))),
                Column("nature", Text("账户性质", "Type"), _nature),
                Column("currency", Text("币种", "Currency")),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
            ],
            [
                NUMBER,
                Search("bank", Text("开户行", "Bank"), "bank__icontains"),
                Choice("state", Text("状态", "State"), "state", _titles(STATES)),
            ],
            order="-number",
        )
        ids = [row.customer_id for row in listing.page]
        owners |= {id: brief.name for id, brief in customers.briefs(viewer, ids).items()}
        page = Page(OUTSIDE, [DESK], actions=actions(viewer, RegisterOutsideAccount))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def outside_account(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        row = queries.outside_account(viewer, id)
        owner = customers.brief(viewer, row.customer_id)
        terms = [
            Term(
                Text("户名", "Holder"),
                Link(owner.name, reverse("customers:customer", args=[row.customer_id])),
            ),
            Term(Text("开户行", "Bank"), row.bank),
            Term(Text("账号", "Account"), mask_id(opened_number(row))),
            Term(Text("账户性质", "Type"), _nature(row)),
            Term(Text("币种", "Currency"), row.currency),
            Term(Text("登记时间", "Registered at"), row.registered_at),
        ]
        commands = (CloseOutsideAccount,) if row.state == "open" else ()
        context = {
            "page": Page(
                OUTSIDE,
                [DESK, Link(OUTSIDE, reverse("ledger:outsideaccounts"))],
                row.number,
                STATES[row.state],
                actions(viewer, *commands, outside_account_id=id),
            ),
            "panels": [Panel(OUTSIDE, terms)],
            "trail": entries(gate.trail(viewer, "ledger.outsideaccount", id)),
        }
        return render(request, "uikit/detail.html", context)


@require_GET
def business_days(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.business_days(viewer),
            request.GET,
            [
                Column("on", DAYS, _day_link),
                Column("opened_at", Text("开启时间", "Opened at")),
                Column("closed_at", Text("日切时间", "Closed at")),
                Column("closed_by", Text("日切人", "Closed by")),
                Column("state", Text("状态", "State"), lambda row: DAY_STATES[row.state]),
            ],
            [Choice("state", Text("状态", "State"), "state", _titles(DAY_STATES))],
            order="-on",
        )
        page = Page(DAYS, [DESK], actions=_closing(viewer))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def business_day(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        day = queries.business_day(viewer, id)
        context = {
            "page": Page(
                DAYS,
                [DESK, Link(DAYS, reverse("ledger:businessdays"))],
                day.on.isoformat(),
                DAY_STATES[day.state],
                _closing(viewer) if day.state == "open" else (),
            ),
            "panels": [Panel(DAYS, list(_day_terms(day)))],
            "titles": [
                Text("币种", "Currency"),
                Text("账户类别", "Class"),
                Text("户数", "Accounts"),
                Text("期初", "Opening"),
                Text("借方", "Debits"),
                Text("贷方", "Credits"),
                Text("期末", "Closing"),
            ],
            "rows": [
                [row.currency, KIND_NAMES[row.kind], row.accounts]
                + [row.opening, row.debits, row.credits, row.closing]
                for row in sorted(day.rows.all(), key=lambda row: (row.currency, row.kind))
            ],
            "trail": entries(gate.trail(viewer, "ledger.businessday", id)),
        }
        return render(request, "ledger/businessday.html", context)


@choices("ledger.register_outside_account", "customer_id")
def _active_customers(viewer: Actor) -> Records:
    return customers.active_ones(viewer)


@choices("ledger.register_outside_account", "nature")
@choices("ledger.open_account", "nature")
def _natures(viewer: Actor) -> list[tuple[str, Text]]:
    return [(str(nature), name) for nature, name in NATURE_NAMES.items()]


@choices("ledger.close_outside_account", "outside_account_id")
def _registered(viewer: Actor) -> Records:
    rows = queries.outside_accounts_for(viewer).filter(state="open").order_by("-number")
    return Records(rows, _named, NUMBER)


def _named(rows: Sequence[OutsideAccount]) -> Choices:
    return [(str(row.id), _both(f"{row.number} {row.bank}")) for row in rows]


def _closing(viewer: Actor) -> list[Any]:
    day = queries.open_business_day(viewer)
    return list(actions(viewer, CloseDay, on=day.on)) if day else []


def _day_terms(day: BusinessDay) -> Iterable[Term]:
    yield Term(Text("开启时间", "Opened at"), day.opened_at)
    if day.digest:
        yield Term(Text("日切时间", "Closed at"), day.closed_at)
        yield Term(Text("日切人", "Closed by"), day.closed_by)
        yield Term(Text("试算平衡摘要", "Digest"), bytes(day.digest).hex(), wide=True)


def _nature(row: OutsideAccount) -> Text:
    return NATURE_NAMES[Nature(row.nature)]


def _outside_link(row: OutsideAccount) -> Link:
    return Link(row.number, reverse("ledger:outsideaccount", args=[row.id]))


def _day_link(row: BusinessDay) -> Link:
    return Link(row.on.isoformat(), reverse("ledger:businessday", args=[row.id]))


def _titles(states: dict[str, State]) -> list[tuple[str, Text]]:
    return [(state, badge.title) for state, badge in states.items()]


def _both(name: str) -> Text:
    return Text(name, name)

"""Open items (未达账项) with who follows them up, and the calendar of due runs."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.people import queries as people
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Choice, Column, Listing, Search, any_of
from yinxin.uikit.page import Action, Grid, Link, Page, Panel, State, Term, Tone
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import (
    AcceptFee,
    AgreeOnReconciliation,
    AssignOpenItem,
    ExplainOpenItem,
    MatchByHand,
    RecordContact,
)
from .facts import FREQUENCIES
from .models import DueRun, OpenItem
from .papers import OURS, THEIRS
from .views import CALENDAR, DESK, ITEMS, LIST
from .words import REASONS, States

ITEM = Search(
    "q",
    Text("对账单号或参考号", "Statement or reference"),
    any_of("statement__number__contains", "reference__icontains"),
)
NOBODY = State(Text("未指派", "Nobody"), Tone.WARN)
RUN_STATES = (
    ("overdue", Text("已逾期", "Overdue")),
    ("due", Text("待对账", "Due")),
    ("done", Text("已完成", "Done")),
)


@require_GET
def openitems(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.items_for(viewer),
            request.GET,
            [
                Column("booked_on", Text("记账日", "Booked"), _link),
                Column("account", Text("账户", "Account"), "statement.account.number"),
                Column("statement", Text("对账单", "Statement"), "statement.number"),
                Column("side", Text("一方", "Side"), _side),
                Column("amount", Text("金额", "Amount"), _amount, numeric=True),
                Column("reference", Text("参考号", "Reference")),
                Column("reason", Text("原因", "Reason"), lambda row: REASONS[row.reason]),
                Column("age", Text("账龄（天）", "Age in days"), queries.age_of, numeric=True),
                Column("owner", Text("责任人", "Owner"), lambda row: row.owner_name or NOBODY),
                Column("explained_by", Text("说明人", "Explained by")),
            ],
            [
                Search("statement", Text("对账单", "Statement"), "statement__number__contains"),
                Search("owner", Text("责任人", "Owner"), "owner_name"),
                Choice("reason", Text("原因", "Reason"), "reason", list(REASONS.items())),
            ],
            order="booked_on",
        )
        page = Page(ITEMS, [DESK, Link(LIST, reverse("reconciliation:bankstatements"))])
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def openitem(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        view = queries.item(viewer, id)
        item, statement = view.item, view.item.statement
        url = reverse("reconciliation:bankstatement", args=[statement.id])
        offered: list[Action] = []
        if statement.state != States.SIGNED_OFF:
            fee = (AcceptFee,) if item.fee is not None else ()
            offered = actions(
                viewer,
                *(*fee, ExplainOpenItem, MatchByHand, AssignOpenItem, RecordContact),
                item_id=item.id,
                item_ids=item.id,
            )
        context = {
            "page": Page(
                ITEMS,
                [DESK, Link(LIST, reverse("reconciliation:bankstatements"))],
                statement.number,
                State(REASONS[item.reason], Tone.WARN),
                offered,
            ),
            "panels": [Panel(ITEMS, _terms(view, url))],
            "grids": [
                Grid(
                    Text("联系记录", "Contacts"),
                    [
                        Text("联系日期", "On"),
                        Text("联系对象", "Who was asked"),
                        Text("答复", "Answer"),
                        Text("登记人", "Recorded by"),
                    ],
                    [
                        (each.asked_on, words.asked, words.answer, each.actor_name)
                        for each, words in view.contacts
                    ],
                )
            ],
            "trail": entries(gate.trail(viewer, "reconciliation.bankstatement", statement.id)),
        }
        return render(request, "reconciliation/openitem.html", context)


@require_GET
def dueruns(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.due_runs_for(viewer),
            request.GET,
            [
                Column("due_on", Text("到期日", "Due")),
                Column("account", Text("账户", "Account"), "account.number"),
                Column("title", Text("用途", "Purpose"), "account.title"),
                Column("state", Text("状态", "State"), _run_state),
                Column("statement", Text("对账单", "Statement"), _statement_link),
            ],
            [Choice("state", Text("状态", "State"), queries.due_state, RUN_STATES)],
            order="-due_on",
        )
        page = Page(
            CALENDAR,
            [DESK, Link(LIST, reverse("reconciliation:bankstatements"))],
            actions=actions(viewer, AgreeOnReconciliation),
        )
        agreed = [
            (
                row.account.number,
                FREQUENCIES[row.frequency],
                row.next_due_on,
                Money(row.tolerance, row.account.currency),
                row.window_d,
            )
            for row in queries.agreements_for(viewer).order_by("next_due_on", "id")[:200]
        ]
        columns = [
            Text("账户", "Account"),
            Text("频率", "How often"),
            Text("下次到期", "Next due"),
            Text("金额容差", "Amounts may differ by"),
            Text("日期容差（天）", "Days may differ by"),
        ]
        context = {
            "page": page,
            "listing": listing,
            "grids": [Grid(Text("对账约定", "Agreements"), columns, agreed)],
        }
        return render(request, "reconciliation/dueruns.html", context)


@choices("reconciliation.assign", "owner_id")
def _owners(viewer: Actor) -> Records:
    return people.offered(queries.owners_for(viewer))


@choices("reconciliation.explain", "item_id")
@choices("reconciliation.assign", "item_id")
@choices("reconciliation.record_contact", "item_id")
@choices("reconciliation.match_by_hand", "item_ids")
def _open_items(viewer: Actor) -> Records:
    return _newest(queries.items_for(viewer))


@choices("reconciliation.accept_fee", "item_id")
def _with_fee(viewer: Actor) -> Records:
    return _newest(queries.items_for(viewer).filter(fee__isnull=False))


def _newest(rows: QuerySet[OpenItem]) -> Records:
    return Records(rows.order_by("-booked_on", "amount", "id"), _named, ITEM)


def _named(rows: Sequence[OpenItem]) -> Choices:
    return [(str(each.id), _told(each)) for each in rows]


def _told(item: OpenItem) -> Text:
    side, said = _side(item), f"{item.booked_on} {_amount(item)} {item.reference}".rstrip()
    number = item.statement.number
    return Text(f"{number} {side.zh} {said}", f"{number} {side.en} {said}")


def _terms(view: queries.ItemView, statement_url: str) -> list[Term]:
    item, currency = view.item, view.item.statement.currency
    found = [
        Term(Text("对账单", "Statement"), Link(item.statement.number, statement_url)),
        Term(Text("一方", "Side"), _side(item)),
        Term(Text("记账日", "Booked"), item.booked_on),
        Term(Text("金额", "Amount"), Money(item.amount, currency)),
        Term(Text("参考号", "Reference"), view.texts.reference),
        Term(Text("对方", "Counterparty"), view.texts.counterparty),
        Term(Text("账龄（天）", "Age in days"), view.age_d),
        Term(Text("责任人", "Owner"), item.owner_name or NOBODY),
        Term(Text("摘要", "Description"), view.texts.description, wide=True),
        Term(Text("说明", "Explanation"), view.explanation, wide=True),
    ]
    if item.fee is not None and item.fee_posting is not None:
        found += [
            Term(Text("建议手续费", "Proposed fee"), Money(item.fee, currency)),
            Term(Text("对应分录", "Our posting"), item.fee_posting.reference),
        ]
    return found


def _link(item: OpenItem) -> Link:
    return Link(f"{item.booked_on}", reverse("reconciliation:openitem", args=[item.id]))


def _side(item: OpenItem) -> Text:
    return THEIRS if item.line_id else OURS


def _amount(item: OpenItem) -> Money:
    return Money(item.amount, item.statement.currency)


def _run_state(run: DueRun) -> State:
    if run.statement_id:
        return State(RUN_STATES[2][1], Tone.GOOD)
    if queries.is_overdue(run):
        return State(RUN_STATES[0][1], Tone.BAD)
    return State(RUN_STATES[1][1], Tone.ACTIVE)


def _statement_link(run: DueRun) -> Link | str:
    if run.statement is None:
        return ""
    return Link(
        run.statement.number, reverse("reconciliation:bankstatement", args=[run.statement_id])
    )

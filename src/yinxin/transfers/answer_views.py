"""搁置回执: what banks sent and could not be taken in, and what to do with it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yinxin.gate import door
from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.ids import new_id
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Choice, Column, Listing, Search
from yinxin.uikit.page import Action, Link, Page, Panel, Term, Tone
from yinxin.uikit.page import State as Badge
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import CloseStrayAnswer, FetchStrayAnswer, ImportAnswer
from .models import StrayAnswer
from .views import DESK

STRAY = Text("搁置回执", "Answer set aside")
STRAYS = Text("搁置回执", "Answers set aside")
NUMBER = Search("number", Text("编号", "Number"), "number__iendswith")
OPEN = Badge(Text("待处理", "Waiting"), Tone.WARN)
CLOSED = Badge(Text("已办结", "Dealt with"), Tone.GOOD)
WHAT_TO_DO = Text(
    "请对方行重发正确的回执，或将更正后的文件用“导入清算回执”导入；涉及的转账核实后，在此办结并写明处理情况。",
    "Have the bank send it again, or import the corrected file; look into the transfers that it "
    "concerns, then close it here and say what was done.",
)


@require_GET
def strayanswers(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.strays_for(viewer),
            request.GET,
            [
                Column("number", Text("编号", "Number"), _link),
                Column("why", Text("原因", "Why"), lambda row: Text(row.zh, row.en)),
                Column("came_at", Text("收到时间", "Came at")),
                Column("closed_by_name", Text("办结人", "Closed by")),
                Column("state", Text("状态", "State"), _state),
            ],
            [
                NUMBER,
                Choice(
                    "state",
                    Text("状态", "State"),
                    _in_state,
                    [("open", OPEN.title), ("closed", CLOSED.title)],
                ),
            ],
            order="-number",
            empty=Text("没有搁置的回执。", "No answer was set aside."),
        )
        page = Page(STRAYS, [DESK], actions=actions(viewer, ImportAnswer, CloseStrayAnswer))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def strayanswer(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        row = queries.strays_for(viewer).filter(id=id).first()
        if row is None:
            raise Refused(NOT_FOUND)
        terms = [
            Term(Text("收到时间", "Came at"), row.came_at),
            Term(Text("原因", "Why"), Text(row.zh, row.en), wide=True),
        ]
        if row.closed_at:
            terms += [
                Term(Text("办结人", "Closed by"), row.closed_by_name),
                Term(Text("办结时间", "Closed at"), row.closed_at),
                Term(Text("处理情况", "What was done"), row.remark, wide=True),
            ]
        else:
            terms.append(Term(Text("如何处理", "What to do"), WHAT_TO_DO, wide=True))
        close = actions(viewer, CloseStrayAnswer, stray_id=id) if row.closed_at is None else []
        fetch = Action(
            FetchStrayAnswer.meta.title, reverse("transfers:fetch_stray", args=[id]), posts=True
        )
        may_fetch = [fetch] if door.may_send(FetchStrayAnswer, viewer) else []
        context = {
            "page": Page(
                STRAY,
                [DESK, Link(STRAYS, reverse("transfers:strayanswers"))],
                row.number,
                _state(row),
                [*close, *may_fetch, *actions(viewer, ImportAnswer)],
            ),
            "panels": [Panel(STRAY, terms)],
            "trail": entries(gate.trail(viewer, "transfers.strayanswer", id)),
        }
        return render(request, "uikit/detail.html", context)


@require_POST
def fetch_stray(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    outcome = door.submit(FetchStrayAnswer(stray_id=id), viewer, str(new_id()))
    if outcome.refused:
        raise outcome.refused
    return redirect("transfers:stray_file", id=id)


@require_GET
def stray_file(request: HttpRequest, id: UUID) -> HttpResponse:
    """What came over the rail, byte by byte, to whoever holds a ticket for it."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        number, content = queries.stray_file(viewer, id)
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{number}.xml"',
            "Cache-Control": "no-store",
        },
    )


@choices("transfers.fetch_stray", "stray_id")
def _all(viewer: Actor) -> Records:
    return Records(queries.strays_for(viewer).order_by("-number"), _named, NUMBER)


@choices("transfers.close_stray", "stray_id")
def _waiting(viewer: Actor) -> Records:
    rows = queries.strays_for(viewer).filter(closed_at=None).order_by("-number")
    return Records(rows, _named, NUMBER)


def _named(rows: Sequence[StrayAnswer]) -> Choices:
    return [(str(row.id), Text(f"{row.number} {row.zh}", f"{row.number} {row.en}")) for row in rows]


def _in_state(rows: QuerySet[StrayAnswer], state: str) -> QuerySet[StrayAnswer]:
    return rows.filter(closed_at__isnull=state == "open")


def _state(row: StrayAnswer) -> Badge:
    return CLOSED if row.closed_at else OPEN


def _link(row: StrayAnswer) -> Link:
    return Link(row.number, reverse("transfers:strayanswer", args=[row.id]))

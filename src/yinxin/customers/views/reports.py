"""信息上报: the register of what staff learned of customers, and of major events."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Choice, Column, Day, Listing, Search
from yinxin.uikit.page import Link, Page, Panel, Progress, Step, Term
from yinxin.uikit.trail import actions, entries

from .. import queries
from ..commands import AnswerReport, ChangeCustomer, ReportOnCustomer, VerifyReport
from ..models import Report
from ..reports import EVENT_TITLES, REPORT_STATE_TITLES, Event, ReportState
from .badges import DESK, REPORT_STATES, customer_link

REPORTS = Text("信息上报", "Reports")
COMMANDS: dict[ReportState, tuple[type[Command], ...]] = {
    ReportState.REPORTED: (VerifyReport,),
    ReportState.CONFIRMED: (AnswerReport,),
    ReportState.UNFOUNDED: (AnswerReport,),
    ReportState.ANSWERED: (),
}
NUMBER = Search("number", Text("编号", "Number"), "number__iendswith")


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.reports_for(viewer),
            request.GET,
            [
                Column("number", Text("编号", "Number"), _link),
                Column("customer", Text("客户", "Customer"), lambda row: row.customer.name),
                Column("event", Text("事项", "Event"), lambda row: EVENT_TITLES[Event(row.event)]),
                Column("happened_on", Text("发生日期", "Happened on")),
                Column("reported_by_name", Text("上报", "Reported by")),
                Column("state", Text("状态", "State"), lambda row: REPORT_STATES[row.state]),
            ],
            [
                NUMBER,
                Choice("event", Text("事项", "Event"), "event", list(EVENT_TITLES.items())),
                Choice("state", Text("状态", "State"), "state", list(REPORT_STATE_TITLES.items())),
                Day("since", Text("起始日期", "Since"), "happened_on__gte"),
                Day("until", Text("截止日期", "Until"), "happened_on__lte"),
            ],
            order="-number",
            prepare=lambda rows: queries.prepare(row.customer for row in rows),
        )
        page = Page(REPORTS, [DESK], actions=actions(viewer, ReportOnCustomer))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def report(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        row = queries.reports_for(viewer).filter(id=id).first()
        if row is None:
            raise Refused(NOT_FOUND)
        state = ReportState(row.state)
        offered = actions(viewer, *COMMANDS[state], report_id=id)
        if state is ReportState.CONFIRMED:
            offered += actions(viewer, ChangeCustomer, customer_id=row.customer_id, report_id=id)
        context = {
            "page": Page(
                EVENT_TITLES[Event(row.event)],
                [DESK, Link(REPORTS, reverse("customers:reports"))],
                row.number,
                REPORT_STATES[state],
                offered,
            ),
            "steps": _steps(row),
            "panels": [Panel(Text("上报内容", "Report"), _terms(row))],
            "trail": entries(gate.trail(viewer, "customers.report", id)),
        }
        return render(request, "uikit/detail.html", context)


@choices("customers.verify_report", "report_id")
def _to_verify(viewer: Actor) -> Records:
    return _offer(viewer, ReportState.REPORTED)


@choices("customers.change", "report_id")
def _confirmed(viewer: Actor) -> Records:
    return _offer(viewer, ReportState.CONFIRMED)


@choices("customers.answer_report", "report_id")
def _to_answer(viewer: Actor) -> Records:
    return _offer(viewer, ReportState.CONFIRMED, ReportState.UNFOUNDED)


def _offer(viewer: Actor, *states: ReportState) -> Records:
    rows = queries.reports_for(viewer).filter(state__in=states)
    return Records(rows.order_by("-number"), _named, NUMBER)


def _named(rows: Sequence[Report]) -> Choices:
    return [
        (str(row.id), Text(f"{row.number} {title.zh}", f"{row.number} {title.en}"))
        for row in rows
        for title in [EVENT_TITLES[Event(row.event)]]
    ]


def _terms(row: Report) -> list[Term]:
    terms = [
        Term(Text("客户", "Customer"), customer_link(row.customer)),
        Term(Text("发生日期", "Happened on"), row.happened_on),
        Term(Text("情况说明", "Account"), row.text("account"), wide=True),
    ]
    if row.verified_at:
        terms.append(Term(Text("核实情况", "Finding"), row.text("finding"), wide=True))
    if row.answered_at:
        terms.append(Term(Text("处理结果", "Answer"), row.text("answer"), wide=True))
    return terms


def _steps(row: Report) -> list[Step]:
    verified, answered = row.verified_at is not None, row.answered_at is not None
    return [
        Step(Text("上报", "Reported"), Progress.DONE, row.reported_by_name, row.reported_at),
        Step(
            Text("核实", "Verified"),
            Progress.DONE if verified else Progress.CURRENT,
            row.verified_by_name,
            row.verified_at,
        ),
        Step(
            Text("答复", "Answered"),
            Progress.DONE if answered else Progress.CURRENT if verified else Progress.TODO,
            row.answered_by_name,
            row.answered_at,
        ),
    ]


def _link(row: Report) -> Link:
    return Link(row.number, reverse("customers:report", args=[row.id]))

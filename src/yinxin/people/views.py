"""Staff and branches, as the viewer may see them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import DUTY_TITLES, Actor, Duty
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.uikit.choices import choices
from yinxin.uikit.formats import instant
from yinxin.uikit.listing import Choice, Column, Listing, Search
from yinxin.uikit.page import Link, Page, Panel, State, Term, Tone
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import DismissStaff, EndDuty, GrantDuty, HireStaff, OpenBranch
from .models import Staff

STATES = {
    Staff.State.ACTIVE: State(Text("在职", "Active"), Tone.GOOD),
    Staff.State.LEFT: State(Text("离职", "Left"), Tone.PLAIN),
}
DESK = Link(Text("工作台", "Desk"), "/")


@require_GET
def staffs(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.staff_for(viewer).prefetch_related("grants"),
            request.GET,
            [
                Column("number", Text("工号", "Number"), _link),
                Column("name", Text("姓名", "Name")),
                Column("branch", Text("网点", "Branch"), "branch.name"),
                Column("duties", Text("岗位", "Duties"), _duties),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
            ],
            [
                Search("name", Text("姓名", "Name"), "name__contains"),
                Choice("duty", Text("岗位", "Duty"), _holding, list(DUTY_TITLES.items())),
            ],
            order="number",
        )
        page = Page(Text("员工", "Staff"), [DESK], actions=actions(viewer, HireStaff, OpenBranch))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def staff(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        row = queries.staff_for(viewer).filter(id=id).first()
        if row is None:
            raise Refused(NOT_FOUND)
        terms = [
            Term(Text("工号", "Number"), row.number),
            Term(Text("网点", "Branch"), row.branch.name),
            Term(Text("岗位", "Duties"), _duties(row)),
        ]
        context = {
            "page": Page(
                Text(row.name, row.name),
                [DESK, Link(Text("员工", "Staff"), reverse("people:staffs"))],
                row.number,
                STATES[Staff.State(row.state)],
                actions(viewer, GrantDuty, EndDuty, DismissStaff, staff_id=row.id),
            ),
            "panels": [Panel(Text("员工", "Staff"), terms)],
            "trail": entries(gate.trail(viewer, "people.staff", row.id)),
        }
        return render(request, "uikit/detail.html", context)


@choices("people.hire", "branch_id")
@choices("people.open_branch", "parent_id")
def _branches(viewer: Actor) -> list[tuple[str, Text]]:
    return [
        (str(branch.id), Text(f"{branch.code} {branch.name}", f"{branch.code} {branch.name_en}"))
        for branch in queries.branches_for(viewer).order_by("path")
    ]


@choices("gate.set_policy", "branch")
def _subtrees(viewer: Actor) -> list[tuple[str, Text]]:
    return [("/", Text("全部网点", "Every branch"))] + [
        (branch.path, Text(f"{branch.code} {branch.name}", f"{branch.code} {branch.name_en}"))
        for branch in queries.branches_for(viewer).order_by("path")
    ]


@choices("people.grant_duty", "staff_id")
@choices("people.end_duty", "staff_id")
@choices("people.reset_password", "staff_id")
@choices("people.dismiss", "staff_id")
def _working(viewer: Actor) -> list[tuple[str, Text]]:
    active = queries.staff_for(viewer).filter(state=Staff.State.ACTIVE)
    return [
        (str(each.id), Text(name, name))
        for each in active.order_by("number")
        for name in [f"{each.number} {each.name}"]
    ]


@choices("people.end_delegation", "delegation_id")
def _lent(viewer: Actor) -> list[tuple[str, Text]]:
    return [
        (str(each.id), Text(name, name))
        for each in queries.delegations_to_end(viewer).order_by("ends_at", "id")
        for name in [f"{each.lender.name} → {each.borrower.name} {instant(each.ends_at)}"]
    ]


@choices("people.grant_duty", "duty")
@choices("people.end_duty", "duty")
@choices("people.delegate", "duties")
@choices("gate.set_policy", "levels.duties")
def _offered_duties(viewer: Actor) -> list[tuple[str, Text]]:
    return [(duty.value, title) for duty, title in DUTY_TITLES.items()]


@choices("people.delegate", "borrower_id")
def _colleagues(viewer: Actor) -> list[tuple[str, Text]]:
    return [each for each in _working(viewer) if each[0] != str(viewer.id)]


def _link(row: Staff) -> Link:
    return Link(row.number, reverse("people:staff", args=[row.id]))


def _duties(row: Staff) -> Text:
    held = [DUTY_TITLES[Duty(each.duty)] for each in row.grants.all() if each.ended_at is None]
    return Text("、".join(each.zh for each in held), ", ".join(each.en for each in held))


def _holding(rows, duty):  # type: ignore[no-untyped-def]
    return rows.filter(grants__duty=duty, grants__ended_at=None)

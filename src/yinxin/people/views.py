"""Staff and branches, as the viewer may see them."""

from collections.abc import Sequence
from dataclasses import replace
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
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.formats import instant
from yinxin.uikit.listing import Choice, Column, Listing, Search, any_of
from yinxin.uikit.page import Link, Page, Panel, State, Term, Tone
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import DismissStaff, EndDuty, GrantDuty, HireStaff, OpenBranch
from .models import Branch, Delegation, Staff

STATES = {
    Staff.State.ACTIVE: State(Text("在职", "Active"), Tone.GOOD),
    Staff.State.LEFT: State(Text("离职", "Left"), Tone.PLAIN),
}
DESK = Link(Text("工作台", "Desk"), "/")
BRANCH = Search(
    "branch",
    Text("网点代码或名称", "Code or name"),
    any_of("code__startswith", "name__contains", "name_en__icontains"),
)
OF_DELEGATION = Search(
    "name", Text("出借人或受托人", "Lender or borrower"),
    any_of("lender__name__contains", "borrower__name__contains"),
)  # fmt: skip


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
                queries.SEARCH,
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
def _branches(viewer: Actor) -> Records:
    return Records(queries.branches_for(viewer).order_by("path"), _named_branches, BRANCH)


def _named_branches(rows: Sequence[Branch]) -> Choices:
    return [
        (str(branch.id), Text(f"{branch.code} {branch.name}", f"{branch.code} {branch.name_en}"))
        for branch in rows
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
def _working(viewer: Actor) -> Records:
    active = queries.staff_for(viewer).filter(state=Staff.State.ACTIVE)
    return queries.offered(active)


@choices("people.end_delegation", "delegation_id")
def _lent(viewer: Actor) -> Records:
    rows = queries.delegations_to_end(viewer).order_by("ends_at", "id")
    return Records(rows, _named_delegations, OF_DELEGATION)


def _named_delegations(rows: Sequence[Delegation]) -> Choices:
    return [
        (str(each.id), Text(name, name))
        for each in rows
        for name in [f"{each.lender.name} → {each.borrower.name} {instant(each.ends_at)}"]
    ]


@choices("people.grant_duty", "duty")
@choices("people.end_duty", "duty")
@choices("people.delegate", "duties")
@choices("gate.set_policy", "levels.duties")
def _offered_duties(viewer: Actor) -> list[tuple[str, Text]]:
    return [(duty.value, title) for duty, title in DUTY_TITLES.items()]


@choices("people.delegate", "borrower_id")
def _colleagues(viewer: Actor) -> Records:
    everybody = _working(viewer)
    return replace(everybody, rows=everybody.rows.exclude(id=viewer.id))


def _link(row: Staff) -> Link:
    return Link(row.number, reverse("people:staff", args=[row.id]))


def _duties(row: Staff) -> Text:
    held = [DUTY_TITLES[Duty(each.duty)] for each in row.grants.all() if each.ended_at is None]
    return Text("、".join(each.zh for each in held), ", ".join(each.en for each in held))


def _holding(rows, duty):  # type: ignore[no-untyped-def]
    return rows.filter(grants__duty=duty, grants__ended_at=None)

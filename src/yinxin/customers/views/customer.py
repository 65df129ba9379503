"""One page a customer (客户全景), and the images of documents behind their tickets."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.text import Text
from yinxin.uikit.page import Action, Page, Panel, Progress, Step, Term
from yinxin.uikit.sections import sections
from yinxin.uikit.trail import actions, entries

from .. import commands, queries
from ..particulars import ITEM_TITLES, Item
from ..profile import Profile, profile
from ..rules import KIND_TITLES, State
from . import tables
from .badges import DESK, RATINGS, STATES, both, customers_link

WIDE = (Item.ADDRESS, Item.WORKPLACE, Item.BUSINESS_SCOPE)
RECORD = (commands.RecordOfficer, commands.RecordOwner, commands.AppointAgent)
OFFERED: dict[State, tuple[type[Command], ...]] = {
    State.REGISTERED: (
        commands.OpenCustomer, commands.EnterAgain, commands.ChangeCustomer, commands.AddDocument,
        *RECORD, commands.DeclineCustomer,
    ),
    State.DECLINED: (commands.ReviveCustomer,),
    State.ACTIVE: (
        commands.ChangeCustomer, commands.AddDocument, *RECORD, commands.RateCustomer,
        commands.AdjustRating, commands.SuspendCustomer, commands.CloseCustomer,
    ),
    State.SUSPENDED: (
        commands.ReviveCustomer, commands.ChangeCustomer, commands.AddDocument,
        commands.CloseCustomer,
    ),
    State.CLOSED: (),
}  # fmt: skip


@require_GET
def customer(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        found = profile(viewer, id)
        context = {
            "page": Page(
                both(found.brief.name),
                [DESK, customers_link()],
                found.brief.number,
                STATES[found.brief.state],
                _actions(viewer, found),
            ),
            "steps": _steps(found),
            "panels": list(_panels(found)),
            "sections": [
                *tables.of(viewer, found),
                *sections("customers.customer", viewer, id),
            ],
            "trail": entries(gate.trail(viewer, "customers.customer", id)),
        }
        return render(request, "customers/customer.html", context)


@require_GET
def document(request: HttpRequest, id: UUID) -> HttpResponse:
    """An image, to whoever holds a ticket for it."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        content, media_type = queries.document_image(viewer, id)
    return HttpResponse(content, content_type=media_type, headers={"Cache-Control": "no-store"})


def _actions(viewer: Actor, found: Profile) -> list[Action]:
    offered = OFFERED[found.brief.state]
    if found.review_by:
        offered = (commands.ReviewCustomer, commands.EnterAgain, *offered)
    if found.differences:
        offered = (commands.ResolveEntry, *offered)
    common = (commands.RevealNumber, commands.ReportOnCustomer)
    return actions(viewer, *offered, *common, customer_id=found.brief.id)


def _panels(found: Profile) -> Iterator[Panel]:
    yield Panel(Text("身份与联系方式", "Identity and contact"), list(_identity(found)))
    yield Panel(Text("风险评级", "Rating"), list(_rating(found)))


def _identity(found: Profile) -> Iterator[Term]:
    yield Term(Text("类别", "Kind"), KIND_TITLES[found.brief.kind])
    for item in Item:
        if item in found.values and item is not Item.NAME:
            yield Term(ITEM_TITLES[item], found.values[item], wide=item in WIDE)
    if found.revealed_until:
        yield Term(Text("完整号码显示至", "Full number shown until"), found.revealed_until)
    if found.former_number:
        yield Term(Text("来源", "Source"), Text("存量迁移", "Imported"))
        yield Term(Text("原客户号", "Former number"), found.former_number)
    if found.review_by:
        yield Term(Text("须补充核实，期限", "To be verified by"), found.review_by)
    if found.state_reason:
        yield Term(Text("状态说明", "Why in this state"), found.state_reason, wide=True)


def _rating(found: Profile) -> Iterator[Term]:
    rates = found.rates
    yield Term(Text("风险等级", "Rating"), RATINGS[found.brief.rating])
    if rates.manual:
        yield Term(Text("评定方式", "How"), Text("人工调整", "By hand"))
    else:
        yield Term(Text("得分", "Points"), rates.points)
    if rates.at:
        yield Term(Text("评定人", "Rated by"), rates.by)
        yield Term(Text("评定时间", "Rated at"), rates.at)
    yield Term(Text("评级依据", "Reasons"), list(rates.reasons), wide=True)


def _steps(found: Profile) -> list[Step]:
    declined = found.brief.state is State.DECLINED
    confirmed, opened = found.confirmed[1], found.opened[1]
    return [
        Step(Text("登记", "Registered"), Progress.DONE, *found.registered),
        Step(
            Text("双人录入", "Entered twice"),
            Progress.DONE if confirmed or opened else Progress.CURRENT,
            *found.confirmed,
        ),
        Step(
            Text("实名开户", "Opened"),
            Progress.FAILED
            if declined
            else Progress.DONE
            if opened
            else Progress.CURRENT
            if confirmed
            else Progress.TODO,
            *found.opened,
        ),
    ]

"""印鉴业务申请: the list, one application, and the step that comes next."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.customers import queries as customers
from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.kernel.actor import CHANNEL_TITLES, Actor, Channel
from yinxin.kernel.text import Text
from yinxin.uikit.listing import Choice, Column, Listing
from yinxin.uikit.page import Action as Button
from yinxin.uikit.page import Link, Page, Panel, Term
from yinxin.uikit.trail import actions, entries

from .. import queries
from ..commands import ApplySeal, EnterSeal, RenewSeal, ReviewApplication
from ..models import Application
from ..rules import ACTION_TITLES, CAUSE_TITLES, PROGRESS_TITLES, Action, Cause, Progress
from .shared import APPLICATION, CARDS, DESK, PROGRESSES, both, card_link, picture, viewer_of

APPLICATIONS = Text("印鉴业务申请", "Seal applications")


@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    with reading():
        listing = Listing(
            queries.applications_for(viewer).select_related("customer", "card"),
            request.GET,
            [
                Column("number", Text("申请编号", "Number"), application_link),
                Column("action", Text("事项", "Act"), lambda row: ACTION_TITLES[row.action]),
                Column("cause", Text("原因", "Cause"), lambda row: CAUSE_TITLES[row.cause]),
                Column("customer", Text("客户", "Customer"), "customer.name"),
                Column("card", CARDS, lambda row: row.card and card_link(row.card)),
                Column("applied_at", Text("受理时间", "Received at")),
                Column("state", Text("状态", "State"), lambda row: PROGRESSES[row.state]),
            ],
            [
                APPLICATION,
                Choice("action", Text("事项", "Act"), "action", list(ACTION_TITLES.items())),
                Choice("state", Text("状态", "State"), "state", list(PROGRESS_TITLES.items())),
            ],
            order="-number",
            prepare=lambda rows: customers.prepare(row.customer for row in rows),
        )
        page = Page(
            APPLICATIONS,
            [DESK, Link(CARDS, reverse("seals:sealcards"))],
            actions=actions(viewer, ApplySeal),
        )
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def application(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer = viewer_of(request)
    with reading():
        row = queries.application(viewer, id)
        context = {
            "page": Page(
                APPLICATIONS,
                [DESK, Link(APPLICATIONS, reverse("seals:applications"))],
                row.number,
                PROGRESSES[Progress(row.state)],
                _application_actions(viewer, row),
            ),
            "panels": [Panel(Text("申请", "Application"), list(_application_terms(row)))],
            "pictures": picture(viewer, Text("申请书影像", "Letter"), "letter", id)
            if row.letter_id
            else [],
            "trail": entries(gate.trail(viewer, "seals.application", id)),
        }
        return render(request, "seals/application.html", context)


def _application_actions(viewer: Actor, row: Application) -> list[Button]:
    if row.state == Progress.APPLIED:
        return actions(viewer, ReviewApplication, application_id=row.id)
    if row.state != Progress.ACCEPTED:
        return []
    if row.action == Action.OPEN or row.seal_id is None:
        known: dict[str, object] = {"account_id": row.account_id, "customer_id": row.customer_id}
        if row.card:
            known |= {"account_id": row.card.account_id, "account_number": row.card.account_number}
        return actions(viewer, EnterSeal, application_id=row.id, **known)
    return actions(viewer, RenewSeal, application_id=row.id)


def _application_terms(row: Application) -> Iterable[Term]:
    customer_url = reverse("customers:customer", args=[row.customer_id])
    yield Term(Text("客户", "Customer"), Link(both(row.customer.name), customer_url))
    yield Term(Text("事项", "Act"), ACTION_TITLES[Action(row.action)])
    yield Term(Text("原因", "Cause"), CAUSE_TITLES[Cause(row.cause)])
    yield Term(CARDS, card_link(row.card) if row.card else None)
    yield Term(Text("印章", "Seal"), row.seal.name if row.seal else None)
    yield Term(Text("申请人", "Applicant"), row.applicant)
    yield Term(Text("希望启用日期", "Wanted from"), row.wanted_on)
    yield Term(Text("渠道", "Channel"), CHANNEL_TITLES[Channel(row.channel)])
    yield Term(Text("受理", "Received by"), row.applied_by_name)
    yield Term(Text("受理时间", "Received at"), row.applied_at)
    yield Term(Text("审核", "Reviewed by"), row.reviewed_by_name)
    yield Term(Text("审核时间", "Reviewed at"), row.reviewed_at)
    yield Term(Text("说明", "Explanation"), row.explanation, wide=True)
    yield Term(Text("审核意见", "Opinion"), row.opinion, wide=True)


def application_link(row: Application) -> Link:
    return Link(row.number, reverse("seals:application", args=[row.id]))

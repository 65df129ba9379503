"""The list of customers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.uikit.listing import Choice, Column, Day, Listing
from yinxin.uikit.page import Page
from yinxin.uikit.trail import actions

from .. import queries
from ..commands import ImportCustomers, RegisterCustomer
from ..models import Customer
from ..particulars import Item, shown
from ..rules import KIND_TITLES, RATING_TITLES, STATE_TITLES, Kind
from .badges import DESK, RATINGS, STATES, customer_link


@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.customers_for(viewer),
            request.GET,
            [
                Column("number", Text("客户号", "Number"), customer_link),
                Column("name", Text("姓名或名称", "Name")),
                Column("kind", Text("类别", "Kind"), lambda row: KIND_TITLES[Kind(row.kind)]),
                Column("rating", Text("风险等级", "Rating"), lambda row: RATINGS[row.rating]),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
                Column("until", Text("证件有效期至", "Document valid until"), _until, shown=False),
                Column("registered_at", Text("登记时间", "Registered at")),
            ],
            [
                queries.SEARCH,
                Choice("kind", Text("类别", "Kind"), "kind", _offer(KIND_TITLES)),
                Choice("rating", Text("风险等级", "Rating"), "rating", _offer(RATING_TITLES)),
                Choice("state", Text("状态", "State"), "state", _offer(STATE_TITLES)),
                Choice("review", Text("存量核实", "Review"), _reviewed, _REVIEWS),
                Day(
                    "expires",
                    Text("证件到期不晚于", "Document ends by"),
                    "document_expires_on__lte",
                ),
            ],
            order="-number",
            prepare=queries.prepare,
        )
        page = Page(
            Text("客户", "Customers"),
            [DESK],
            actions=actions(viewer, RegisterCustomer, ImportCustomers),
        )
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


def _until(row: Customer) -> Any:
    until = row.document_expires_on
    return shown(Item.VALID_UNTIL, until.isoformat()) if until else None


_REVIEWS = (("due", Text("须补充核实", "To be verified")),)


def _reviewed(rows: QuerySet[Customer], due: str) -> QuerySet[Customer]:
    return rows.filter(review_by__isnull=False)


def _offer(titles: dict[Any, Text]) -> list[tuple[str, Text]]:
    return [(str(each), title) for each, title in titles.items()]

"""What was taken in from the system before (存量迁移)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.uikit.listing import Choice, Column, Listing
from yinxin.uikit.page import Link, Page, Panel, Term
from yinxin.uikit.trail import actions, entries

from .. import queries
from ..commands import ImportCustomers
from ..models import Import
from .badges import DESK

IMPORTS = Text("存量迁移", "Imports")
KINDS = {
    "customers": Text("存量客户", "Customers"),
    "accounts": Text("存量账户", "Accounts"),
    "transfers": Text("历史转账", "Past transfers"),
}


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.imports_for(viewer),
            request.GET,
            [
                Column("number", Text("迁移编号", "Number"), _link),
                Column("kind", Text("种类", "Kind"), lambda row: KINDS[row.kind]),
                Column("rows", Text("行数", "Rows"), numeric=True),
                Column("by_name", Text("经办", "By")),
                Column("at", Text("时间", "At")),
            ],
            [Choice("kind", Text("种类", "Kind"), "kind", list(KINDS.items()))],
            order="-number",
        )
        page = Page(IMPORTS, [DESK], actions=actions(viewer, ImportCustomers))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def import_(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        row = queries.imports_for(viewer).filter(id=id).first()
        if row is None:
            raise Refused(NOT_FOUND)
        terms = [
            Term(Text("种类", "Kind"), KINDS[row.kind]),
            Term(Text("行数", "Rows"), row.rows),
            Term(Text("经办", "By"), row.by_name),
            Term(Text("时间", "At"), row.at),
            Term(Text("文件摘要", "File digest"), bytes(row.file_digest).hex(), wide=True),
        ]
        context = {
            "page": Page(IMPORTS, [DESK, Link(IMPORTS, reverse("customers:imports"))], row.number),
            "panels": [Panel(IMPORTS, terms)],
            "trail": entries(gate.trail(viewer, "customers.import", id)),
        }
        return render(request, "uikit/detail.html", context)


def _link(row: Import) -> Link:
    return Link(row.number, reverse("customers:import", args=[row.id]))

"""对账单: on the screen, and the file of one that was printed."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.people.queries import bank_today, institution
from yinxin.uikit.export import MEDIA_TYPE
from yinxin.uikit.page import Link, Page, Panel
from yinxin.uikit.trail import actions

from . import papers, queries, rules
from .commands import PrintStatement

SHOWN = 500  # a longer one is printed or exported


@require_GET
def statement(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    today = bank_today()
    since, until = _day(request, "since", today.replace(day=1)), _day(request, "until", today)
    with reading():
        rules.require_period(since, until)
        found = queries.statement(viewer, id, since, until)
        rows = list(papers.rows(found))
        context = {
            "page": Page(
                papers.TITLE,
                [Link(found.account.number, reverse("ledger:account", args=[id]))],
                found.account.number,
                actions=actions(viewer, PrintStatement, account_id=id, since=since, until=until),
            ),
            "panels": [Panel(papers.TITLE, papers.terms(found))],
            "titles": papers.TITLES,
            "rows": rows[:SHOWN],
            "hidden": max(len(rows) - SHOWN, 0),
            "since": since,
            "until": until,
        }
        return render(request, "ledger/statement.html", context)


@require_GET
def statement_print(request: HttpRequest, id: UUID) -> HttpResponse:
    """Where to get the file of a print."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        printed, found = queries.printed(viewer, id)
        links = [
            Link("PDF", reverse("ledger:statement_file", args=[id, "pdf"])),
            Link("Excel", reverse("ledger:statement_file", args=[id, "xlsx"])),
        ]
        context = {
            "page": Page(
                papers.TITLE,
                [Link(found.account.number, reverse("ledger:account", args=[printed.account_id]))],
                printed.number,
            ),
            "panels": [Panel(papers.TITLE, papers.terms(found))],
            "files": links,
        }
        return render(request, "ledger/statement_print.html", context)


@require_GET
def statement_file(request: HttpRequest, id: UUID, form: str) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        printed, found = queries.printed(viewer, id)
        if form == "xlsx":
            content, media_type = papers.as_workbook(found), MEDIA_TYPE
        else:
            proof = request.build_absolute_uri(reverse("proof", args=[printed.execution_id]))
            house = institution()
            name = house.name if house else ""
            content, media_type = papers.as_pdf(printed, found, name, proof), "application/pdf"
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{printed.number}.{form}"'
    return answer


def _day(request: HttpRequest, name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default

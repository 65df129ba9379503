"""对账报告: on the screen for whoever may see it, as a file for whoever printed it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.people.queries import institution
from yinxin.uikit.export import MEDIA_TYPE
from yinxin.uikit.page import Grid, Link, Page, Panel
from yinxin.uikit.trail import actions

from . import papers, queries
from .commands import PrintReport

SHOWN = 200  # a longer one is printed


@require_GET
def report(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        found = queries.report(viewer, id, SHOWN)
        row = found.statement
        context = {
            "page": Page(
                papers.TITLE,
                [Link(row.number, reverse("reconciliation:bankstatement", args=[id]))],
                row.number,
                actions=actions(viewer, PrintReport, statement_id=id),
            ),
            "panels": [Panel(papers.TITLE, papers.terms(found))],
            "grids": [Grid(papers.TITLE, papers.TITLES, list(papers.rows(found)))],
        }
        return render(request, "reconciliation/openitem.html", context)


@require_GET
def report_print(request: HttpRequest, id: UUID) -> HttpResponse:
    """Where to get the files of a print."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        printed = queries.printed(viewer, id)
        found = queries.report(viewer, printed.statement_id, 0)
        context = {
            "page": Page(
                papers.TITLE,
                [
                    Link(
                        found.statement.number,
                        reverse("reconciliation:bankstatement", args=[printed.statement_id]),
                    )
                ],
                printed.number,
            ),
            "panels": [Panel(papers.TITLE, papers.terms(found))],
            "files": [
                Link("PDF", reverse("reconciliation:report_file", args=[id, "pdf"])),
                Link("Excel", reverse("reconciliation:report_file", args=[id, "xlsx"])),
            ],
        }
        return render(request, "reconciliation/openitem.html", context)


@require_GET
def report_file(request: HttpRequest, id: UUID, form: str) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        printed = queries.printed(viewer, id)
        found = queries.report(viewer, printed.statement_id)
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

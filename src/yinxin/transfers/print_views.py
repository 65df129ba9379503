"""The voucher on the screen, and the file of each recorded print."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yinxin.gate import door
from yinxin.gate.reading import reading
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.ids import new_id
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import institution
from yinxin.uikit.page import Action, Grid, Link, Page, Panel, Tone
from yinxin.uikit.page import State as Badge

from . import papers, queries
from .commands import PrintVoucher
from .models import Print, Transfer

State = Transfer.State


@require_GET
def voucher(request: HttpRequest, id: UUID) -> HttpResponse:
    """What a print would say, and the prints so far; its code leads to the proof of the command
    that paid or rejected."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        detail = queries.transfer(viewer, id)
        row = detail.transfer
        ended = detail.step(State.RELEASED) or detail.step(State.REJECTED)
        if ended is None:
            raise Refused(NOT_FOUND)
        rejected = ended.state == State.REJECTED
        panels = [Panel(Text("付款", "Payment"), list(papers.payment(detail)))]
        if rejected:
            panels.append(Panel(Text("退票理由", "Reasons"), list(papers.reasons(detail))))
        panels += [
            Panel(Text("办理", "Handling"), list(papers.handling(detail))),
            Panel(Text("签章", "Signatures"), list(papers.signatures(detail))),
        ]
        print_it = Action(
            PrintVoucher.meta.title,
            reverse("transfers:print", args=[id]),
            primary=True,
            posts=True,
        )
        context = {
            "page": Page(
                papers.REJECTION if rejected else papers.VOUCHER,
                [Link(row.number, reverse("transfers:transfer", args=[id]))],
                row.number if rejected else row.voucher,
                Badge(detail.came_back, Tone.BAD) if detail.came_back else None,
                actions=[print_it] if door.may_send(PrintVoucher, viewer) else [],
            ),
            "panels": panels,
            "prints": Grid(
                Text("打印记录", "Prints"),
                [Text("次数", "No."), Text("打印人", "By"), Text("打印时间", "At")],
                [[_file(viewer, each), each.actor_name, each.at] for each in detail.prints],
            ),
            "proof_url": request.build_absolute_uri(reverse("proof", args=[ended.execution_id])),
        }
        return render(request, "transfers/voucher.html", context)


@require_POST
def print_voucher(request: HttpRequest, id: UUID) -> HttpResponse:
    """Each press is a print of its own."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    outcome = door.submit(PrintVoucher(transfer_id=id), viewer, str(new_id()))
    if outcome.refused:
        raise outcome.refused
    with reading():
        mine = [each for each in queries.transfer(viewer, id).prints if each.actor_id == viewer.id]
    return redirect("transfers:printed", id=mine[-1].id)


@require_GET
def printed(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        found = queries.printed(viewer, id)
        detail = queries.transfer(viewer, found.transfer_id)
        ended = State.REJECTED if found.kind == Print.Kind.REJECTION else State.RELEASED
        step = detail.step(ended)
        assert step
        house = institution()
        proof = request.build_absolute_uri(reverse("proof", args=[step.execution_id]))
        content = papers.as_pdf(detail, found, house.name if house else "", proof)
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{detail.transfer.voucher or detail.transfer.number}-{found.ordinal}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _file(viewer: Actor, each: Print) -> Link | int:
    if each.actor_id != viewer.id:
        return each.ordinal
    return Link(str(each.ordinal), reverse("transfers:printed", args=[each.id]))

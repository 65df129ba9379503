"""The evidence: the log's head, its newest leaves, and the proof of one command."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.evidence import queries as evidence
from yinxin.evidence.merkle.proof import verify_proof
from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.sign_on import EVENTS as SIGN_ON
from yinxin.uikit.page import Link, Page, State, Tone

from .signing import verifier

OUTCOMES = {
    "done": State(Text("已办理", "Done"), Tone.GOOD),
    "pending": State(Text("待审批", "Pending"), Tone.ACTIVE),
}
REFUSED = State(Text("未办理", "Refused"), Tone.BAD)
DESK = Link(Text("工作台", "Desk"), "/")


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    before = request.GET.get("before", "")
    with reading():
        leaves = evidence.leaves_for(viewer, before=int(before) if before.isdigit() else None)
        context = {
            "page": Page(Text("存证日志", "Evidence"), [DESK]),
            "checkpoint": evidence.latest_checkpoint(viewer),
            "waiting": evidence.waiting(),
            "key": str(verifier()),
            "leaves": [
                (
                    leaf,
                    bytes(leaf.hash).hex(),
                    datetime.fromisoformat(entry["at"]),
                    OUTCOMES.get(entry["outcome"], REFUSED),
                    SIGN_ON.get(entry["name"]) or gate.title_of(entry["name"]),
                )
                for leaf, entry in leaves
            ],
            "older": leaves[-1][0].index if leaves else 0,
        }
        return render(request, "web/evidence.html", context)


@require_GET
def proof(request: HttpRequest, id: UUID) -> HttpResponse:
    """The proof that a command is in the log, checked as a stranger would."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        found = evidence.inclusion_proof(viewer, id)
        if found is None:
            raise Refused(NOT_FOUND)
        text, key = str(found), str(verifier())
        if "download" in request.GET:
            name = f"yinxin-{id}.tlog-proof"
            return HttpResponse(
                text,
                content_type="text/plain; charset=utf-8",
                headers={"Content-Disposition": f'attachment; filename="{name}"'},
            )
        leaf = verify_proof(text, key)
        context = {
            "page": Page(
                Text("存证证明", "Proof"),
                [DESK, Link(Text("存证日志", "Evidence"), reverse("evidence"))],
            ),
            "proof": found,
            "text": text,
            "leaf": leaf.decode(),
            "key": key,
        }
        return render(request, "web/proof.html", context)

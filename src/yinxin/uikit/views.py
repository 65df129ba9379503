"""The one way from a command form to the gate: fill in, see what will happen, confirm."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yinxin.gate import door
from yinxin.gate.door import Outcome
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Invalid
from yinxin.vault import blobs

from .answers import answer_of
from .forms import CommandForm
from .page import Link, Page

INVALID, REFUSED = 422, 409


def command_page(
    request: HttpRequest,
    form: CommandForm,
    page: Page,
    actor: Actor,
    next: Callable[[Outcome], Sequence[Link]] = lambda _: (),
) -> HttpResponse:
    """Show the form, then the preview, then the result. `next` says where to go from there.

    The result is the answer to the POST itself: sending it again answers the same again.
    """
    if request.method != "POST":
        return render(request, "uikit/form.html", {"page": page, "form": form})
    form.with_staged(
        {
            name: [
                blobs.stage(actor.id, file.read(), file.content_type or "")
                for file in request.FILES.getlist(name)
            ]
            for name in form.uploads & request.FILES.keys()
        }
    )
    step = request.POST.get("step", "preview")
    if form.command is not None and step != "edit":
        try:
            if step == "submit":
                outcome = door.submit(form.command, actor, form.key)
                template = "uikit/result.html"
            else:
                outcome = door.preview(form.command, actor)
                template = "uikit/preview.html"
        except Invalid as invalid:
            form.reject(invalid.errors)
        else:
            status = REFUSED if outcome.status == "refused" else 200
            answer = answer_of(outcome, next(outcome))
            return render(
                request, template, {"page": page, "form": form, "answer": answer}, status=status
            )
    status = INVALID if form.errors else 200
    return render(request, "uikit/form.html", {"page": page, "form": form}, status=status)

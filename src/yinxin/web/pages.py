"""The pages that belong to no domain: inbox, requests, command forms, search."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yinxin.customers.rules import RATING_TITLES, Rating
from yinxin.gate import door, rules
from yinxin.gate import queries as gate
from yinxin.gate.commands import Approve, Reject, ReturnToMaker, SetPolicy, Withdraw
from yinxin.gate.door import Outcome
from yinxin.gate.queries import RequestDetail
from yinxin.gate.reading import reading
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, Channel
from yinxin.kernel.command import COMMANDS, Command, uploads_of
from yinxin.kernel.ids import new_id
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.uikit.annotations import titles
from yinxin.uikit.answers import answer_of, levels_of
from yinxin.uikit.choices import OFFERS, Choices, Records, choices, offered
from yinxin.uikit.forms import CURRENCIES, CommandForm
from yinxin.uikit.links import subject_url
from yinxin.uikit.listing import Choice, Column, Listing, Search
from yinxin.uikit.page import Link, Page, Panel, Progress, State, Step, Term, Tone
from yinxin.uikit.trail import actions
from yinxin.uikit.views import command_page

from . import finding
from .founding import one_time_password

DESK = Link(Text("工作台", "Desk"), "/")
FOLDERS = {
    "to_decide": (Text("待我处理", "To decide"), gate.to_decide),
    "made": (Text("我发起的", "Made by me"), gate.made_by),
    "decided": (Text("我已办", "Decided by me"), gate.decided_by),
    "returned": (Text("退回我的", "Returned to me"), gate.returned_to),
}
STATES = {
    gate.Request.State.OPEN: State(Text("审批中", "Open"), Tone.ACTIVE),
    gate.Request.State.APPROVED: State(Text("已通过", "Approved"), Tone.GOOD),
    gate.Request.State.REJECTED: State(Text("已拒绝", "Rejected"), Tone.BAD),
    gate.Request.State.RETURNED: State(Text("已退回", "Returned"), Tone.WARN),
    gate.Request.State.WITHDRAWN: State(Text("已撤回", "Withdrawn"), Tone.PLAIN),
    gate.Request.State.EXPIRED: State(Text("已逾期", "Expired"), Tone.WARN),
}
NUMBER = Search("number", Text("业务编号", "Number"), "subject_number__icontains")
LATE = State(Text("审批逾时", "Late"), Tone.BAD)
# These are sent from the page of the request that they are about.
DECISIONS = (Approve, Reject, ReturnToMaker, Withdraw)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """我的待办."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    folder = request.GET.get("folder", "to_decide")
    title, rows = FOLDERS.get(folder, FOLDERS["to_decide"])
    with reading():
        listing = Listing(
            rows(viewer),
            request.GET,
            [
                Column("subject_number", Text("业务编号", "Number"), _request_link),
                Column("command", Text("交易", "Command"), lambda row: gate.title_of(row.command)),
                Column("amount", Text("金额", "Amount"), _amount, numeric=True),
                Column("maker_name", Text("发起人", "Maker")),
                Column("created_at", Text("发起时间", "Made at")),
                Column("level", Text("环节", "Level"), lambda row: row.level + 1, numeric=True),
                Column("due_at", Text("办理期限", "Due")),
                Column("state", Text("状态", "State"), _state),
            ],
            [
                NUMBER,
                Choice(
                    "command",
                    Text("交易", "Command"),
                    "command",
                    [(name, cls.meta.title) for name, cls in sorted(COMMANDS.items())],
                ),
            ],
            order="-pk",
            empty=Text("这里没有事项。", "Nothing here."),
        )
        tabs = [
            (name, FOLDERS[name][0], FOLDERS[name][1](viewer)[:100].count()) for name in FOLDERS
        ]
        context = {
            "page": Page(Text("我的待办", "Inbox")),
            "listing": listing,
            "tabs": tabs,
            "folder": folder,
            "title": title,
        }
        return render(request, "web/inbox.html", context)


def _state(row: gate.Request) -> State:
    return LATE if row.is_late(clock.now()) else STATES[row.state]


@require_GET
def request_detail(request: HttpRequest, id: UUID) -> HttpResponse:
    """One approval request: what was asked, what its checkers saw, who decided."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        return render(request, "web/request.html", _request_context(viewer, id))


def decide(request: HttpRequest, id: UUID, verdict: str) -> HttpResponse:
    """The answer of an approver or the maker, posted from the request's page."""
    if request.method != "POST":
        return redirect("gate:request", id=id)
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "").strip()
    if not reason and verdict != "approve":
        return _again(request, viewer, id, Text("请填写理由。", "Give a reason."))
    command: Command
    if verdict == "approve":
        command = Approve(request_id=id, shown=request.POST.get("shown", ""), reason=reason)
    else:
        classes: dict[str, type[Command]] = {
            "reject": Reject,
            "return": ReturnToMaker,
            "withdraw": Withdraw,
        }
        command = classes[verdict].model_validate({"request_id": id, "reason": reason})
    outcome = door.submit(command, viewer, request.POST.get("key", "") or str(id))
    if outcome.refused and outcome.refused.code == rules.SECOND_FACTOR_NEEDED:
        return redirect(
            f"{reverse('mfa_reauthenticate')}?next={reverse('gate:request', args=[id])}"
        )
    with reading():
        detail = gate.request_for(viewer, id)
        page = Page(Text("审批结果", "Result"), [DESK], number=detail.request.subject_number)
        context = {"page": page, "answer": answer_of(outcome, _after(detail))}
        return render(request, "uikit/result.html", context, status=409 if outcome.refused else 200)


def do(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a command by its 交易码; fields can be filled in by the address."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    cls = next((cls for cls in COMMANDS.values() if cls.meta.code == code), None)
    if cls is None:
        raise Refused(rules.NOT_FOUND)
    if request.method == "GET":  # later the gate asks, and what was filled in is not lost
        rules.require_maker(cls.meta, viewer)
        try:
            rules.require_second_factor(cls.meta, viewer, clock.now())
        except Refused:
            return redirect(f"{reverse('mfa_reauthenticate')}?next={request.get_full_path()}")
    if cls in DECISIONS:
        return redirect("inbox")
    form = command_form(cls, viewer, request)
    page = Page(
        cls.meta.title, [DESK, Link(Text("交易目录", "Commands"), reverse("commands"))], code
    )
    return command_page(request, form, page, viewer, links_after)


@require_GET
def find(request: HttpRequest, code: str, field: str) -> HttpResponse:
    """What a field of a form offers for what was typed so far."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    cls = next((cls for cls in COMMANDS.values() if cls.meta.code == code), None)
    offer = OFFERS.get((cls.meta.name, field)) if cls else None
    with reading():
        records = offer(viewer) if offer else None
        if cls is None or not isinstance(records, Records):
            raise Refused(rules.NOT_FOUND)
        rules.require_maker(cls.meta, viewer)
        form = CommandForm(cls, request.GET, choices={field: records})
        return render(request, "uikit/found.html", {"field": form.fields[field]})


@choices("gate.set_policy", "command")
def _ruled(viewer: Actor) -> list[tuple[str, Text]]:
    """Whatever a person may send, by 交易码: decisions of requests need no approval themselves."""
    metas = [cls.meta for cls in COMMANDS.values() if cls not in DECISIONS]
    asked = [meta for meta in metas if meta.channels - {Channel.JOB}]
    return [
        (meta.name, Text(f"{meta.code} {meta.title.zh}", f"{meta.code} {meta.title.en}"))
        for meta in sorted(asked, key=lambda meta: meta.code)
    ]


@choices("gate.set_policy", "currency")
def _currencies(viewer: Actor) -> Sequence[tuple[str, Text]]:
    return CURRENCIES


@choices("gate.set_policy", "rating")
def _ratings(viewer: Actor) -> list[tuple[str, Text]]:
    return [(str(rating), title) for rating, title in RATING_TITLES.items()]


@choices("gate.break_glass", "request_id")
def _open_requests(viewer: Actor) -> Records:
    rows = gate.open_for(viewer).exclude(maker_id=viewer.id).order_by("-pk")
    return Records(rows, _requests, NUMBER)


def _requests(rows: Sequence[gate.Request]) -> Choices:
    return [
        (str(row.pk), Text(f"{row.subject_number} {title.zh}", f"{row.subject_number} {title.en}"))
        for row in rows
        for title in [gate.title_of(row.command)]
    ]


def command_form(cls: type[Command], viewer: Actor, request: HttpRequest) -> CommandForm:
    labels = {name: Text(title, _english(title)) for name, title in titles(cls)}
    initial: dict[str, Any] = request.GET.dict()
    if "password_hash" in cls.model_fields and request.method == "GET":
        password = one_time_password()
        initial["password_hash"] = make_password(password)
        messages.warning(
            request, gettext("一次性口令：%s。请记下并当面交给本人，它不会再次显示。") % password
        )
    return CommandForm(
        cls,
        request.POST if request.method == "POST" else None,
        initial=initial,
        labels=labels,
        choices=offered(cls.meta.name, viewer),
        uploads=uploads_of(cls),
    )


def links_after(outcome: Outcome) -> Sequence[Link]:
    """Where to go from a result: the request that was opened, the thing it is about."""
    links = []
    if outcome.request_id:
        url = reverse("gate:request", args=[outcome.request_id])
        links.append(Link(Text("查看申请", "See the request"), url))
    for subject in outcome.subjects:
        if url := subject_url(subject.kind, subject.id):
            links.append(Link(Text(f"查看 {subject.number}", f"See {subject.number}"), url))
    return links


@require_GET
def commands(request: HttpRequest) -> HttpResponse:
    """交易目录: every command that the viewer's duties allow, by code."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    allowed = [
        cls.meta for cls in COMMANDS.values() if door.may_send(cls, viewer) and cls not in DECISIONS
    ]
    allowed.sort(key=lambda meta: meta.code)
    context = {"page": Page(Text("交易目录", "Commands"), [DESK]), "commands": allowed}
    return render(request, "web/commands.html", context)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """`/`: a 交易码 opens its form; anything else is looked for by number, name and tail."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    query = request.GET.get("q", "").strip()
    if any(cls.meta.code == query for cls in COMMANDS.values()):
        return redirect("do", code=query)
    with reading():
        found = finding.find(viewer, query) if query else []
        if len(found) == 1 and found[0].exact:
            return redirect(found[0].url)
        context = {"page": Page(Text("搜索", "Search"), [DESK]), "found": found, "query": query}
        return render(request, "web/search.html", context)


@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """审批矩阵 as it is in force."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        rows = [
            (
                gate.title_of(row.command),
                row,
                RATING_TITLES[Rating(row.rating)] if row.rating in set(Rating) else row.rating,
                levels_of([rules.Level.parse(level) for level in row.levels]),
            )
            for row in gate.matrix_for(viewer)
        ]
        change = actions(viewer, SetPolicy)
        page = Page(Text("审批矩阵", "Approval matrix"), [DESK], actions=change)
        return render(request, "web/matrix.html", {"page": page, "rows": rows})


def _again(request: HttpRequest, viewer: Actor, id: UUID, sentence: Text) -> HttpResponse:
    with reading():
        context = _request_context(viewer, id) | {"problem": sentence}
        return render(request, "web/request.html", context, status=422)


def _request_context(viewer: Actor, id: UUID) -> dict[str, Any]:
    detail = gate.request_for(viewer, id)
    row = detail.request
    is_open = row.state == gate.Request.State.OPEN
    return {
        "page": Page(detail.command, [DESK], row.subject_number, STATES[row.state]),
        "steps": _steps(detail),
        "panels": [Panel(Text("申请", "Request"), _terms(detail))],
        "detail": detail,
        "key": str(new_id()),
        "may_decide": is_open and gate.to_decide(viewer).filter(pk=id).exists(),
        "may_withdraw": is_open and row.maker_id == viewer.id,
        "subject": subject_url(row.subject_kind, row.subject_id),
    }


def _terms(detail: RequestDetail) -> list[Term]:
    row = detail.request
    terms = [
        Term(Text("发起人", "Maker"), row.maker_name),
        Term(Text("发起时间", "Made at"), row.created_at),
        Term(Text("有效期至", "Expires"), row.expires_at),
    ]
    if row.amount is not None:
        terms.append(Term(Text("金额", "Amount"), _amount(row)))
    if row.reason:
        terms.append(Term(Text("说明", "Reason"), row.reason, wide=True))
    return terms


def _steps(detail: RequestDetail) -> list[Step]:
    row = detail.request
    steps = [Step(Text("发起", "Made"), Progress.DONE, row.maker_name, row.created_at)]
    for index, title in enumerate(levels_of(detail.levels)):
        decisions = [each for each in detail.decisions if each.level == index]
        last = decisions[-1] if decisions else None
        if last and last.verdict != "approve":
            progress = Progress.FAILED
        elif len(decisions) >= detail.levels[index].count:
            progress = Progress.DONE
        elif index == row.level and row.state == gate.Request.State.OPEN:
            progress = Progress.CURRENT
        else:
            progress = Progress.TODO
        steps.append(
            Step(
                title,
                progress,
                "、".join(each.actor_name for each in decisions),
                last.at if last else None,
                Text(last.reason, last.reason) if last and last.reason else None,
            )
        )
    return steps


def _after(detail: RequestDetail) -> list[Link]:
    row = detail.request
    links = [Link(Text("我的待办", "Inbox"), reverse("inbox"))]
    if url := subject_url(row.subject_kind, row.subject_id):
        links.append(Link(Text(f"查看 {row.subject_number}", f"See {row.subject_number}"), url))
    return links


def _request_link(row: gate.Request) -> Link:
    return Link(row.subject_number or "—", reverse("gate:request", args=[row.pk]))


def _amount(row: gate.Request) -> Any:
    return Money(row.amount, row.currency) if row.amount is not None and row.currency else ""


def _english(title: str) -> str:
    with translation.override("en"):
        return gettext(title)

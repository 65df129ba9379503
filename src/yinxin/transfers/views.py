"""Transfers, as the viewer may see them, and the voucher of one that was released."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.customers import queries as customers
from yinxin.gate import queries as gate
from yinxin.gate.numbers import by_number
from yinxin.gate.reading import reading
from yinxin.gate.registry import name_of
from yinxin.kernel.actor import CHANNEL_TITLES, Actor, Channel
from yinxin.kernel.command import Command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.seals import queries as seals
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Choice, Column, Day, Listing, Search
from yinxin.uikit.page import Link, Page, Panel, Progress, Step, Term, Tone
from yinxin.uikit.page import State as Badge
from yinxin.uikit.trail import actions, entries

from . import papers, queries
from .commands import ReceiveBatch, ReceiveTransfer, RejectTransfer, ReleaseTransfer, SubmitTransfer
from .models import Transfer
from .personal import opened
from .queries import Detail
from .rules import (
    CHECK_NAMES,
    IMPORTED,
    SETTLEMENT_NAMES,
    STATE_NAMES,
    STEP_NAMES,
    CheckName,
    Verdict,
    names_of,
)

State = Transfer.State
TONES = {
    State.RECEIVED: Tone.ACTIVE,
    State.CHECKED: Tone.ACTIVE,
    State.SUBMITTED: Tone.ACTIVE,
    State.RELEASED: Tone.GOOD,
    State.REJECTED: Tone.BAD,
}
STATES: dict[str, Badge] = {state: Badge(STATE_NAMES[state], tone) for state, tone in TONES.items()}
VERDICTS: dict[str, Badge] = {
    Verdict.PASSED: Badge(Text("通过", "Passed"), Tone.GOOD),
    Verdict.ATTENTION: Badge(Text("存疑", "In doubt"), Tone.WARN),
    Verdict.FAILED: Badge(Text("未通过", "Failed"), Tone.BAD),
}
SETTLEMENTS = {
    settlement: Badge(name, Tone.BAD if settlement == "returned" else Tone.ACTIVE)
    for settlement, name in SETTLEMENT_NAMES.items()
}
NOT_SENT = Badge(Text("不再发送", "Not to be sent"))
COMMANDS: dict[str, tuple[type[Command], ...]] = {
    State.RECEIVED: (RejectTransfer,),
    State.CHECKED: (SubmitTransfer, RejectTransfer),
    State.SUBMITTED: (ReleaseTransfer, RejectTransfer),
    State.RELEASED: (),
    State.REJECTED: (),
}
DESK = Link(Text("工作台", "Desk"), "/")
TRANSFERS = Text("转账", "Transfers")
NUMBER = Search("number", Text("转账编号", "Number"), by_number)


@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    payers: dict[UUID, str] = {}
    back: dict[UUID, Text] = {}
    with reading():
        listing = Listing(
            queries.transfers_for(viewer),
            request.GET,
            [
                Column("number", Text("转账编号", "Number"), _link),
                Column("payer", Text("付款人", "Payer"), lambda row: payers.get(row.customer_id)),
                Column("payee", Text("收款人", "Payee"), lambda row: opened(row, "payee_name")),
                Column("amount", Text("金额", "Amount"), _money, numeric=True),
                Column("received_at", Text("受理时间", "Received at")),
                Column("voucher", Text("凭证编号", "Voucher"), shown=False),
                Column("state", Text("状态", "State"), lambda row: badge(row, back)),
            ],
            [
                NUMBER,
                Choice("state", Text("状态", "State"), "state", _state_titles()),
                Day("since", Text("受理日期从", "Received from"), _since),
                Day("until", Text("至", "to"), _until),
            ],
            order="-number",
        )
        ids = [row.customer_id for row in listing.page]
        payers |= {id: brief.name for id, brief in customers.briefs(viewer, ids).items()}
        back |= queries.back_of(listing.page)
        page = Page(TRANSFERS, [DESK], actions=actions(viewer, ReceiveTransfer, ReceiveBatch))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def transfer(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        detail = queries.transfer(viewer, id)
        row = detail.transfer
        context = {
            "page": Page(
                Text("转账", "Transfer"),
                [DESK, Link(TRANSFERS, reverse("transfers:transfers"))],
                row.number,
                badge(row, {id: detail.came_back} if detail.came_back else {}),
                actions(viewer, *_commands(row), transfer_id=id),
            ),
            "steps": list(_steps(detail)),
            "panels": [
                Panel(Text("付款", "Payment"), list(papers.payment(detail))),
                Panel(Text("指令", "Instruction"), list(_instruction(detail))),
            ],
            "checks": [
                (CHECK_NAMES[CheckName(each.name)], VERDICTS[each.verdict], Text(each.zh, each.en))
                for each in detail.checks
            ],
            "comparisons": [
                reverse("seals:verification", args=[each.line.id])
                for each in seals.verifications_of(viewer, "transfers.transfer", id)
            ],
            "rejection": row.rejection,
            "reasons": detail.reasons,
            "trail": entries(gate.trail(viewer, "transfers.transfer", id)),
        }
        return render(request, "transfers/transfer.html", context)


def badge(row: Transfer, back: Mapping[UUID, Text]) -> Badge:
    """Its state, unless the money came `back`."""
    return Badge(back[row.id], Tone.BAD) if row.id in back else STATES[row.state]


def _commands(row: Transfer) -> tuple[type[Command], ...]:
    """A row of a batch goes on with its batch, and may be rejected alone until that is on."""
    if row.batch_id is None:
        return COMMANDS[row.state]
    return (RejectTransfer,) if row.state in (State.RECEIVED, State.CHECKED) else ()


@choices("transfers.receive", "agent_id")
@choices("transfers.receive_batch", "agent_id")
def _agents(viewer: Actor) -> Records:
    return customers.agents_offered(viewer)


@choices("transfers.submit", "transfer_id")
def _checked(viewer: Actor) -> Records:
    return _named(viewer, State.CHECKED)


@choices("transfers.release", "transfer_id")
def _submitted(viewer: Actor) -> Records:
    return _named(viewer, State.SUBMITTED)


@choices("transfers.reject", "transfer_id")
def _open(viewer: Actor) -> Records:
    return _named(viewer, State.RECEIVED, State.CHECKED, State.SUBMITTED)


@choices("transfers.reject", "checks")
def _check_titles(viewer: Actor) -> list[tuple[str, Text]]:
    return [(str(name), title) for name, title in CHECK_NAMES.items()]


@choices("transfers.print_voucher", "transfer_id")
def _printable(viewer: Actor) -> Records:
    ended = queries.transfers_for(viewer).filter(state__in=(State.RELEASED, State.REJECTED))
    return _numbered(ended.filter(came_by=None))


def _named(viewer: Actor, *states: str) -> Records:
    return _numbered(queries.transfers_for(viewer).filter(state__in=states, batch=None))


def _numbered(rows: QuerySet[Transfer]) -> Records:
    return Records(rows.order_by("-number"), _names, NUMBER)


def _names(rows: Sequence[Transfer]) -> Choices:
    names = [(str(row.id), f"{row.number} {_money(row)}") for row in rows]
    return [(id, Text(name, name)) for id, name in names]


def _instruction(detail: Detail) -> Iterable[Term]:
    row = detail.transfer
    yield Term(Text("凭证号码", "Instruction number"), row.instruction_number)
    yield Term(Text("签发日期", "Issued on"), row.issued_on)
    yield Term(Text("渠道", "Channel"), CHANNEL_TITLES[Channel(row.channel)])
    if detail.agent:
        yield Term(Text("代理人", "Brought by agent"), detail.agent)
    if row.override_reason:
        yield Term(Text("存疑核验的处理理由", "Why despite doubts"), row.override_reason, wide=True)
    if row.batch:
        link = Link(row.batch.number, reverse("transfers:batch", args=[row.batch_id]))
        yield Term(Text("所属批次", "Of batch"), link)
        yield Term(Text("行号", "Row"), row.row)
    if row.voucher or row.rejection:
        title = row.voucher or papers.REJECTION
        link = Link(title, reverse("transfers:voucher", args=[row.id]))
        yield Term(Text("凭证", "Voucher"), row.voucher if row.came_by_id else link)
    if row.settlement:
        kept = detail.reversal and row.settlement == Transfer.Settlement.WAITING
        yield Term(Text("清算", "Settlement"), NOT_SENT if kept else SETTLEMENTS[row.settlement])
    if detail.reversal:
        on = detail.reversal.booked_on
        url = f"{reverse('ledger:statement', args=[row.account_id])}?since={on}&until={on}"
        told = Text(f"{on} 冲回，见账户明细", f"Taken back on {on}, see the account")
        yield Term(Text("冲正", "Reversal"), Link(told, url))


def _steps(detail: Detail) -> Iterable[Step]:
    """The way so far, and what is still ahead of it."""
    rejected = detail.transfer.state == State.REJECTED
    taken = {step.state: step for step in detail.steps}
    way: list[str] = [State.RECEIVED, State.CHECKED, State.SUBMITTED, State.RELEASED]
    if IMPORTED in taken:
        way = []
    more = [step.state for step in detail.steps if step.state not in STATE_NAMES]
    way += more
    if rejected:
        way = [*(state for state in way if state in taken), State.REJECTED]
    current = next((state for state in way if state not in taken), None)
    for state in way:
        step = taken.get(state)
        progress = Progress.CURRENT if state == current else Progress.TODO
        if step:
            progress = Progress.FAILED if state in (State.REJECTED, "returned") else Progress.DONE
        yield Step(
            STEP_NAMES[state],
            progress,
            name_of(step.actor_id, step.actor_name) if step else "",
            step.at if step else None,
            _note(detail, state),
        )


def _note(detail: Detail, state: str) -> Text | None:
    if state == State.RELEASED and detail.approvals:
        zh = "、".join(each.actor_name for each in detail.approvals)
        en = ", ".join(each.actor_name for each in detail.approvals)
        return Text(f"审批：{zh}", f"Approved by {en}")
    if state == State.CHECKED:
        found = [CheckName(each.name) for each in detail.checks if each.verdict != Verdict.PASSED]
        names = names_of(found)
        return Text(f"未通过或存疑：{names.zh}", f"Not passed: {names.en}") if found else None
    return None


# A number begins with the bank date on which it was received, and lies in an index.
def _since(rows: QuerySet[Transfer], day: date) -> QuerySet[Transfer]:
    return rows.filter(number__gte=f"TR{day:%Y%m%d}")


def _until(rows: QuerySet[Transfer], day: date) -> QuerySet[Transfer]:
    return rows.filter(number__lt=f"TR{day + timedelta(1):%Y%m%d}")


def _state_titles() -> list[tuple[str, Text]]:
    return [(str(state), STATE_NAMES[state]) for state in State]


def _money(row: Transfer) -> Money:
    return Money(row.amount, row.currency)


def _link(row: Transfer) -> Link:
    return Link(row.number, reverse("transfers:transfer", args=[row.id]))

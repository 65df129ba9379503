"""Batches, limits and the live board."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.customers import queries as customers
from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.kernel.words import in_words
from yinxin.seals import queries as seals
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Choice, Column, Listing, Search
from yinxin.uikit.page import Grid, Link, Page, Panel, Term, Tone
from yinxin.uikit.page import State as Badge
from yinxin.uikit.trail import actions, entries

from . import queries
from .answer_views import STRAYS
from .batchfile import FIELDS
from .board import Board, Place, Volume, board_for
from .commands import LiftLimit, ReceiveBatch, RejectBatch, ReleaseBatch, SetLimit, SubmitBatch
from .limit_rules import PER_NAMES, SCOPE_NAMES
from .models import Batch, Limit, RefusedRow, Transfer
from .personal import opened
from .rules import CHECK_NAMES, STATE_NAMES, CheckName
from .views import DESK, STATES, TRANSFERS, VERDICTS, badge

BATCH = Text("批量转账", "Batch")
BATCHES, LIMITS = Text("批量转账", "Batches"), Text("转账限额", "Transfer limits")
BOARD = Text("流程看板", "Board")
OF_BATCH = Search("number", Text("批次号", "Number"), "number__icontains")
OF_LIMIT = Search("number", Text("编号", "Number"), "subject_number__icontains")
COMMANDS: dict[str, tuple[type[Command], ...]] = {
    "received": (RejectBatch,),
    "checked": (SubmitBatch, RejectBatch),
    "submitted": (ReleaseBatch, RejectBatch),
    "released": (),
    "rejected": (),
}
LATE, IN_TIME = Badge(Text("超时", "Late"), Tone.BAD), Badge(Text("正常", "In time"), Tone.PLAIN)
FAULTS_SHOWN = 200


@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    payers: dict[UUID, str] = {}
    with reading():
        listing = Listing(
            queries.batches_for(viewer),
            request.GET,
            [
                Column("number", Text("批次号", "Number"), _batch_link),
                Column("payer", Text("付款人", "Payer"), lambda row: payers.get(row.customer_id)),
                Column("accepted", Text("受理笔数", "Accepted"), numeric=True),
                Column("refused", Text("不予受理", "Refused"), numeric=True),
                Column("total", Text("合计金额", "Total"), _total, numeric=True),
                Column("received_at", Text("受理时间", "Received at")),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
            ],
            [
                OF_BATCH,
                Choice(
                    "state",
                    Text("状态", "State"),
                    "state",
                    [(str(state), STATE_NAMES[state]) for state in Batch.State],
                ),
            ],
            order="-number",
        )
        ids = [row.customer_id for row in listing.page]
        payers |= {id: brief.name for id, brief in customers.briefs(viewer, ids).items()}
        page = Page(BATCHES, [DESK], actions=actions(viewer, ReceiveBatch))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def batch(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        row = queries.batch(viewer, id)
        rows = queries.transfers_for(viewer).filter(batch=row)
        context = {
            "page": Page(
                BATCH,
                [DESK, Link(BATCHES, reverse("transfers:batchs"))],
                row.number,
                STATES[row.state],
                actions(viewer, *COMMANDS[row.state], batch_id=id),
            ),
            "panels": [Panel(BATCH, _terms(viewer, row))],
            "rejection": row.rejection,
            "checks": _checks(row),
            "comparisons": [
                reverse("seals:verification", args=[each.line.id])
                for each in seals.verifications_of(viewer, "transfers.batch", id)
            ],
            "listing": _rows(request, rows),
            "faults": _faults(row),
            "trail": entries(gate.trail(viewer, "transfers.batch", id)),
        }
        return render(request, "transfers/batch.html", context)


@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.limits_for(viewer),
            request.GET,
            [
                Column("subject_number", Text("编号", "Number"), _limit_link),
                Column("scope", Text("对象", "Of"), lambda row: SCOPE_NAMES[row.scope]),
                Column("per", Text("口径", "Per"), lambda row: PER_NAMES[row.per]),
                Column("amount", Text("限额", "Limit"), _amount, numeric=True),
                Column("set_at", Text("设置时间", "Set at")),
            ],
            [OF_LIMIT],
        )
        page = Page(LIMITS, [DESK], actions=actions(viewer, SetLimit, LiftLimit))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        shown = board_for(viewer)
        context = {
            "page": Page(BOARD, [DESK, Link(TRANSFERS, reverse("transfers:transfers"))]),
            "panels": [_summary(shown)],
            "grids": [
                _volumes(Text("在途", "Open"), shown.open),
                _volumes(Text("今日受理", "Received today"), shown.today),
                Grid(
                    Text("在途明细（停留最久在前）", "Open transfers, the longest waiting first"),
                    [
                        Text("转账编号", "Number"),
                        Text("金额", "Amount"),
                        Text("环节", "Step"),
                        Text("处理人", "Owner"),
                        Text("进入时间", "Since"),
                        Text("应完成时间", "Due"),
                        Text("时限", "Time"),
                    ],
                    [_place(each) for each in shown.places],
                ),
            ],
            "refresh_s": 15,
        }
        return render(request, "transfers/board.html", context)


@choices("transfers.submit_batch", "batch_id")
def _checked(viewer: Actor) -> Records:
    return _named(viewer, "checked")


@choices("transfers.release_batch", "batch_id")
def _submitted(viewer: Actor) -> Records:
    return _named(viewer, "submitted")


@choices("transfers.reject_batch", "batch_id")
def _open(viewer: Actor) -> Records:
    return _named(viewer, "received", "checked", "submitted")


@choices("transfers.set_limit", "per")
def _pers(viewer: Actor) -> list[tuple[str, Text]]:
    return list(PER_NAMES.items())


@choices("transfers.set_limit", "customer_id")
def _customers(viewer: Actor) -> Records:
    return customers.active_ones(viewer)


@choices("transfers.lift_limit", "limit_id")
def _limits(viewer: Actor) -> Records:
    rows = queries.limits_for(viewer).order_by("subject_number", "per", "id")
    return Records(rows, _named_limits, OF_LIMIT)


def _named_limits(rows: Sequence[Limit]) -> Choices:
    return [(str(row.id), _both(f"{row.subject_number} {_amount(row)}")) for row in rows]


def _named(viewer: Actor, *states: str) -> Records:
    rows = queries.batches_for(viewer).filter(state__in=states)
    return Records(rows.order_by("-number"), _named_batches, OF_BATCH)


def _named_batches(rows: Sequence[Batch]) -> Choices:
    return [(str(row.id), _both(f"{row.number} {_total(row)}")) for row in rows]


def _terms(viewer: Actor, row: Batch) -> list[Term]:
    payer, agent = customers.brief(viewer, row.customer_id), queries.agent_of(viewer, row)
    return [
        Term(Text("付款人", "Payer"), payer.name),
        Term(Text("付款账号", "From account"), row.account.number),
        *([Term(Text("代理人", "Brought by agent"), agent)] if agent else []),
        Term(Text("受理笔数", "Accepted"), row.accepted),
        Term(Text("不予受理", "Refused"), row.refused),
        Term(Text("合计金额", "Total"), _total(row)),
        Term(Text("最大一笔", "Biggest"), Money(row.biggest, row.currency)),
        Term(Text("大写合计", "Total in words"), in_words(_total(row)), wide=True),
        Term(Text("存疑核验的处理理由", "Why despite doubts"), row.override_reason, wide=True),
    ]


def _checks(row: Batch) -> Grid:
    order = list(CheckName)
    found = sorted(row.checks.all(), key=lambda check: order.index(CheckName(check.name)))
    return Grid(
        Text("整批核验结果", "Checks of the whole"),
        [Text("核验", "Check"), Text("结果", "Result"), Text("说明", "Reason")],
        [
            [CHECK_NAMES[CheckName(each.name)], VERDICTS[each.verdict], Text(each.zh, each.en)]
            for each in found
        ],
    )


def _rows(request: HttpRequest, rows: QuerySet[Transfer]) -> Listing:
    """Row results, page by page."""
    back: dict[UUID, Text] = {}
    return Listing(
        rows,
        request.GET,
        [
            Column("row", Text("行号", "Row"), numeric=True),
            Column("number", Text("转账编号", "Number"), _link),
            Column("payee", Text("收款人", "Payee"), lambda row: opened(row, "payee_name")),
            Column("amount", Text("金额", "Amount"), _amount, numeric=True),
            Column("voucher", Text("凭证编号", "Voucher")),
            Column("rejection", Text("退票理由", "Rejected because")),
            Column("state", Text("状态", "State"), lambda row: badge(row, back)),
        ],
        [
            Choice(
                "state",
                Text("状态", "State"),
                "state",
                [(str(state), STATE_NAMES[state]) for state in Transfer.State],
            )
        ],
        order="row",
        prepare=lambda shown: back.update(queries.back_of(shown)),
    )


def _faults(row: Batch) -> Grid:
    faults = RefusedRow.objects.filter(batch=row).order_by("row")[:FAULTS_SHOWN]
    return Grid(
        Text("不予受理的行", "Refused rows"),
        [Text("行号", "Row"), Text("字段", "Field"), Text("原因", "Reason")],
        [[each.row, FIELDS.get(each.field), Text(each.zh, each.en)] for each in faults],
    )


def _summary(shown: Board) -> Panel:
    return Panel(
        BOARD,
        [
            Term(Text("在途笔数", "Open"), sum(each.count for each in shown.open)),
            Term(Text("超时笔数", "Late"), shown.late),
            Term(
                STRAYS, Link(f"{shown.strays}", f"{reverse('transfers:strayanswers')}?state=open")
            ),
            Term(Text("截至", "As of"), shown.at),
        ],
    )


def _volumes(title: Text, volumes: tuple[Volume, ...]) -> Grid:
    return Grid(
        title,
        [Text("环节", "Step"), Text("笔数", "Transfers"), Text("金额", "Amount")],
        [[STATES[each.state], each.count, each.money] for each in volumes],
    )


def _place(place: Place) -> list[object]:
    row = place.transfer
    return [
        _link(row),
        _amount(row),
        STATES[row.state],
        place.owner,
        place.since,
        place.due_at,
        LATE if place.late else IN_TIME,
    ]


def _link(row: Transfer) -> Link:
    return Link(row.number, reverse("transfers:transfer", args=[row.id]))


def _batch_link(row: Batch) -> Link:
    return Link(row.number, reverse("transfers:batch", args=[row.id]))


def _limit_link(row: Limit) -> Link:
    kind = "customers:customer" if row.scope == Limit.Scope.CUSTOMER else "ledger:account"
    return Link(row.subject_number, reverse(kind, args=[row.subject_id]))


def _total(row: Batch) -> Money:
    return Money(row.total, row.currency)


def _amount(row: Transfer | Limit) -> Money:
    return Money(row.amount, row.currency)


def _both(name: str) -> Text:
    return Text(name, name)

"""Seal cards, their applications, the use of each seal, and what is unusual about it."""

from collections.abc import Iterable
from uuid import UUID

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
from yinxin.people.queries import bank_today
from yinxin.uikit.listing import Choice, Column, Day, Listing
from yinxin.uikit.page import Action as Button
from yinxin.uikit.page import Link, Page, Panel, Term
from yinxin.uikit.trail import actions, entries

from .. import combination, queries, rules
from ..commands import (
    ApplySeal,
    CancelSeals,
    CheckSeals,
    DestroyCard,
    EnterSeal,
    FreezeCard,
    IssueCopy,
    ReportLoss,
    SetCombination,
    ShareCard,
    UnfreezeCard,
    UnshareCard,
)
from ..models import Combination, Finding, SealWarning
from ..queries import CardView, SpecimenView
from ..rules import (
    ACTION_TITLES,
    CAUSE_TITLES,
    COPY_TITLES,
    STATE_TITLES,
    VERDICT_TITLES,
    WARNING_TITLES,
    Action,
    Cause,
    Copy,
    Progress,
    State,
    Warning,
)
from .applications import APPLICATIONS, application_link
from .shared import (
    CARDS,
    DESK,
    PROGRESSES,
    STATES,
    VERDICTS,
    WARNINGS,
    Sheet,
    Table,
    both,
    card_link,
    card_search,
    picture,
    seal_title,
    specimen_picture,
    verification_link,
    viewer_of,
)
from .timeline import timeline

LIVING = (ApplySeal, SetCombination, IssueCopy, ShareCard, UnshareCard, CancelSeals)
COMMANDS: dict[State, tuple[type[Command], ...]] = {
    State.ENTERED: (CheckSeals, SetCombination, CancelSeals),
    State.ACTIVE: (FreezeCard, ReportLoss, *LIVING),
    State.FROZEN: (UnfreezeCard, ReportLoss, ApplySeal, CancelSeals),
    State.LOST: (UnfreezeCard, ReportLoss, ApplySeal, CancelSeals),
    State.CANCELLED: (DestroyCard,),
    State.DESTROYED: (),
}


@require_GET
def sealcards(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    with reading():
        listing = Listing(
            queries.sealcards_for(viewer).select_related("customer"),
            request.GET,
            [
                Column("number", Text("印鉴卡号", "Card"), card_link),
                Column("customer", Text("客户", "Customer"), "customer.name"),
                Column("account_number", Text("账号", "Account")),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
                Column("effective_on", Text("启用日期", "In force from")),
                Column("ended_on", Text("注销日期", "Cancelled from"), shown=False),
            ],
            [
                card_search(viewer),
                Choice("state", Text("状态", "State"), "state", list(STATE_TITLES.items())),
            ],
            order="-number",
            prepare=lambda rows: customers.prepare(row.customer for row in rows),
        )
        buttons = [
            *actions(viewer, EnterSeal, ApplySeal),
            Button(APPLICATIONS, reverse("seals:applications")),
            Button(Text("印鉴预警", "Warnings"), reverse("seals:warnings")),
        ]
        page = Page(CARDS, [DESK], actions=buttons)
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def sealcard(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer = viewer_of(request)
    with reading():
        card = queries.sealcard(viewer, id)
        context = {
            "page": Page(
                Text("印鉴卡", "Seal card"),
                [DESK, Link(CARDS, reverse("seals:sealcards"))],
                card.number,
                STATES[card.state],
                actions(viewer, *_commands(card), card_id=id, customer_id=card.customer.id),
            ),
            "panels": [Panel(Text("基本信息", "Card"), list(_card_terms(card)))],
            "timeline": timeline(card, bank_today()),
            "tables": [each for each in _tables(card) if each.rows],
            "sheets": [_specimen_sheet(viewer, card, each) for each in card.specimens],
            "trail": entries(gate.trail(viewer, "seals.sealcard", id)),
        }
        return render(request, "seals/sealcard.html", context)


@require_GET
def seal(request: HttpRequest, id: UUID) -> HttpResponse:
    """使用历史: who looked for a seal on what, when, with which verdict."""
    viewer = viewer_of(request)
    with reading():
        one = queries.one(queries.seals_for(viewer).filter(id=id))
        listing = Listing(
            queries.uses_for(viewer, id),
            request.GET,
            [
                Column("item", Text("业务编号", "Item"), _item_link),
                Column("verdict", Text("结论", "Verdict"), lambda row: VERDICTS[row.verdict]),
                Column("score", Text("得分", "Score"), numeric=True),
                Column("version", Text("版本", "Version"), "specimen.version", numeric=True),
                Column("by", Text("验印", "By"), lambda row: queries.by(row.verification)),
                Column("at", Text("时间", "At"), "verification.at"),
                Column("engine", Text("引擎", "Engine"), "verification.engine", shown=False),
            ],
            [
                Choice("verdict", Text("结论", "Verdict"), "verdict", list(VERDICT_TITLES.items())),
                Day("since", Text("起始日期", "Since"), "verification__at__date__gte"),
                Day("until", Text("截止日期", "Until"), "verification__at__date__lte"),
            ],
            order="-id",
        )
        path = [DESK, Link(CARDS, reverse("seals:sealcards")), card_link(one.card)]
        page = Page(Text("印章使用历史", "Use of a seal"), path, one.name)
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def warnings(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    with reading():
        listing = Listing(
            queries.warnings_for(viewer).select_related("seal__card", "verification"),
            request.GET,
            [
                Column("kind", Text("预警", "Warning"), lambda row: WARNINGS[Warning(row.kind)]),
                Column("seal", Text("印章", "Seal"), _seal_link),
                Column("card", CARDS, lambda row: card_link(row.seal.card)),
                Column("told", Text("情况", "What"), lambda row: Text(row.zh, row.en)),
                Column(
                    "item",
                    Text("业务编号", "Item"),
                    lambda row: verification_link(row.verification),
                ),
                Column("at", Text("时间", "At")),
            ],
            [
                Choice("kind", Text("预警", "Warning"), "kind", list(WARNING_TITLES.items())),
                Day("since", Text("起始日期", "Since"), "on__gte"),
                Day("until", Text("截止日期", "Until"), "on__lte"),
            ],
            order="-id",
            empty=Text("没有预警。", "No warnings."),
        )
        path = [DESK, Link(CARDS, reverse("seals:sealcards"))]
        page = Page(Text("印鉴预警", "Seal warnings"), path)
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


def _commands(card: CardView) -> tuple[type[Command], ...]:
    offered = COMMANDS[card.state]
    waiting = any(one.state is State.ENTERED for one in card.specimens)
    return (CheckSeals, *offered) if waiting and CheckSeals not in offered else offered


def _card_terms(card: CardView) -> Iterable[Term]:
    customer_url = reverse("customers:customer", args=[card.customer.id])
    yield Term(Text("客户", "Customer"), Link(both(card.customer.name), customer_url))
    yield Term(Text("账号", "Account"), card.account_number)
    yield Term(Text("启用日期", "In force from"), card.effective_on)
    if card.ended_on:
        yield Term(Text("注销日期", "Cancelled from"), card.ended_on)


def _tables(card: CardView) -> Iterable[Table]:
    period = (Text("自", "From"), Text("至", "Until"))
    yield Table(
        Text("用印组合", "Combinations"),
        (
            Text("组合", "Combination"), Text("凭证种类", "Instrument"), Text("币种", "Currency"),
            Text("起始金额", "From amount"), *period,
        ),
        [_combination(each) for each in card.combinations],
    )  # fmt: skip
    yield Table(
        Text("共用账户", "Accounts that share the card"),
        (Text("账号", "Account"), *period),
        list(card.accounts),
    )
    yield Table(
        Text("联次", "Copies"),
        (Text("联次", "Copy"), Text("序号", "No."), Text("存放处", "Kept at"),
         Text("登记时间", "Issued at")),
        [(COPY_TITLES[Copy(kind)], *rest) for kind, *rest in card.copies],
    )  # fmt: skip
    yield Table(
        APPLICATIONS,
        (
            Text("申请编号", "Number"), Text("事项", "Act"), Text("原因", "Cause"),
            Text("受理时间", "Received at"), Text("状态", "State"),
        ),
        [
            (
                application_link(each), ACTION_TITLES[Action(each.action)],
                CAUSE_TITLES[Cause(each.cause)], each.applied_at, PROGRESSES[Progress(each.state)],
            )
            for each in card.applications
        ],
    )  # fmt: skip
    yield Table(
        Text("最近验印", "Latest verifications"),
        (Text("业务编号", "Item"), Text("结论", "Verdict"), Text("验印", "By"), Text("时间", "At")),
        [
            (verification_link(each), VERDICTS[each.verdict], each.by, each.at)
            for each in card.verifications
        ],
    )


def _combination(row: Combination) -> tuple[object, ...]:
    rule = Text(row.expression, combination.written(combination.parse(row.expression), "en"))
    amount = Money(row.from_amount, row.currency) if row.from_amount else None
    return (rule, row.instrument, row.currency, amount, row.from_on, row.to_on)


def _specimen_sheet(viewer: Actor, card: CardView, one: SpecimenView) -> Sheet:
    passed, uses = card.rates.get(one.seal_id, (0, 0))
    gate_passed = Text(
        f"合格（{one.imprints} 枚印文，{one.width_mm} × {one.height_mm} 毫米）",
        f"good ({one.imprints} imprint(s), {one.width_mm} × {one.height_mm} mm)",
    )
    terms = [
        Term(Text("版本", "Version"), one.version),
        Term(Text("质量检查", "Quality gate"), gate_passed),
        Term(Text("生效", "In force"), _period(one)),
        Term(Text("录入", "Entered"), one.entered_by),
        Term(Text("录入时间", "Entered at"), one.entered_at),
        Term(Text("核对", "Checked"), one.checked_by),
        Term(Text("核对时间", "Checked at"), one.checked_at),
        Term(Text("通过率", "Pass rate"), both(f"{passed}/{uses}") if uses else None),
    ]
    scan = picture(viewer, Text("建库扫描件", "Scan"), "scan", one.id)
    return Sheet(
        seal_title(one),
        STATES[one.state],
        specimen_picture(viewer, one) + scan,
        terms,
        url=reverse("seals:seal", args=[one.seal_id]),
    )


def _period(one: SpecimenView) -> Text | None:
    if one.state is not State.ACTIVE:
        return None
    why = rules.ACTION_TITLES[Action(one.ended_for)] if one.ended_for else Text("", "")
    return Text(
        f"{one.from_on or ''} 至 {one.to_on or '今'}{why.zh}",
        f"{one.from_on or ''} to {one.to_on or 'now'} {why.en.lower()}",
    )


def _seal_link(row: SealWarning) -> Link:
    return Link(row.seal.name, reverse("seals:seal", args=[row.seal_id]))


def _item_link(row: Finding) -> Link:
    return verification_link(row.verification)

"""Seal cards and the comparison of imprints, as the viewer may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from yinxin.customers import queries as customers
from yinxin.gate import queries as gate
from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.text import Text
from yinxin.uikit.choices import choices
from yinxin.uikit.listing import Choice, Column, Day, Listing, Search
from yinxin.uikit.page import Link, Page, Panel, Term, Tone
from yinxin.uikit.page import State as Badge
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import CheckSeals, EnterSeal, FreezeCard, UnfreezeCard
from .models import SealCard, Verification
from .queries import FindingView, SpecimenView
from .rules import KIND_TITLES, STATE_TITLES, VERDICT_TITLES, State, Verdict

STATES = {
    State.ENTERED: Badge(STATE_TITLES[State.ENTERED], Tone.ACTIVE),
    State.ACTIVE: Badge(STATE_TITLES[State.ACTIVE], Tone.GOOD),
    State.FROZEN: Badge(STATE_TITLES[State.FROZEN], Tone.BAD),
    State.CANCELLED: Badge(STATE_TITLES[State.CANCELLED], Tone.PLAIN),
}
VERDICTS = {
    Verdict.GENUINE: Badge(VERDICT_TITLES[Verdict.GENUINE], Tone.GOOD),
    Verdict.UNCERTAIN: Badge(VERDICT_TITLES[Verdict.UNCERTAIN], Tone.WARN),
    Verdict.FORGED: Badge(VERDICT_TITLES[Verdict.FORGED], Tone.BAD),
    Verdict.NO_SPECIMEN: Badge(VERDICT_TITLES[Verdict.NO_SPECIMEN], Tone.BAD),
    Verdict.FROZEN: Badge(VERDICT_TITLES[Verdict.FROZEN], Tone.BAD),
}
DESK = Link(Text("工作台", "Desk"), "/")
OFFERED = 200  # a longer list is searched, not scrolled
COMMANDS: dict[State, tuple[type[Command], ...]] = {
    State.ENTERED: (CheckSeals,),
    State.ACTIVE: (FreezeCard,),
    State.FROZEN: (UnfreezeCard,),
    State.CANCELLED: (),
}


@dataclass(frozen=True, slots=True)
class Picture:
    title: Text
    url: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One seal on a page: its pictures side by side, then what is said of it."""

    title: Text
    state: Badge
    pictures: list[Picture]
    terms: list[Term]
    differences: tuple[Text, ...] = ()


@require_GET
def sealcards(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.sealcards_for(viewer).select_related("customer"),
            request.GET,
            [
                Column("number", Text("印鉴卡号", "Card"), _card_link),
                Column("customer", Text("客户", "Customer"), "customer.name"),
                Column("account_number", Text("账号", "Account")),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
                Column("effective_on", Text("启用日期", "In force from")),
            ],
            [
                Search(
                    "q",
                    Text("卡号、账号或客户", "Card, account or customer"),
                    lambda rows, search: rows.filter(queries.matching(viewer, search)),
                ),
                Choice("state", Text("状态", "State"), "state", list(STATE_TITLES.items())),
            ],
            order="-number",
        )
        page = Page(Text("印鉴卡", "Seal cards"), [DESK], actions=actions(viewer, EnterSeal))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def sealcard(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        card = queries.sealcard(viewer, id)
        customer_url = reverse("customers:customer", args=[card.customer.id])
        terms = [
            Term(Text("客户", "Customer"), Link(_both(card.customer.name), customer_url)),
            Term(Text("账号", "Account"), card.account_number),
            Term(Text("启用日期", "In force from"), card.effective_on),
        ]
        context = {
            "page": Page(
                Text("印鉴卡", "Seal card"),
                [DESK, Link(Text("印鉴卡", "Seal cards"), reverse("seals:sealcards"))],
                card.number,
                STATES[card.state],
                actions(viewer, *COMMANDS[card.state], card_id=id),
            ),
            "panels": [Panel(Text("基本信息", "Card"), terms)],
            "sheets": [_specimen_sheet(each) for each in card.specimens],
            "verifications_title": Text("最近验印", "Latest verifications"),
            "verifications": [_cells(each) for each in card.verifications],
            "trail": entries(gate.trail(viewer, "seals.sealcard", id)),
        }
        return render(request, "seals/sealcard.html", context)


@require_GET
def verifications(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.verifications_for(viewer).select_related("card"),
            request.GET,
            [
                Column("item_number", Text("业务编号", "Item"), _verification_link),
                Column(
                    "card", Text("印鉴卡", "Card"), lambda row: row.card and _card_link(row.card)
                ),
                Column("verdict", Text("结论", "Verdict"), lambda row: VERDICTS[row.verdict]),
                Column("by_name", Text("验印", "By")),
                Column("at", Text("时间", "At")),
            ],
            [
                Search("q", Text("业务编号", "Item"), "item_number__iendswith"),
                Choice("verdict", Text("结论", "Verdict"), "verdict", list(VERDICT_TITLES.items())),
                Day("since", Text("起始日期", "Since"), "at__date__gte"),
                Day("until", Text("截止日期", "Until"), "at__date__lte"),
            ],
            order="-id",
        )
        page = Page(Text("验印记录", "Verifications"), [DESK])
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def verification(request: HttpRequest, id: UUID) -> HttpResponse:
    """Specimen, imprint and overlay side by side, with the differences in words."""
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        seen = queries.verification(viewer, id)
        pictures = [Picture(Text("被验页面", "The page"), reverse("seals:page", args=[id]))]
        context = {
            "page": Page(
                Text("印鉴比对", "Seal comparison"),
                [DESK, Link(Text("验印记录", "Verifications"), reverse("seals:verifications"))],
                seen.line.item_number,
                VERDICTS[seen.line.verdict],
            ),
            "panels": [Panel(Text("验印", "Verification"), list(_verification_terms(seen)))],
            "reasons": seen.reasons,
            "sheets": [_finding_sheet(each) for each in seen.findings],
            "pictures": pictures if seen.has_page else [],
        }
        return render(request, "seals/verification.html", context)


@require_GET
def specimen_picture(request: HttpRequest, id: UUID) -> HttpResponse:
    with reading():
        return _png(queries.specimen_picture(_viewer(request), id, scan=False))


@require_GET
def scan_picture(request: HttpRequest, id: UUID) -> HttpResponse:
    with reading():
        return _png(queries.specimen_picture(_viewer(request), id, scan=True))


@require_GET
def imprint_picture(request: HttpRequest, id: UUID) -> HttpResponse:
    with reading():
        return _png(queries.finding_picture(_viewer(request), id, overlay=False))


@require_GET
def overlay_picture(request: HttpRequest, id: UUID) -> HttpResponse:
    with reading():
        return _png(queries.finding_picture(_viewer(request), id, overlay=True))


@require_GET
def page_picture(request: HttpRequest, id: UUID) -> HttpResponse:
    with reading():
        return _png(queries.page_picture(_viewer(request), id))


@choices("seals.enter", "kind")
def _kinds(viewer: Actor) -> list[tuple[str, Text]]:
    return [(str(kind), title) for kind, title in KIND_TITLES.items()]


@choices("seals.enter", "customer_id")
def _customers(viewer: Actor) -> list[tuple[str, Text]]:
    rows = customers.customers_for(viewer).filter(state="active").order_by("-number")[:OFFERED]
    return [(str(row.id), _both(f"{row.number} {row.name}")) for row in rows]


@choices("seals.check", "card_id")
def _to_check(viewer: Actor) -> list[tuple[str, Text]]:
    return _cards(viewer, State.ENTERED)


@choices("seals.freeze", "card_id")
def _to_freeze(viewer: Actor) -> list[tuple[str, Text]]:
    return _cards(viewer, State.ACTIVE)


@choices("seals.unfreeze", "card_id")
def _to_unfreeze(viewer: Actor) -> list[tuple[str, Text]]:
    return _cards(viewer, State.FROZEN)


def _cards(viewer: Actor, state: State) -> list[tuple[str, Text]]:
    rows = queries.sealcards_for(viewer).filter(state=state).order_by("-number")[:OFFERED]
    return [(str(row.id), _both(f"{row.number} {row.account_number}")) for row in rows]


def _viewer(request: HttpRequest) -> Actor:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    return viewer


def _png(picture: bytes) -> HttpResponse:
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "no-store"})


def _specimen_sheet(one: SpecimenView) -> Sheet:
    terms = [
        Term(Text("版本", "Version"), one.version),
        Term(Text("尺寸", "Size"), _both(f"{one.width_mm} × {one.height_mm} mm")),
        Term(Text("录入", "Entered"), one.entered_by),
        Term(Text("录入时间", "Entered at"), one.entered_at),
        Term(Text("核对", "Checked"), one.checked_by),
        Term(Text("核对时间", "Checked at"), one.checked_at),
    ]
    return Sheet(
        _seal_title(one),
        STATES[one.state],
        [_specimen_picture(one), Picture(Text("建库扫描件", "Scan"), _url("scan", one.id))],
        terms,
    )


def _cells(line: queries.VerificationLine) -> list[tuple[Text, Any]]:
    link = Link(line.item_number, reverse("seals:verification", args=[line.id]))
    return [
        (Text("业务编号", "Item"), link),
        (Text("结论", "Verdict"), VERDICTS[line.verdict]),
        (Text("验印", "By"), line.by),
        (Text("时间", "At"), line.at),
    ]


def _finding_sheet(finding: FindingView) -> Sheet:
    pictures = [_specimen_picture(finding.specimen)]
    if finding.has_imprint:
        pictures.append(Picture(Text("待验印文", "Imprint"), _url("imprint", finding.id)))
    if finding.has_overlay:
        title = Text("重叠比对（红：预留，青：待验）", "Overlay (red specimen, cyan imprint)")
        pictures.append(Picture(title, _url("overlay", finding.id)))
    terms = [
        Term(Text("得分（0 至 1）", "Score (0 to 1)"), finding.score),
        Term(Text("旋转（度）", "Turned (degrees)"), finding.angle_deg),
        Term(Text("大小比", "Size ratio"), finding.scale),
    ]
    return Sheet(
        _seal_title(finding.specimen),
        VERDICTS[finding.verdict],
        pictures,
        terms,
        finding.differences,
    )


def _verification_terms(seen: queries.VerificationView) -> Iterable[Term]:
    number = _both(seen.line.item_number)
    url = _item_url(seen)
    yield Term(Text("业务", "Item"), Link(number, url) if url else number)
    if seen.card_id:
        card = Link(_both(seen.card_number), reverse("seals:sealcard", args=[seen.card_id]))
        yield Term(Text("印鉴卡", "Card"), card)
    yield Term(Text("业务日期", "Dated"), seen.on)
    yield Term(Text("验印", "By"), seen.line.by)
    yield Term(Text("时间", "At"), seen.line.at)
    yield Term(Text("引擎", "Engine"), seen.engine)


def _item_url(seen: queries.VerificationView) -> str:
    try:
        return reverse(seen.item_kind.replace(".", ":"), kwargs={"id": seen.item_id})
    except NoReverseMatch:
        return ""


def _seal_title(one: SpecimenView) -> Text:
    kind = KIND_TITLES[one.kind]
    if one.name in ("", kind.zh):
        return kind
    return Text(f"{kind.zh}　{one.name}", f"{kind.en}: {one.name}")


def _specimen_picture(one: SpecimenView) -> Picture:
    return Picture(Text("预留印鉴", "Specimen"), _url("specimen", one.id))


def _url(name: str, id: UUID) -> str:
    return reverse(f"seals:{name}", args=[id])


def _both(text: str) -> Text:
    return Text(text, text)


def _card_link(row: SealCard) -> Link:
    return Link(row.number, reverse("seals:sealcard", args=[row.id]))


def _verification_link(row: Verification) -> Link:
    return Link(row.item_number, reverse("seals:verification", args=[row.id]))

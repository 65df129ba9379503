"""验印记录, the comparison that a person looks at, and 退票理由书."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate.reading import reading
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.uikit.links import subject_url
from yinxin.uikit.listing import Choice, Column, Day, Listing
from yinxin.uikit.page import Action as Button
from yinxin.uikit.page import Link, Page, Panel, Term
from yinxin.uikit.trail import actions

from .. import combination, queries
from ..commands import CompareSeals, ConfirmComparison, IssueReturnNotice, RerunVerification
from ..models import ReturnNotice
from ..queries import FindingView, VerificationView
from ..rules import VERDICT_TITLES, Verdict
from .shared import (
    DESK,
    VERDICTS,
    VERIFICATION,
    Sheet,
    both,
    card_link,
    picture,
    seal_title,
    specimen_picture,
    verification_link,
    viewer_of,
)

VERIFICATIONS = Text("验印记录", "Verifications")
UNDECIDED = (Verdict.UNCERTAIN, Verdict.FORGED)


@require_GET
def verifications(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    with reading():
        listing = Listing(
            queries.verifications_for(viewer).select_related("card"),
            request.GET,
            [
                Column("item_number", Text("业务编号", "Item"), verification_link),
                Column(
                    "card", Text("印鉴卡", "Card"), lambda row: row.card and card_link(row.card)
                ),
                Column("verdict", Text("结论", "Verdict"), lambda row: VERDICTS[row.verdict]),
                Column("by_name", Text("验印", "By"), queries.by),
                Column("at", Text("时间", "At")),
                Column("engine", Text("引擎", "Engine"), shown=False),
            ],
            [
                VERIFICATION,
                Choice("verdict", Text("结论", "Verdict"), "verdict", list(VERDICT_TITLES.items())),
                Day("since", Text("起始日期", "Since"), "at__date__gte"),
                Day("until", Text("截止日期", "Until"), "at__date__lte"),
            ],
            order="-id",
        )
        page = Page(VERIFICATIONS, [DESK])
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def verification(request: HttpRequest, id: UUID) -> HttpResponse:
    """Specimen and imprint, side by side and one over the other, with the differences in words."""
    viewer = viewer_of(request)
    with reading():
        seen = queries.verification(viewer, id)
        panels = [Panel(Text("验印", "Verification"), list(_terms(seen)))]
        if seen.comparison:
            panels.append(Panel(Text("人工比对", "Comparison by eye"), list(_compared(seen))))
        context = {
            "page": Page(
                Text("印鉴比对", "Seal comparison"),
                [DESK, Link(VERIFICATIONS, reverse("seals:verifications"))],
                seen.line.item_number,
                VERDICTS[seen.line.verdict],
                _actions(viewer, seen),
            ),
            "panels": panels,
            "reasons": seen.reasons,
            "sheets": [_sheet(viewer, each) for each in seen.findings],
            "pictures": picture(viewer, Text("被验页面", "The page"), "page", id)
            if seen.has_page
            else [],
        }
        return render(request, "seals/verification.html", context)


@require_GET
def returnnotice(request: HttpRequest, id: UUID) -> HttpResponse:
    """退票理由书 in print form; its code leads to the proof of the command that made it."""
    viewer = viewer_of(request)
    with reading():
        notice = queries.notice(viewer, id)
        proof = reverse("proof", args=[notice.execution_id])
        context = {
            "page": Page(Text("退票理由书", "Return notice"), number=notice.number),
            "panels": [Panel(Text("退票", "Returned item"), list(_notice_terms(notice)))],
            "signatures": [
                Term(Text("经办", "Maker"), notice.by_name),
                Term(Text("银行签章", "Bank's seal"), None),
            ],
            "proof_url": request.build_absolute_uri(proof),
            "printed_at": clock.now(),
        }
        return render(request, "uikit/print.html", context)


def _actions(viewer: Actor, seen: VerificationView) -> list[Button]:
    commands: list[type[CompareSeals | ConfirmComparison | IssueReturnNotice | RerunVerification]]
    commands = []
    if seen.comparison is None and seen.line.verdict in UNDECIDED:
        commands.append(CompareSeals)
    if seen.comparison and seen.comparison.agrees is None:
        commands.append(ConfirmComparison)
    if seen.conclusion is not Verdict.GENUINE:
        commands.append(IssueReturnNotice)
    if seen.has_page:
        commands.append(RerunVerification)
    return actions(viewer, *commands, verification_id=seen.line.id)


def _sheet(viewer: Actor, finding: FindingView) -> Sheet:
    shown = specimen_picture(viewer, finding.specimen)
    if finding.has_imprint:
        shown += picture(viewer, Text("待验印文", "Imprint"), "imprint", finding.id)
    comparable = len(shown) == 2
    if finding.has_overlay:
        title = Text("重叠比对（红：预留，青：待验）", "Overlay (red specimen, cyan imprint)")
        shown += picture(viewer, title, "overlay", finding.id)
    terms = [
        Term(Text("得分（0 至 1）", "Score (0 to 1)"), finding.score),
        Term(Text("旋转（度）", "Turned (degrees)"), finding.angle_deg),
        Term(Text("大小比", "Size ratio"), finding.scale),
        Term(Text("局部变形（毫米）", "Local distortion (mm)"), finding.elastic_mm),
        Term(Text("实盖程度（0 至 1）", "Stamped, not printed (0 to 1)"), finding.presentation),
        Term(Text("印鉴版本", "Version"), finding.specimen.version),
    ]
    return Sheet(
        seal_title(finding.specimen),
        VERDICTS[finding.verdict],
        shown,
        terms,
        finding.differences,
        url=reverse("seals:seal", args=[finding.specimen.seal_id]),
        comparable=comparable,
    )


def _terms(seen: VerificationView) -> Iterable[Term]:
    number = both(seen.line.item_number)
    url = subject_url(seen.item_kind, seen.item_id)
    yield Term(Text("业务", "Item"), Link(number, url) if url else number)
    if seen.card_id:
        card = Link(both(seen.card_number), reverse("seals:sealcard", args=[seen.card_id]))
        yield Term(Text("印鉴卡", "Card"), card)
    yield Term(Text("业务日期", "Dated"), seen.on)
    if seen.rule:
        english = combination.written(combination.parse(seen.rule), "en")
        yield Term(Text("用印组合", "Combination"), Text(seen.rule, english))
    yield Term(Text("验印", "By"), seen.line.by)
    yield Term(Text("时间", "At"), seen.line.at)
    yield Term(Text("引擎", "Engine"), seen.engine)
    if seen.rerun_of:
        first = Link(number, reverse("seals:verification", args=[seen.rerun_of]))
        yield Term(Text("重验自", "Repeats"), first)
    for again, verdict, engine, at in seen.reruns:
        title = VERDICT_TITLES[verdict]
        told = Text(
            f"{title.zh}（{engine}，{at:%Y-%m-%d}）", f"{title.en} ({engine}, {at:%Y-%m-%d})"
        )
        url = reverse("seals:verification", args=[again])
        yield Term(Text("重新验印", "Run again"), Link(told, url))
    for notice, number_of in seen.notices:
        url = reverse("seals:returnnotice", args=[notice])
        yield Term(Text("退票理由书", "Return notice"), Link(number_of, url))


def _compared(seen: VerificationView) -> Iterable[Term]:
    one = seen.comparison
    assert one
    yield Term(Text("比对结论", "Verdict"), VERDICTS[Verdict(one.verdict)])
    yield Term(Text("比对", "Compared by"), one.compared_by_name)
    yield Term(Text("比对时间", "Compared at"), one.compared_at)
    yield Term(Text("复核", "Confirmed by"), one.confirmed_by_name)
    yield Term(Text("复核时间", "Confirmed at"), one.confirmed_at)
    yield Term(Text("同意", "Agrees"), one.agrees)
    yield Term(Text("比对依据", "Why"), one.remark, wide=True)
    yield Term(Text("复核意见", "Second opinion"), one.confirmed_remark, wide=True)


def _notice_terms(notice: ReturnNotice) -> Iterable[Term]:
    row = notice.verification
    yield Term(Text("业务编号", "Item"), row.item_number)
    yield Term(Text("业务日期", "Dated"), row.on)
    yield Term(Text("印鉴卡", "Card"), row.card.number if row.card else None)
    yield Term(Text("验印时间", "Examined at"), row.at)
    for code, reason in zip(notice.codes, queries.texts(notice.reasons), strict=True):
        reason_told = Text(f"{code} {reason.zh}", f"{code} {reason.en}")
        yield Term(Text("退票理由", "Reason"), reason_told, wide=True)
    for sentence in queries.texts(row.reasons):
        yield Term(Text("说明", "Explanation"), sentence, wide=True)
    yield Term(Text("备注", "Remark"), notice.remark, wide=True)
    yield Term(Text("退票日期", "Returned at"), notice.at)

"""验印标准: the scores that let an imprint pass, and the reasons for return, as in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yinxin.gate.reading import reading
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.uikit.page import Grid, Page
from yinxin.uikit.trail import actions

from .. import queries
from ..commands import SetReturnReason, SetThreshold
from .shared import DESK, viewer_of

STANDARDS = Text("验印标准", "Verification standards")
NO_THRESHOLD = Text(
    "未设定阈值：引擎判定相符即通过。",
    "No threshold is set: what the engine finds genuine passes.",
)


@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    with reading():
        context = {
            "page": Page(STANDARDS, [DESK], actions=actions(viewer, SetThreshold, SetReturnReason)),
            "sections": [_thresholds(viewer), _reasons()],
        }
        return render(request, "uikit/sections.html", context)


def _thresholds(viewer: Actor) -> Grid:
    return Grid(
        Text("自动通过阈值", "Scores that pass by themselves"),
        [Text("起始金额", "From amount"), Text("最低得分", "Lowest score"),
         Text("生效时间", "In force since")],
        [
            (Money(row.from_amount, row.currency), row.score.normalize(), row.effective_from)
            for row in queries.thresholds_for(viewer)
        ],
        empty=NO_THRESHOLD,
    )  # fmt: skip


def _reasons() -> Grid:
    return Grid(
        Text("退票理由", "Reasons for return"),
        [Text("代码", "Code"), Text("理由", "Reason"), Text("启用", "In use")],
        [(code, *each) for code, each in queries.all_return_reasons(clock.now()).items()],
    )

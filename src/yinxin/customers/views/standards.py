"""评级与准入: the scorecard, what ratings allow, and how the record is changed, as in force."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.uikit.page import Grid, Page
from yinxin.uikit.trail import actions

from .. import queries
from ..allowances import PRODUCT_TITLES, Product
from ..commands import SetAllowance, SetItemRule, SetScore
from ..particulars import COUNTRY_TITLES, INDUSTRY_TITLES, ITEM_TITLES, OCCUPATION_TITLES
from ..parties import CRITERION_TITLES
from ..reports import EVENT_TITLES
from ..rules import DOCUMENT_TITLES, RATING_TITLES, Rating
from ..scorecard import FACTOR_TITLES, Factor
from .badges import DESK, RATINGS, UNLIMITED

VALUES: dict[Factor, Mapping[Any, Text]] = {
    Factor.DOCUMENT: DOCUMENT_TITLES,
    Factor.NATIONALITY: COUNTRY_TITLES,
    Factor.OCCUPATION: OCCUPATION_TITLES,
    Factor.INDUSTRY: INDUSTRY_TITLES,
    Factor.OWNERS: CRITERION_TITLES,
    Factor.EVENT: EVENT_TITLES,
    Factor.THRESHOLD: RATING_TITLES,
}


@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        context = {
            "page": Page(
                Text("评级与准入", "Ratings and allowances"),
                [DESK],
                actions=actions(viewer, SetScore, SetAllowance, SetItemRule),
            ),
            "sections": [_scores(), _allowances(), _rules()],
        }
        return render(request, "uikit/sections.html", context)


def _scores() -> Grid:
    card = queries.scorecard(bank_today())
    return Grid(
        Text("评分卡", "Scorecard"),
        [Text("评级因素", "Factor"), Text("取值", "Value"), Text("分值", "Points"),
         Text("说明", "Why")],
        [
            (FACTOR_TITLES[row.factor], _value(row.factor, row.value), row.points, row.reason)
            for row in sorted(card.values(), key=lambda row: (row.factor, row.value))
        ],
    )  # fmt: skip


def _value(factor: Factor, value: str) -> Text | str:
    """In words, with the code that the command takes."""
    title = VALUES.get(factor, {}).get(value)
    return Text(f"{title.zh}（{value}）", f"{title.en} ({value})") if title else value


def _allowances() -> Grid:
    table = queries.allowance_table(bank_today())
    return Grid(
        Text("准入与限额", "Allowances"),
        [Text("风险等级", "Rating"), Text("产品", "Product"), Text("允许办理", "Allowed"),
         Text("单笔限额", "At once"), Text("日累计限额", "A day")],
        [
            (
                RATINGS[rating],
                PRODUCT_TITLES[product],
                allowed,
                single or (UNLIMITED if allowed else None),
                daily or (UNLIMITED if allowed else None),
            )
            for rating in Rating
            for product in Product
            for allowed, single, daily in [table[rating, product]]
        ],
    )  # fmt: skip


def _rules() -> Grid:
    ruled = queries.item_rules(bank_today())
    return Grid(
        Text("资料变更规则", "Rules of changes"),
        [Text("资料项目", "Item"), Text("客户可自行变更", "By the customer alone"),
         Text("须证明材料", "With proof")],
        [(ITEM_TITLES[item], rule.alone, rule.proof) for item, rule in ruled.items()],
    )  # fmt: skip

"""客户风险评级: a scorecard whose rows are data; each point is explained.

What is shipped is `STANDARD`; a row that the institution sets takes the place of the standard one
from its day on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yinxin.kernel.text import Text

from .particulars import Item, Values
from .rules import Kind, Rating


class Factor(StrEnum):
    RELATION = "relation"
    DOCUMENT = "document"
    NATIONALITY = "nationality"
    OCCUPATION = "occupation"
    INDUSTRY = "industry"
    OWNERS = "owners"
    AGENT = "agent"
    EVENT = "event"
    THRESHOLD = "threshold"


FACTOR_TITLES = {
    Factor.RELATION: Text("业务关系", "Relationship"),
    Factor.DOCUMENT: Text("证件", "Document"),
    Factor.NATIONALITY: Text("国籍或注册地", "Nationality"),
    Factor.OCCUPATION: Text("职业", "Occupation"),
    Factor.INDUSTRY: Text("行业", "Industry"),
    Factor.OWNERS: Text("受益所有人", "Beneficial owners"),
    Factor.AGENT: Text("代理人", "Agents"),
    Factor.EVENT: Text("重大事件", "Major events"),
    Factor.THRESHOLD: Text("等级界限", "Threshold"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """What one trait weighs, in points; of a threshold, from how many points on a rating holds."""

    factor: Factor
    value: str
    points: int
    reason: Text


@dataclass(frozen=True, slots=True)
class Rated:
    rating: Rating
    points: int
    reasons: tuple[Score, ...]


Key = tuple[str, str]
Card = Mapping[Key, Score]


def _row(factor: Factor, value: str, points: int, zh: str, en: str) -> Score:
    return Score(factor, value, points, Text(zh, en))


_COUNTRIES = tuple(
    _row(Factor.NATIONALITY, code, 60, f"来自高风险国家或地区（{zh}）", f"From {en}, of high risk")
    for code, zh, en in (
        ("PRK", "朝鲜", "North Korea"), ("IRN", "伊朗", "Iran"), ("MMR", "缅甸", "Myanmar"),
    )
)  # fmt: skip
STANDARD: Card = {
    (row.factor, row.value): row
    for row in (
        _row(Factor.THRESHOLD, Rating.NORMAL, 10, "达到该分值为中风险", "From here on normal"),
        _row(Factor.THRESHOLD, Rating.HIGH, 50, "达到该分值为高风险", "From here on high"),
        _row(Factor.RELATION, "new", 10, "新建立业务关系", "A new relationship"),
        _row(Factor.DOCUMENT, "passport", 10, "凭护照识别", "Identified by a passport"),
        _row(Factor.DOCUMENT, "temporary_id", 5, "凭临时证件识别", "By a temporary card"),
        _row(Factor.NATIONALITY, "foreign", 10, "境外国籍或注册地", "Foreign"),
        *_COUNTRIES,
        _row(Factor.OCCUPATION, "foreign_official", 60, "外国政要及其关系人",
             "A foreign politically exposed person"),
        _row(Factor.OCCUPATION, "self_employed", 10, "个体经营者", "Self-employed"),
        _row(Factor.OCCUPATION, "unemployed", 15, "无固定职业和收入来源", "Without work or income"),
        _row(Factor.INDUSTRY, "precious_metals", 30, "贵金属、珠宝行业", "Precious metals"),
        _row(Factor.INDUSTRY, "entertainment", 15, "娱乐业，现金密集", "Entertainment: much cash"),
        _row(Factor.INDUSTRY, "real_estate", 15, "房地产业", "Real estate"),
        _row(Factor.OWNERS, "daily_manager", 15, "以日常经营管理人员为受益所有人",
             "No owner but the daily manager was found"),
        _row(Factor.OWNERS, "foreign", 15, "受益所有人为境外人员", "A beneficial owner is foreign"),
        _row(Factor.AGENT, "present", 5, "由代理人办理业务", "An agent acts for the customer"),
        _row(Factor.EVENT, "litigation", 15, "涉及诉讼或处罚", "Litigation or a penalty"),
        _row(Factor.EVENT, "restructuring", 10, "发生改制重组", "A restructuring"),
    )
}  # fmt: skip


def overlaid(rows: Iterable[tuple[date, Score]], today: date) -> Card:
    """The card in force: of each trait the latest row that has begun, else the standard one."""
    card = dict(STANDARD)
    for begins_on, row in sorted(rows, key=lambda each: each[0]):
        if begins_on <= today:
            card[row.factor, row.value] = row
    return card


def traits(
    kind: Kind,
    values: Values,
    owners: Iterable[tuple[frozenset[str], str]] = (),
    has_agent: bool = False,
    events: Iterable[str] = (),
) -> list[Key]:
    """What is known of a customer, as the card names it; `owners` are their criteria and
    nationality."""
    found: list[Key] = [(Factor.RELATION, "new"), (Factor.DOCUMENT, values[Item.DOCUMENT_TYPE])]
    country = values.get(Item.NATIONALITY, "CHN")
    found.append((Factor.NATIONALITY, country))
    if country != "CHN":
        found.append((Factor.NATIONALITY, "foreign"))
    if kind is Kind.PERSON:
        found.append((Factor.OCCUPATION, values.get(Item.OCCUPATION, "")))
    else:
        found.append((Factor.INDUSTRY, values.get(Item.INDUSTRY, "")))
    for criteria, nationality in owners:
        found += [(Factor.OWNERS, each) for each in sorted(criteria)]
        found += [(Factor.NATIONALITY, nationality)]
        found += [(Factor.OWNERS, "foreign")] if nationality != "CHN" else []
    if has_agent:
        found.append((Factor.AGENT, "present"))
    found += [(Factor.EVENT, each) for each in events]
    return list(dict.fromkeys(found))


def rated(known: Iterable[Key], card: Card) -> Rated:
    """The rating, its points, and what each of them is for."""
    reasons = tuple(card[key] for key in known if key in card and card[key].points)
    points = sum(each.points for each in reasons)
    reached = [
        rating
        for rating in (Rating.NORMAL, Rating.HIGH)
        if points >= card[Factor.THRESHOLD, rating].points
    ]
    return Rated(reached[-1] if reached else Rating.LOW, points, reasons)


SEVERITY = {Rating.LOW: 0, Rating.NORMAL: 1, Rating.HIGH: 2}


def is_lower(rating: Rating, than: Rating) -> bool:
    return SEVERITY[rating] < SEVERITY[than]

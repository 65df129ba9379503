"""客户信息变更: which items need proof, and which a customer changes alone, as data."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yinxin.kernel.refusals import Refused

from .particulars import ITEM_TITLES, Item
from .rules import PROOF_NEEDED


class Review(StrEnum):
    """What the approval matrix looks at: the kind of a change."""

    ALONE = "alone"  # the customer's own to change
    REVIEWED = "reviewed"
    REGISTERED = "registered"  # before opening, which is reviewed as a whole


@dataclass(frozen=True, slots=True)
class ItemRule:
    alone: bool
    proof: bool


STANDARD: dict[Item, ItemRule] = {item: ItemRule(alone=False, proof=True) for item in Item} | {
    Item.PHONE: ItemRule(alone=True, proof=False),
    Item.ADDRESS: ItemRule(alone=True, proof=False),
    Item.WORKPLACE: ItemRule(alone=True, proof=False),
    Item.OCCUPATION: ItemRule(alone=False, proof=False),
    Item.INDUSTRY: ItemRule(alone=False, proof=False),
}


def overlaid(rows: Iterable[tuple[date, Item, ItemRule]], today: date) -> Mapping[Item, ItemRule]:
    """The rules in force: the latest row that has begun, else the standard one."""
    found = dict(STANDARD)
    for begins_on, item, rule in sorted(rows, key=lambda each: each[0]):
        if begins_on <= today:
            found[item] = rule
    return found


def review(items: Collection[Item], ruled: Mapping[Item, ItemRule]) -> Review:
    return Review.ALONE if all(ruled[item].alone for item in items) else Review.REVIEWED


def require_proof(items: Collection[Item], ruled: Mapping[Item, ItemRule], has_proof: bool) -> None:
    titles = [ITEM_TITLES[item] for item in items if ruled[item].proof]
    if titles and not has_proof:
        raise Refused(
            PROOF_NEEDED,
            items_zh="、".join(each.zh for each in titles),
            items_en=", ".join(each.en for each in titles),
        )

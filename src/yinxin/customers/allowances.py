"""What a rating allows: products and limits, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .rules import RATING_TITLES, STATE_TITLES, Rating, State


class Product(StrEnum):
    COUNTER_TRANSFER = "counter_transfer"
    ONLINE_TRANSFER = "online_transfer"
    BATCH_TRANSFER = "batch_transfer"
    CROSS_BORDER = "cross_border"
    CASH = "cash"


PRODUCT_TITLES = {
    Product.COUNTER_TRANSFER: Text("柜面转账", "Transfers at the counter"),
    Product.ONLINE_TRANSFER: Text("线上转账", "Transfers online"),
    Product.BATCH_TRANSFER: Text("批量转账", "Transfers in batches"),
    Product.CROSS_BORDER: Text("跨境汇款", "Transfers abroad"),
    Product.CASH: Text("现金业务", "Cash"),
}
BY_RATING = Text("按风险等级“{zh}”", "By the rating {en}")
STATE_STOPS = Text(
    "客户当前状态为“{zh}”，不能办理业务", "The customer is {en}; no business is done"
)
DOCUMENT_EXPIRED = Text(
    "客户证件已于 {day} 到期，须先更新", "The customer's document ran out on {day}; renew it first"
)
RATING_STOPS = Text("风险等级“{zh}”的客户不办理该业务", "Not for customers of the rating {en}")


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a product may be used, for how much at once and a day; None means no limit here.

    `reason` says why not, or on what the limits rest.
    """

    product: Product
    allowed: bool
    single: Money | None
    daily: Money | None
    reason: Text


Row = tuple[bool, Money | None, Money | None]
Table = Mapping[tuple[str, str], Row]


def _cny(amount: int) -> Money:
    return Money(Decimal(amount), "CNY")


STANDARD: dict[tuple[str, str], Row] = {
    (rating, product): (True, None, None) for rating in Rating for product in Product
} | {
    (Rating.NORMAL, Product.ONLINE_TRANSFER): (True, _cny(5_000_000), _cny(20_000_000)),
    (Rating.HIGH, Product.COUNTER_TRANSFER): (True, _cny(5_000_000), _cny(10_000_000)),
    (Rating.HIGH, Product.ONLINE_TRANSFER): (True, _cny(500_000), _cny(1_000_000)),
    (Rating.HIGH, Product.BATCH_TRANSFER): (True, _cny(500_000), _cny(1_000_000)),
    (Rating.HIGH, Product.CROSS_BORDER): (False, None, None),
    (Rating.HIGH, Product.CASH): (True, _cny(50_000), _cny(50_000)),
}


def overlaid(rows: Iterable[tuple[date, tuple[str, str], Row]], today: date) -> Table:
    """The table in force: the latest row that has begun, else the standard one."""
    table = dict(STANDARD)
    for begins_on, key, row in sorted(rows, key=lambda each: each[0]):
        if begins_on <= today:
            table[key] = row
    return table


def allowed(
    state: State, rating: Rating, expires_on: date | None, table: Table, today: date
) -> tuple[Allowance, ...]:
    """Every product, as this customer may use it today."""
    stopped = _stopped(state, expires_on, today)
    return tuple(_one(product, rating, table, stopped) for product in Product)


def _one(product: Product, rating: Rating, table: Table, stopped: Text | None) -> Allowance:
    may, single, daily = table[rating, product]
    title = RATING_TITLES[rating]
    if stopped or not may:
        reason = stopped or RATING_STOPS.format(zh=title.zh, en=title.en.lower())
        return Allowance(product, False, None, None, reason)
    return Allowance(
        product, True, single, daily, BY_RATING.format(zh=title.zh, en=title.en.lower())
    )


def _stopped(state: State, expires_on: date | None, today: date) -> Text | None:
    if state is not State.ACTIVE:
        title = STATE_TITLES[state]
        return STATE_STOPS.format(zh=title.zh, en=title.en.lower())
    if expires_on is not None and expires_on < today:
        return DOCUMENT_EXPIRED.format(day=expires_on.isoformat())
    return None

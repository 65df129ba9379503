"""Who must agree before money leaves: by amount, and more where the customer's risk is high.

A currency without rows of its own needs two levels from the first unit on.
"""

from collections.abc import Iterator
from decimal import Decimal

from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

REVIEWER = Level(frozenset({Duty.REVIEWER}))
MANAGER = Level(frozenset({Duty.MANAGER}))
TWO_MANAGERS = Level(frozenset({Duty.MANAGER}), 2)
SECOND, THIRD = Decimal(50_000), Decimal(1_000_000)


def _rows(rating: str, first: tuple[Level, ...]) -> Iterator[PolicyRow]:
    def row(levels: tuple[Level, ...], currency: str, amount: Decimal = Decimal(0)) -> PolicyRow:
        return PolicyRow(
            "transfers.release", levels, currency=currency, from_amount=amount, rating=rating
        )

    yield row((REVIEWER, MANAGER), "")
    yield row(first, "CNY")
    yield row((REVIEWER, MANAGER), "CNY", SECOND)
    yield row((REVIEWER, TWO_MANAGERS), "CNY", THIRD)


seeds(*_rows("", (REVIEWER,)), *_rows("high", (REVIEWER, MANAGER)))

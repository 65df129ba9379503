"""Who must agree before money leaves: by amount, and more where the customer's risk is high.

A batch is measured by its total, which no row of it exceeds. A currency without rows of its own
needs two levels from the first unit on.
"""

from collections.abc import Iterator
from decimal import Decimal

from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

REVIEWER = Level(frozenset({Duty.REVIEWER}))
MANAGER = Level(frozenset({Duty.MANAGER}))
TWO_MANAGERS = Level(frozenset({Duty.MANAGER}), 2)
CONTROL = Level(frozenset({Duty.COMPLIANCE, Duty.RISK}))
SECOND, THIRD = Decimal(50_000), Decimal(1_000_000)


def _rows(command: str, rating: str, first: tuple[Level, ...]) -> Iterator[PolicyRow]:
    def row(levels: tuple[Level, ...], currency: str, amount: Decimal = Decimal(0)) -> PolicyRow:
        return PolicyRow(command, levels, currency=currency, from_amount=amount, rating=rating)

    yield row((REVIEWER, MANAGER), "")
    yield row(first, "CNY")
    yield row((REVIEWER, MANAGER), "CNY", SECOND)
    yield row((REVIEWER, TWO_MANAGERS), "CNY", THIRD)


for paying in ("transfers.release", "transfers.release_batch"):
    seeds(*_rows(paying, "", (REVIEWER,)), *_rows(paying, "high", (REVIEWER, MANAGER)))
seeds(
    PolicyRow("transfers.import_history", (MANAGER, CONTROL)),
    PolicyRow("transfers.set_limit", (MANAGER,)),
    PolicyRow("transfers.lift_limit", (MANAGER,)),
)

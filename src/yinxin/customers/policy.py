from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

from .changes import Review
from .rules import Rating, State

REVIEWER = Level(frozenset({Duty.REVIEWER}))
MANAGER = Level(frozenset({Duty.MANAGER}))
CONTROL = Level(frozenset({Duty.COMPLIANCE, Duty.RISK}))
RULER = Level(frozenset({Duty.COMPLIANCE, Duty.MANAGER}))

PARTIES = ("record_officer", "record_owner", "appoint_agent", "end_party")

seeds(
    PolicyRow("customers.open", (REVIEWER,)),
    PolicyRow("customers.open", (REVIEWER, MANAGER), rating=Rating.HIGH),
    PolicyRow("customers.review", (REVIEWER,)),
    PolicyRow("customers.review", (REVIEWER, MANAGER), rating=Rating.HIGH),
    PolicyRow("customers.import_customers", (MANAGER, CONTROL)),
    PolicyRow("customers.decline", (REVIEWER,)),
    PolicyRow("customers.change", (REVIEWER,)),
    PolicyRow("customers.change", (), kind=Review.ALONE),
    PolicyRow("customers.change", (), kind=Review.REGISTERED),
    PolicyRow("customers.rate", ()),
    PolicyRow("customers.rate", (REVIEWER,), kind="lower"),
    PolicyRow("customers.adjust_rating", ()),
    PolicyRow("customers.adjust_rating", (MANAGER,), kind="lower"),
    PolicyRow("customers.revive", (REVIEWER,)),
    PolicyRow("customers.close", (REVIEWER,)),
    *(PolicyRow(f"customers.{name}", (REVIEWER,)) for name in PARTIES),
    # Before opening, which is reviewed as a whole, the parties are written down at once.
    *(PolicyRow(f"customers.{name}", (), kind=State.REGISTERED) for name in PARTIES),
    *(
        PolicyRow(f"customers.{name}", (RULER,))
        for name in ("set_score", "set_allowance", "set_item_rule")
    ),
)

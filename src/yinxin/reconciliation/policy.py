from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

MANAGEMENT = (Level(frozenset({Duty.MANAGER})),)
REVIEW = (Level(frozenset({Duty.REVIEWER})),)

seeds(
    *(
        PolicyRow(f"reconciliation.{command}", MANAGEMENT)
        for command in ("sign_off", "agree", "accept_fee")
    ),
    PolicyRow("reconciliation.match_by_hand", REVIEW),
)

from yinxin.kernel.actor import Duty

from .registry import seeds
from .rules import Level, PolicyRow

SECOND_PERSON = Level(frozenset({Duty.MANAGER, Duty.RISK}))

seeds(
    PolicyRow("gate.break_glass", (SECOND_PERSON,), expires_after_h=4),
    PolicyRow("gate.set_policy", (Level(frozenset({Duty.COMPLIANCE, Duty.ADMINISTRATOR})),)),
)

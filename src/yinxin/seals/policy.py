from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

MANAGER = (Level(frozenset({Duty.MANAGER})),)
RISK = (Level(frozenset({Duty.RISK})),)
SECOND_REGISTRAR = (Level(frozenset({Duty.SEAL_REGISTRAR, Duty.MANAGER})),)

seeds(
    PolicyRow("seals.unfreeze", MANAGER),
    PolicyRow("seals.cancel", MANAGER),
    PolicyRow("seals.set_combination", (Level(frozenset({Duty.REVIEWER, Duty.MANAGER})),)),
    PolicyRow("seals.destroy", SECOND_REGISTRAR),
    PolicyRow("seals.set_threshold", RISK),
    PolicyRow("seals.set_return_reason", RISK),
)

from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

REVIEWER = (Level(frozenset({Duty.REVIEWER})),)
MANAGER = (Level(frozenset({Duty.MANAGER})),)

seeds(
    PolicyRow("ledger.open_account", REVIEWER),
    PolicyRow("ledger.open_own_account", REVIEWER),
    PolicyRow("ledger.pay_in", REVIEWER),
    PolicyRow("ledger.freeze", MANAGER),
    PolicyRow("ledger.unfreeze", MANAGER),
)

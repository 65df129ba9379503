from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

REVIEWER = (Level(frozenset({Duty.REVIEWER})),)
MANAGER = (Level(frozenset({Duty.MANAGER})),)
BOTH = (*REVIEWER, *MANAGER)

CONTROL = Level(frozenset({Duty.COMPLIANCE, Duty.RISK}))

seeds(
    PolicyRow("ledger.open_account", REVIEWER),
    PolicyRow("ledger.open_own_account", REVIEWER),
    PolicyRow("ledger.import_accounts", (*MANAGER, CONTROL)),
    PolicyRow("ledger.pay_in", REVIEWER),
    PolicyRow("ledger.freeze", MANAGER),
    PolicyRow("ledger.unfreeze", MANAGER),
    PolicyRow("ledger.set_credit_only", MANAGER),
    PolicyRow("ledger.lift_credit_only", MANAGER),
    PolicyRow("ledger.close_account", BOTH),
    PolicyRow("ledger.hold_money", MANAGER),
    PolicyRow("ledger.release_hold", MANAGER),
    PolicyRow("ledger.reverse", BOTH),
    PolicyRow("ledger.register_outside_account", REVIEWER),
    PolicyRow("ledger.close_outside_account", REVIEWER),
)

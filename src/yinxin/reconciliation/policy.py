from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

seeds(PolicyRow("reconciliation.sign_off", (Level(frozenset({Duty.MANAGER})),)))

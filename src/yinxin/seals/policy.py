from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

seeds(PolicyRow("seals.unfreeze", (Level(frozenset({Duty.MANAGER})),)))

from yinxin.gate.registry import seeds
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import Duty

from .rules import Rating

REVIEWER = Level(frozenset({Duty.REVIEWER}))
MANAGER = Level(frozenset({Duty.MANAGER}))

seeds(
    PolicyRow("customers.open", (REVIEWER,)),
    PolicyRow("customers.open", (REVIEWER, MANAGER), rating=Rating.HIGH),
)

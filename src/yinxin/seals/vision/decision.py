"""From evidence to probabilities: boosted trees, walked in plain Python.

Each kind of forgery has an expert of its own, who sees only the numbers that tell of that kind;
the least convinced decides. A seal of another size is a forgery though all its letters are right.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

from yinxin.seals.vision.learned import EXPERTS, stored


@dataclass(frozen=True)
class Tree:
    """One tree as parallel lists; a negative child is a leaf, -1 the first."""

    feature: list[int]
    threshold: list[float]
    left: list[int]
    right: list[int]
    value: list[float]

    def leaf(self, x: list[float]) -> float:
        node = 0 if self.feature else -1
        while node >= 0:
            low = x[self.feature[node]] <= self.threshold[node]
            node = self.left[node] if low else self.right[node]
        return self.value[~node]


@dataclass(frozen=True)
class Model:
    """Trees over named numbers; `slope` times their sum, plus `base`, is the log odds."""

    tells: str
    """Of what kind of forgery."""
    names: list[str]
    trees: list[Tree]
    base: float
    slope: float

    def log_odds(self, numbers: dict[str, float]) -> float:
        x = [numbers[name] for name in self.names]
        return self.base + self.slope * sum(tree.leaf(x) for tree in self.trees)


@lru_cache(maxsize=1)
def models() -> dict[str, list[Model]]:
    """The learned experts by what they tell; none while `training.py` has made none."""
    return {
        what: [
            Model(each["tells"], each["names"], [Tree(**tree) for tree in each["trees"]],
                  each["base"], each["slope"])
            for each in experts
        ]
        for what, experts in json.loads(stored(EXPERTS) or b"{}").items()
    }  # fmt: skip


def log_odds(numbers: dict[str, float], what: str) -> float:
    """The odds that no expert objects; 0, even odds, where nothing was learned yet."""
    experts = models().get(what, [])
    return together([expert.log_odds(numbers) for expert in experts]) if experts else 0.0


def most_doubted(numbers: dict[str, float]) -> str:
    """What the least convinced expert tells of."""
    experts = models().get("genuine", [])
    least = min(experts, key=lambda expert: expert.log_odds(numbers), default=None)
    return least.tells if least else "other"


def together(odds: Sequence[float]) -> float:
    """Log odds that nothing is wrong: each says how surely one thing is not, all as likely."""
    return -log(sum(exp(-max(-30.0, min(30.0, one))) for one in odds) / len(odds))


_DEAR = (
    ("strain", 4.0), ("shift_1.0_1", 0.13), ("clear_1.0_1", 3.2), ("parts_shift", 0.07),
    ("parts_turn", 0.07), ("parts_growth", 0.04), ("parts_clear", 3.2), ("ring_growth", 0.02),
    ("thicker", 0.045), ("ring_inner", 0.045), ("moved_0.8", 0.15), ("added_0.8", 0.4),
    ("missing_0.8", 0.6),
)  # fmt: skip
"""What two imprints of one seal seldom reach: standard deviations, mm and mm²."""
GRAVE = 1.5


def gravity(numbers: dict[str, float]) -> float:
    """The dearest single difference against its limit. No sum of likenesses outweighs it."""
    return max(numbers[name] / limit for name, limit in _DEAR)


_LARGE_MM, _SMALL_MM = 20.0, 10.0
_TRUSTED, _DOUBTED = 0.5, -0.3
"""What a large and a small seal add to the odds: in small ones a forger's changes are smaller, too,
and pass for the rubber's give. Set by faces new to the trees and by real name seals."""


_EXTRA, _EXTRA_TAKES = ("added", "moved", "filled"), 1.5
"""Numbers whose names begin so tell of ink that is too much, and the least log odds it takes."""


def genuine_odds(numbers: dict[str, float]) -> float:
    """The learned log odds, by size, less what one grave difference takes away.

    Print and a neighbour of the seal's own colour are ink that is too much, as a forger's stroke
    is: where nothing else speaks against the seal, that makes it uncertain and not forged.
    """
    odds = _odds(numbers)
    if odds >= -_EXTRA_TAKES:
        return odds
    without = {name: 0.0 if name.startswith(_EXTRA) else each for name, each in numbers.items()}
    return max(odds, min(_odds(without), 0.0) - _EXTRA_TAKES)


def _odds(numbers: dict[str, float]) -> float:
    small = min(max((_LARGE_MM - numbers["across"]) / (_LARGE_MM - _SMALL_MM), 0.0), 1.0)
    by_size = _TRUSTED + small * (_DOUBTED - _TRUSTED)
    return log_odds(numbers, "genuine") + by_size - min(max(gravity(numbers) - 1, 0.0), 4.0)


def probability(odds: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))

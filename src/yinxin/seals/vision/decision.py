"""From evidence to probabilities: boosted trees, walked in plain Python.

`model.json` is made by `training.py`; its digest is part of the engine's version.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from math import exp

_FILE = "model.json"


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

    names: list[str]
    trees: list[Tree]
    base: float
    slope: float

    def log_odds(self, numbers: dict[str, float]) -> float:
        x = [numbers[name] for name in self.names]
        return self.base + self.slope * sum(tree.leaf(x) for tree in self.trees)


@lru_cache(maxsize=1)
def _stored() -> bytes:
    file = files("yinxin.seals.vision") / _FILE
    return file.read_bytes() if file.is_file() else b"{}"


def digest() -> str:
    return sha256(_stored()).hexdigest()[:12]


@lru_cache(maxsize=1)
def models() -> dict[str, Model]:
    """The learned models by what they tell; none while `training.py` has made none."""
    return {
        name: Model(each["names"], [Tree(**tree) for tree in each["trees"]], each["base"],
                    each["slope"])
        for name, each in json.loads(_stored()).items()
    }  # fmt: skip


def log_odds(numbers: dict[str, float], what: str) -> float:
    """0, even odds, where nothing was learned yet."""
    model = models().get(what)
    return model.log_odds(numbers) if model else 0.0


_DEAR = (
    ("strain", 4.0), ("shift_1.0_1", 0.11), ("letter_shift", 0.09), ("line_shift", 0.09),
    ("star_shift", 0.09), ("star_turn", 0.07), ("ring_thicker", 0.06), ("added_0.8", 0.25),
    ("missing_0.8", 0.6),
)  # fmt: skip
"""What two imprints of one seal seldom reach: standard deviations, mm and mm²."""
GRAVE = 1.5


def gravity(numbers: dict[str, float]) -> float:
    """The dearest single difference against its limit. No sum of likenesses outweighs it."""
    return max(abs(numbers[name]) / limit for name, limit in _DEAR)


def genuine_odds(numbers: dict[str, float]) -> float:
    """The learned log odds, less what one grave difference takes away."""
    return log_odds(numbers, "genuine") - min(max(gravity(numbers) - 1, 0.0), 4.0)


def probability(odds: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))

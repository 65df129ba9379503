"""Error rates of a verification: scores are higher the more genuine, accepted from a threshold up.

FAR (认假率) is the share of forged trials accepted, FRR (拒真率) of genuine trials refused.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

Numbers = NDArray[np.float64]


class Interval(NamedTuple):
    low: float
    high: float


class Curve(NamedTuple):
    """FAR and FRR at every threshold that changes one, from accepting all to accepting none."""

    far: Numbers
    frr: Numbers


def clopper_pearson(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """The exact two-sided interval of a share."""
    if not trials:
        return Interval(0.0, 1.0)
    tail = (1 - confidence) / 2
    low = beta.ppf(tail, hits, trials - hits + 1) if hits else 0.0
    high = beta.ppf(1 - tail, hits + 1, trials - hits) if hits < trials else 1.0
    return Interval(float(low), float(high))


def upper_bound(hits: int, trials: int, confidence: float = 0.95) -> float:
    """The one-sided Clopper-Pearson bound: no hit in n trials proves a share below about 3/n."""
    if hits >= trials:
        return 1.0
    return float(beta.ppf(confidence, hits + 1, trials - hits))


def curve(genuine: Sequence[float], forged: Sequence[float]) -> Curve:
    ours, theirs = np.sort(np.asarray(genuine, float)), np.sort(np.asarray(forged, float))
    if not len(ours) or not len(theirs):
        raise ValueError("error rates need genuine and forged trials")
    steps = np.unique(np.concatenate([ours, theirs]))
    steps = np.append(steps, np.inf)
    far = 1 - np.searchsorted(theirs, steps, "left") / len(theirs)
    frr = np.searchsorted(ours, steps, "left") / len(ours)
    return Curve(far, frr)


def equal_error_rate(genuine: Sequence[float], forged: Sequence[float]) -> float:
    """Where FAR and FRR meet, between thresholds by a straight line."""
    far, frr = curve(genuine, forged)
    gap = frr - far
    after = int(np.argmax(gap >= 0))
    if after == 0:
        return float((far[0] + frr[0]) / 2)
    before = after - 1
    share = -gap[before] / (gap[after] - gap[before])
    return float(far[before] + share * (far[after] - far[before]))


def frr_at_far(genuine: Sequence[float], forged: Sequence[float], far: float) -> float:
    """The least FRR at which the FAR is no more than `far`."""
    rates = curve(genuine, forged)
    return float(rates.frr[rates.far <= far + 1e-12].min())


def passed_at_zero(genuine: Sequence[float], forged: Sequence[float]) -> int:
    """How many genuine trials score above every forged one."""
    worst = max(forged, default=-np.inf)
    return int((np.asarray(genuine, float) > worst).sum())

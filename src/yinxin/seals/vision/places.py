"""How surely a stroke stands elsewhere than in the specimen, place by place.

Sums over windows cannot say which edge of which stroke moved against its neighbours; a small
convolutional network that sees both inks side by side can.
"""

from functools import lru_cache
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.inks import Floats, Mask
from yinxin.seals.vision.learned import PLACES, stored

CELL = 8
"""The network answers for every square of so many pixels."""
_TILE = 32
_GAIN = 10.0
_EDGE_PX = 17
_LEAST = -8.0
"""What is said of a face that shows nothing."""
_ONE_AT_A_TIME = Lock()


@lru_cache(maxsize=1)
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(np.frombuffer(stored(PLACES), np.uint8))


def seen_by_network(specimen: Floats, imprint: Floats, hidden: Mask, gain: float) -> Floats:
    """4xHxW: both inks, what is shown, and how much wider the imprint's strokes are in all."""
    usual = np.full(specimen.shape, _GAIN * gain, np.float32)
    return np.stack([specimen, imprint, (~hidden).astype(np.float32), usual])


def moved_odds(specimen: Floats, imprint: Floats, hidden: Mask, gain: float) -> Floats:
    """The log odds that something was moved, by cell. `imprint` lies on the specimen, without the
    rubber's give. All is even while `learning_places.py` has learned nothing."""
    seen = seen_by_network(specimen, imprint, hidden, gain)
    height, width = (-side % _TILE for side in specimen.shape)
    padded = np.pad(seen, ((0, 0), (0, height), (0, width)))
    if not stored(PLACES):
        return np.zeros([side // CELL for side in padded.shape[1:]], np.float32)
    with _ONE_AT_A_TIME:
        network = _network()
        network.setInput(padded[None])
        odds = network.forward()[0, 0].copy()
    return np.asarray(odds, np.float32)


def by_cell(mask: NDArray[np.generic], shape: tuple[int, ...]) -> Floats:
    """The most of each cell, on `shape` cells."""
    whole = np.zeros((shape[0] * CELL, shape[1] * CELL), np.float32)
    whole[: mask.shape[0], : mask.shape[1]] = mask
    rows = whole.reshape(shape[0], CELL, -1).max(axis=1)
    return rows.reshape(*shape, CELL).max(axis=2)


def edged(specimen: Floats) -> Mask:
    """Where ink and paper meet: elsewhere nothing can be told."""
    inked = cv2.blur((specimen > 0.4).astype(np.float32), (_EDGE_PX, _EDGE_PX))
    return (inked > 0.02) & (inked < 0.98)


def place_numbers(
    specimen: Floats, imprint: Floats, hidden: Mask, gain: float, frame: Mask
) -> dict[str, float]:
    """The worst places off the frame: the first, and what one in fifty and one in ten exceed."""
    odds = moved_odds(specimen, imprint, hidden, gain)
    near = cv2.dilate(by_cell(frame, odds.shape), np.ones((3, 3), np.uint8)) > 0
    told = (by_cell(edged(specimen) & ~hidden, odds.shape) > 0) & ~near
    worst = np.sort(cv2.blur(odds, (3, 3))[told])
    if not len(worst):
        worst = np.array([_LEAST])
    shares = (1, 0.98, 0.9)
    found = np.quantile(worst, shares)
    return {f"place_{share}": float(odds) for share, odds in zip(shares, found, strict=True)}

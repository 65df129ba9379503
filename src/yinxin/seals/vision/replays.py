"""Replay: the same imprint twice, scanned again, copied or pasted.

How ink settles in the grain of the paper never repeats. Within the strokes, away from edges, the
texture of two imprints of one seal is unrelated; an equal texture is a copy.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.geometry import warp
from yinxin.seals.vision.imprints import Imprint
from yinxin.seals.vision.inks import Floats, Mask
from yinxin.seals.vision.specimens import fitting_of, specimen_of

COPY_FROM = 0.72
_LEAST_MM2 = 8.0
_WINDOW_MM = 3.0
_REACH_PX = 2
_BLOCK_PX = 8


@dataclass(frozen=True)
class Replay:
    """Whether two imprints are one; `score` is the likeness of their ink, about 0 for two."""

    copy: bool
    score: float


def replay(imprint: Imprint, earlier: Imprint) -> Replay:
    """Compare the texture of two imprints of one seal after laying one on the other."""
    specimen = _specimen(earlier)
    fitting = fitting_of(specimen, imprint)
    if fitting.promise < 0.3:
        return Replay(False, 0.0)
    fit = fitting.finish()
    shape = specimen.amount.shape
    strokes = _strokes(specimen.amount) & _strokes(warp(imprint.amount, fit.to_image, shape))
    inside = _interior(strokes & ~earlier.unknown & (warp(fit.hidden, fit.to_image, shape) < 0.3))
    if inside.sum() < _LEAST_MM2 * PX_PER_MM**2:
        return Replay(False, 0.0)
    depth = warp(imprint.depth, fit.to_image, inside.shape)
    score = _likeness(_grain(earlier.depth, inside), _grain(depth, inside), inside)
    return Replay(score >= COPY_FROM, round(score, 4))


_specimen = lru_cache(maxsize=1)(specimen_of)
"""Many imprints may be compared with one."""


def _strokes(amount: Floats) -> Mask:
    """Where strokes are, whatever grain is in them. Only what both imprints have is compared: the
    fatter one's edges would show in the other as a texture of both."""
    return np.asarray(cv2.GaussianBlur(amount, (0, 0), 0.15 * PX_PER_MM) > 0.5)


def _interior(strokes: Mask) -> Mask:
    """Strokes without their edges, which every imprint of a seal has in common."""
    side = 2 * round(0.12 * PX_PER_MM) + 1
    return cv2.erode(strokes.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def _grain(depth: Floats, inside: Mask) -> Floats:
    """What varies within half a millimetre, without what follows from the distance to an edge.

    0 outside; to a deviation of 1 inside.
    """
    mask = inside.astype(np.float32)
    fine = cv2.GaussianBlur(depth, (0, 0), 0.7) * mask
    wide = 0.22 * PX_PER_MM
    level = cv2.GaussianBlur(fine, (0, 0), wide) / (cv2.GaussianBlur(mask, (0, 0), wide) + 1e-6)
    grain = (fine - level) * mask
    away = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    ring = np.minimum(away[inside], 12).astype(int)
    mean = np.bincount(ring, grain[inside]) / np.maximum(np.bincount(ring), 1)
    grain[inside] -= mean[ring].astype(np.float32)
    scale = float(grain[inside].std()) + 1e-6
    return np.asarray(np.clip(grain / scale, -3, 3), np.float32)


class _Windows:
    """Gaussian means on every eighth pixel, of what lies inside."""

    def __init__(self, inside: Mask) -> None:
        self.grid = [round(side / _BLOCK_PX) for side in inside.shape]
        down, right = np.nonzero(inside)
        block = down // _BLOCK_PX * self.grid[1] + right // _BLOCK_PX
        order = np.argsort(block, kind="stable")
        self.place = (down * inside.shape[1] + right)[order]
        """The pixels inside, block by block, in the flat picture."""
        self._block, self._start = np.unique(block[order], return_index=True)
        weight = self.mean(np.ones((1, len(self.place)), np.float32))[..., 0]
        self.counted = weight > 0.5 * weight.max()

    def mean(self, values: Floats) -> Floats:
        """Rows of values at the pixels inside, as the channels of one small picture."""
        blocks = np.zeros((self.grid[0] * self.grid[1], len(values)), np.float32)
        blocks[self._block] = np.add.reduceat(values, self._start, axis=1).T / _BLOCK_PX**2
        sigma = _WINDOW_MM * PX_PER_MM / 2 / _BLOCK_PX
        small = cv2.GaussianBlur(blocks.reshape(*self.grid, -1), (0, 0), sigma)
        return np.asarray(small.reshape(*self.grid, -1), np.float32)


def _likeness(one: Floats, other: Floats, inside: Mask) -> float:
    """The middle of the windows' correlations, each at the shift of a pixel or two that fits it.

    The search for a shift alone makes unrelated texture look a little alike, so what it gives
    half a millimetre off is taken away.
    """
    windows = _Windows(inside)
    here, *away = (
        np.median(_best(one, other, windows, *offset)) for offset in ((0, 0), (9, 3), (-3, 9))
    )
    return float(here - np.mean(away))


def _best(one: Floats, other: Floats, windows: _Windows, right: int, down: int) -> Floats:
    """For each window the highest correlation over small shifts around an offset in pixels."""
    reach = np.arange(-_REACH_PX, _REACH_PX + 1)
    shifts = ((down + reach) * one.shape[1])[:, None] + right + reach
    a = one.ravel()[windows.place][None]
    b = other.ravel().take(windows.place - shifts.reshape(-1, 1), mode="wrap")
    size = np.sqrt(np.maximum(windows.mean(a * a) * windows.mean(b * b), 1e-10))
    return np.asarray((windows.mean(a * b) / size).max(axis=2)[windows.counted])

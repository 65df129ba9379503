"""Replay: the same imprint twice, scanned again, copied or pasted.

How ink settles in the grain of the paper never repeats. Within the strokes, away from edges, the
texture of two imprints of one seal is unrelated; an equal texture is a copy.
"""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Replay:
    """Whether two imprints are one; `score` is the likeness of their ink, about 0 for two."""

    copy: bool
    score: float


def replay(imprint: Imprint, earlier: Imprint) -> Replay:
    """Compare the texture of two imprints of one seal after laying one on the other."""
    specimen = specimen_of(earlier)
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


def _likeness(one: Floats, other: Floats, inside: Mask) -> float:
    """The middle of the windows' correlations, each at the shift of a pixel or two that fits it.

    The search for a shift alone makes unrelated texture look a little alike, so what it gives
    half a millimetre off is taken away.
    """
    here = np.median(_best(one, other, inside, (0, 0)))
    away = [np.median(_best(one, other, inside, (dx, dy))) for dx, dy in ((9, 3), (-3, 9))]
    return float(here - np.mean(away))


def _best(one: Floats, other: Floats, inside: Mask, offset: tuple[int, int]) -> Floats:
    """For each window the highest correlation over small shifts around an offset in pixels."""
    sigma = _WINDOW_MM * PX_PER_MM / 2
    aa, weight = _blurred(one * one, sigma), _blurred(inside.astype(np.float32), sigma)
    likes = []
    for dy in range(-_REACH_PX, _REACH_PX + 1):
        for dx in range(-_REACH_PX, _REACH_PX + 1):
            b = np.roll(other, (offset[1] + dy, offset[0] + dx), (0, 1)) * inside
            size = np.sqrt(np.maximum(aa * _blurred(b * b, sigma), 1e-10))
            likes.append(_blurred(one * b, sigma) / size)
    return np.asarray(np.max(likes, axis=0)[weight > 0.5 * weight.max()])


def _blurred(image: Floats, sigma: float) -> Floats:
    """A Gaussian mean on every eighth pixel."""
    small = cv2.resize(image, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), sigma / 8), np.float32)

"""Ink on the face that is not this imprint's: a neighbouring seal's, or a second strike of its own.

Both are taken for unknown, as print is, and speak neither for the seal nor against it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.geometry import Affine, compose, inverse, scaling, warp
from yinxin.seals.vision.inks import Floats
from yinxin.seals.vision.search import shrunk

_BRIDGE_MM = 3.0
"""A neighbour's frame is lost for so long where it runs under a frame of this seal."""


def neighbours(inside: Floats, amount: Floats, ink: Floats, to_image: Affine) -> Floats:
    """1 where another seal of the same ink reaches over this one, in the imprint's frame.

    Its ink runs on beyond the outline. What covers more than half the face is no neighbour.
    """
    scale = 0.25
    small, px = shrunk(ink, scale), PX_PER_MM * scale
    to_specimen = inverse(compose(scaling(scale), compose(to_image, scaling(1 / scale))))
    face = warp(shrunk(inside, scale), to_specimen, small.shape) > 0.5
    own = cv2.dilate(shrunk(amount, scale), np.ones((3, 3), np.uint8))
    foreign = (small > 0.15) & (warp(own, to_specimen, small.shape) < 0.1)
    bridge = np.ones((2 * round(_BRIDGE_MM * px / 2) + 1,) * 2, np.uint8)
    joined = cv2.dilate(foreign.astype(np.uint8), bridge)
    beyond = cv2.distanceTransform((~face).astype(np.uint8), cv2.DIST_L2, 3)
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(joined)
    covered = np.zeros(small.shape, np.uint8)
    for i in range(1, count):
        part = (labels == i) & foreign
        if sizes[i, cv2.CC_STAT_AREA] < 3 * px**2 or not part.any():
            continue
        there = beyond[part]
        if there.max() > 2 * px and there.min() == 0:
            hull = cv2.convexHull(cv2.findNonZero(part.astype(np.uint8)))
            cv2.fillConvexPoly(covered, hull, 1)
    lens = (covered > 0) & face
    if lens.sum() > 0.5 * face.sum():
        return np.zeros(ink.shape, np.float32)
    wide = cv2.dilate(lens.astype(np.float32), np.ones((3, 3), np.uint8))
    return cv2.resize(wide, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_NEAREST)


_SLIP_MM = (0.3, 2.5)
"""How far a second strike (重影) lies off; closer it only thickens strokes."""
_EXPLAINED, _WHOLE = 0.5, 0.25
"""The share of the added ink that the shifted face explains, and of the face that must show."""


def ghost(amount: Floats, inside: Floats, ink: Floats, hidden: Floats, to_image: Affine) -> Floats:
    """1 where a second strike of the same seal lies beside its strokes, in the imprint's frame.

    A stroke moved by a forger is explained by a shift, too; so most of the face must be there
    twice.
    """
    scale, px = 0.5, 0.5 * PX_PER_MM
    seen, cover = (warp(each, to_image, amount.shape) for each in (ink, hidden))
    strokes, there, seen, cover = (shrunk(e, scale) for e in (amount, inside, seen, cover))
    away = cv2.distanceTransform((strokes < 0.4).astype(np.uint8), cv2.DIST_L2, 5) / px
    bare = (away > 0.2) & (there > 0.5) & (cover < 0.3)
    added = (bare & (seen > 0.2)).astype(np.float32)
    if added.sum() < 1.5 * px**2:
        return np.zeros(ink.shape, np.float32)
    shift, explained = _slip((strokes > 0.4).astype(np.float32), added, px)
    moved = np.array([[1.0, 0, -shift[0]], [0, 1.0, -shift[1]]])
    second = warp((strokes > 0.4).astype(np.float32), moved, strokes.shape) > 0.5
    whole = added[second & bare].mean() if (second & bare).any() else 0.0
    if explained < _EXPLAINED or whole < _WHOLE:
        return np.zeros(ink.shape, np.float32)
    wide = cv2.dilate(second.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    theirs = (wide & (away > 0.1)).astype(np.float32)
    back = compose(scaling(scale), inverse(to_image))
    return (warp(theirs, back, ink.shape) > 0.5).astype(np.float32)


def _slip(strokes: Floats, added: Floats, px: float) -> tuple[NDArray[np.int_], float]:
    """The shift in pixels at which the strokes explain most of the added ink, and how much."""
    shape = [fft.next_fast_len(side, real=True) for side in strokes.shape]
    match = fft.irfft2(fft.rfft2(added, shape) * fft.rfft2(strokes, shape).conj(), shape)
    y, x = np.meshgrid(*(fft.fftfreq(side, 1 / side) for side in shape), indexing="ij")
    far = np.hypot(x, y) / px
    match[(far < _SLIP_MM[0]) | (far > _SLIP_MM[1])] = 0
    place = int(match.argmax())
    shift = np.array([x.flat[place], y.flat[place]]).astype(int)
    return shift, float(match.flat[place] / added.sum())

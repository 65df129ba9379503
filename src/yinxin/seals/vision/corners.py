"""Whether corners are rounder than the specimen's, as those of a plate made from a scan are.

A blur rounds corners when its half level becomes an edge. So does the exposure of a plate, and so
do soft rubber and the scanner's lens; the lens is told by how gently straight edges end.
"""

from dataclasses import replace

import cv2
import numpy as np

from yinxin.seals.vision.edges import PX_PER_MM, Edges, Offsets, offsets, soften
from yinxin.seals.vision.evidence import Field, fields, left_over
from yinxin.seals.vision.geometry import sample
from yinxin.seals.vision.inks import Floats, Mask

_BLUR_MM = 0.07
"""The blur by which a specimen is rounded to see how far each of its edges then moves."""
_LENS_PX, _ZOOM = 0.55, 4
_REACH_MM = 0.4
_LITTLE = 0.001
"""A face whose corners would move by so little, as a sum of mm², shows none."""
_FAR_MM = 0.04
"""Who moved further was not rounded."""
_STRAIGHT, _FEW = 0.4, 10
_BESIDE_MM, _STEP_MM = 0.35, 0.05
_LENS, _WET = 147.0, 5.0
"""What a gentler end, in mm², and wider strokes, in mm on each side, pass for: from genuine trials.
"""


def when_rounded(amount: Floats, edges: Edges) -> Floats:
    """How far out each edge of a specimen stands, in mm, once its corners are rounded."""
    large = cv2.resize(amount, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_LINEAR)
    sharp = cv2.compare(large, 0.45, cv2.CMP_GT)
    round_ = cv2.compare(
        cv2.GaussianBlur(sharp, (0, 0), _BLUR_MM * PX_PER_MM * _ZOOM), 127, cv2.CMP_GT
    )
    before, after = (_through_a_lens(drawn, amount, edges) for drawn in (sharp, round_))
    told = (before.weight > 0) & (after.weight > 0)
    return np.where(told, after.out - before.out, 0).astype(np.float32)


def _through_a_lens(drawn: Mask, amount: Floats, edges: Edges) -> Offsets:
    small = cv2.resize(drawn, amount.shape[::-1], interpolation=cv2.INTER_AREA)
    seen = cv2.GaussianBlur((small / 255).astype(np.float32), (0, 0), _LENS_PX)
    return offsets(edges, soften(seen), np.zeros_like(amount), np.eye(2, 3), _REACH_MM)


def rounding(
    edges: Edges, rounded: Floats, found: Offsets, field: Field, frame: Mask,
    inks: tuple[Floats, Floats], gain: float,
) -> float:  # fmt: skip
    """How much rounder an imprint's corners are: 1 is what another blur of 0.07 mm does.

    `rounded` is what `when_rounded` says of the edges, `field` how `found` is displaced by place,
    `frame` which edges are the frame's, `inks` the specimen's and the imprint's that lies on it,
    `gain` how much wider strokes are.
    """
    specimen, laid = inks
    pattern = replace(found, out=rounded)
    in_pattern = fields(edges, pattern, specimen.shape, (field.window_mm,))[0]
    # What is displaced or wider as a whole was not rounded, in the pattern as in the imprint.
    moved, expected = left_over(edges, found, field), left_over(edges, pattern, in_pattern)
    told = np.isfinite(moved) & ~frame
    weight, expected = found.weight[told], expected[told]
    near = np.clip(moved[told], -_FAR_MM, _FAR_MM)
    alike = float((weight * near * expected).sum() / ((weight * expected**2).sum() + _LITTLE))
    straight = (np.abs(edges.bend) < _STRAIGHT) & (found.weight > 0.5)
    before, after = (_gentle(ink, edges, straight) for ink in (specimen, laid))
    return alike - _LENS * (after - before) + _WET * gain


def _gentle(ink: Floats, edges: Edges, which: Mask) -> float:
    """Over how much of its normal an edge ends, in the middle of some: a variance in mm²."""
    if which.sum() < _FEW:
        return 0.0
    ways = np.arange(-_BESIDE_MM, _BESIDE_MM + 1e-6, _STEP_MM, dtype=np.float32)
    steps = PX_PER_MM * ways[:, None]
    x, y = (edges.points[which, i] + edges.normals[which, i] * steps for i in (0, 1))
    fall = np.clip(-np.diff(np.median(sample(ink, x, y), axis=1)), 0, None)
    fall /= max(fall.sum(), 1e-6)
    middles = ways[:-1]
    return float(fall @ middles**2 - (fall @ middles) ** 2)

"""The model of an imprint (盖印): one pressing of a piece on paper."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.faces import MM_PER_INCH, Mask
from yinxin.seals.drawing.noise import smooth_noise

Floats = NDArray[np.float32]

SHARES = ((0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0), (0.18, 0.30, 0.53, 0.72, 0.91, 1.01, 1.12))
"""Quantiles of the ink area of casual imprints against a good one, and the areas."""


@dataclass(frozen=True)
class Touch:
    """How a hand pressed, and how the paper then ran through the scanner."""

    angle_deg: float = 0.0
    """Counter-clockwise."""
    share: float = 1.0
    """Ink area against a good imprint."""
    tone: float = 0.88
    """Density of the ink where it is full, 0 to 1."""
    lean: tuple[float, float] = (0.0, 0.0)
    """Pressure towards right and bottom; at 1 a weak imprint lacks the other side."""
    speckle: float = 0.35
    """How much the grain of the paper shows."""
    cloud: float = 0.3
    """Unevenness of ink over centimetres."""
    rim: float = 0.3
    """Ink pressed out to the edges of the strokes."""
    missing: float = 0.0
    """Share of the diameter that never met the paper."""
    missing_deg: float = 0.0
    smear_mm: float = 0.0
    smear_deg: float = 0.0
    double_mm: float = 0.0
    """Distance of a second, weaker strike."""
    double_deg: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    """Across and along the page's feed."""
    elastic_mm: float = 0.02
    """Deviation of the rubber's local give; its extremes are some 0.05 mm."""
    elastic_span_mm: float = 14.0
    """Over what length the rubber gives one way: soft rubber moves letter by letter."""
    contact_mm: float = 0.055
    """Softness of the contact between rubber and paper: a wet pad on soft rubber rounds corners."""
    pools: float = 0.0
    """How much more ink stands here than there within a letter, and widens its strokes."""


def good_touch(rng: np.random.Generator, stretch: tuple[float, float] = (1.0, 1.0)) -> Touch:
    """As a customer stamps a specimen card, with care."""
    return Touch(
        angle_deg=rng.normal(0, 3),
        share=rng.uniform(0.94, 1.04),
        tone=rng.uniform(0.78, 0.93),
        lean=tuple(rng.normal(0, 0.15, 2)),
        speckle=rng.uniform(0.2, 0.5),
        cloud=rng.uniform(0.1, 0.35),
        rim=rng.uniform(0.0, 0.4),
        stretch=stretch,
        elastic_mm=rng.uniform(0.005, 0.02),
        contact_mm=rng.uniform(0.04, 0.075),
        pools=rng.uniform(0.0, 0.6),
    )


def casual_touch(rng: np.random.Generator, stretch: tuple[float, float] = (1.0, 1.0)) -> Touch:
    """As vouchers are stamped over the day."""
    level = rng.random()
    share = float(np.interp(level, *SHARES))
    half = share < 0.8 and rng.random() < 0.25
    smeared, doubled = rng.random() < 0.06, rng.random() < 0.05
    return Touch(
        angle_deg=rng.uniform(-180, 180) if rng.random() < 0.6 else rng.normal(0, 12),
        share=share,
        tone=float(np.clip(0.35 + 0.5 * level + rng.normal(0, 0.12), 0.28, 0.95)),
        lean=tuple(rng.normal(0, rng.choice([0.2, 0.6, 1.2]), 2)),
        speckle=float(rng.uniform(0.2, 1.3)),
        cloud=float(rng.uniform(0.1, 0.9)),
        rim=float(rng.uniform(0.0, 1.6)),
        missing=float(rng.uniform(0.1, 0.5) * (0.95 - share) / 0.65) if half else 0.0,
        missing_deg=rng.uniform(0, 360),
        smear_mm=float(rng.uniform(0.1, 0.5)) if smeared else 0.0,
        smear_deg=rng.uniform(0, 180),
        double_mm=float(rng.uniform(0.15, 0.8)) if doubled else 0.0,
        double_deg=rng.uniform(0, 360),
        stretch=stretch,
        elastic_mm=float(rng.uniform(0.005, 0.03)),
        elastic_span_mm=float(rng.uniform(6, 18)),
        contact_mm=float(rng.uniform(0.035, 0.085)),
        pools=float(rng.uniform(0.0, 2.2) * rng.uniform(0.2, 1)),
    )


def press(piece: Mask, touch: Touch, rng: np.random.Generator, dpi: int = 600) -> Floats:
    """How much ink the paper took, 0 to 1, turned, at the piece's resolution."""
    raised = _turned(piece, touch, rng, dpi)
    amount = _inked(raised, touch, rng, dpi / MM_PER_INCH, _area(piece, touch))
    if touch.double_mm:
        amount = np.maximum(amount, 0.6 * _moved(amount, touch.double_mm, touch.double_deg, dpi))
    if touch.smear_mm:
        amount = _smeared(amount, touch, dpi)
    return amount


def _area(piece: Mask, touch: Touch) -> float:
    return float(piece.sum(dtype=np.int64)) / 255 * touch.stretch[0] * touch.stretch[1]


def _turned(piece: Mask, touch: Touch, rng: np.random.Generator, dpi: int) -> Mask:
    """The piece on the paper: turned, given way a little, then stretched by the scanner."""
    turn = cv2.getRotationMatrix2D((0, 0), touch.angle_deg, 1)[:, :2]
    linear = np.diag(touch.stretch) @ turn
    height, width = piece.shape
    # With room for the stretch, so that the size does not depend on chance.
    size = 2 * np.ceil(1.015 * _reach(piece, turn) + 0.6 * dpi / MM_PER_INCH).astype(int)
    back = np.linalg.inv(linear)
    # No seal falls on the pixel grid.
    centre = np.array(size[::-1] - 1)[::-1] / 2 + rng.uniform(-0.5, 0.5, 2)
    offset = np.array([width - 1, height - 1]) / 2 - back @ centre
    x, y = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)[:, None]
    px_per_mm = dpi / MM_PER_INCH
    shape = (int(size[1]), int(size[0]))
    span = touch.elastic_span_mm * px_per_mm
    give = [touch.elastic_mm * px_per_mm * smooth_noise(rng, shape, span) for _ in range(2)]
    fx = np.float32(back[0, 0]) * x + np.float32(back[0, 1]) * y + np.float32(offset[0]) + give[0]
    fy = np.float32(back[1, 0]) * x + np.float32(back[1, 1]) * y + np.float32(offset[1]) + give[1]
    return cv2.remap(piece, fx, fy, cv2.INTER_LINEAR)


def _reach(piece: Mask, turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the turned piece reaches from its middle, across and down."""
    outlines, _ = cv2.findContours(piece // 128, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    middle = np.array(piece.shape[::-1]) / 2
    if not outlines:
        return middle
    points = np.concatenate(outlines).reshape(-1, 2) - middle
    return np.asarray(np.abs(points @ turn.T).max(axis=0))


def _inked(
    raised: Mask, touch: Touch, rng: np.random.Generator, px_per_mm: float, area: float
) -> Floats:
    """Every point of the paper has a readiness to take ink; the readiest take it.

    The level above which they do is chosen by the area of ink wanted, so that paleness is one
    number whatever causes it: thin strokes, grain, hollow strokes, a lost side.
    """
    shape = raised.shape
    soft = cv2.GaussianBlur(raised, (0, 0), touch.contact_mm * px_per_mm).astype(np.float32) / 255
    ready = 6 * soft
    if touch.rim:
        deep = cv2.GaussianBlur(raised, (0, 0), 0.22 * px_per_mm).astype(np.float32) / 255
        ready -= touch.rim * 2.4 * np.clip(deep - 0.62, 0, 1)
    y, x = np.linspace(-1, 1, shape[0], dtype=np.float32), np.linspace(-1, 1, shape[1])
    field = touch.lean[0] * x.astype(np.float32)[None, :] + touch.lean[1] * y[:, None]
    ready += field + touch.cloud * smooth_noise(rng, shape, 9.0 * px_per_mm)
    if touch.pools:
        uneven = sum(smooth_noise(rng, shape, mm * px_per_mm) for mm in (0.7, 2.0, 5.0))
        ready += np.float32(0.6 * touch.pools) * uneven
    grain = 0.6 * smooth_noise(rng, shape, 0.09 * px_per_mm)
    grain += 0.8 * smooth_noise(rng, shape, 0.45 * px_per_mm)
    ready += touch.speckle * grain * np.float32(0.8)
    if touch.missing:
        way = np.radians(touch.missing_deg)
        along = np.cos(way) * x[None, :] + np.sin(way) * y[:, None]
        lost = np.clip((along - (1 - 2 * touch.missing)) * 12, 0, 8)
        ready -= lost.astype(np.float32)
    ready[soft < 0.02] -= 4  # bare face stands back from the paper
    level = max(_level(ready, touch.share * area), 1.2)
    wet = np.clip((ready - level) / 1.1 + 0.5, 0, 1)
    uneven = 1 + 0.07 * np.clip(ready - level - 1.5, -1.5, 2) * min(touch.speckle + 0.3, 1)
    return np.asarray(np.clip(wet * touch.tone * uneven, 0, 0.98), np.float32)


def _level(ready: Floats, area: float) -> float:
    """The readiness that `area` pixels exceed, from every ninth of them."""
    sample = ready[::3, ::3].ravel()
    rank = int(np.clip(len(sample) - area / 9, 0, len(sample) - 1))
    return float(np.partition(sample, rank)[rank])


def _moved(amount: Floats, by_mm: float, way_deg: float, dpi: int) -> Floats:
    by = by_mm * dpi / MM_PER_INCH * np.array([np.cos(np.radians(way_deg)),
                                               np.sin(np.radians(way_deg))])  # fmt: skip
    matrix = np.column_stack([np.eye(2), by])
    return np.asarray(cv2.warpAffine(amount, matrix, amount.shape[::-1]), np.float32)


def _smeared(amount: Floats, touch: Touch, dpi: int) -> Floats:
    long = max(3, 2 * round(touch.smear_mm * dpi / MM_PER_INCH / 2) + 1)
    kernel = np.zeros((long, long), np.float32)
    reach = (long - 1) / 2
    way = np.radians(touch.smear_deg)
    ends = [(round(reach + s * reach * np.cos(way)), round(reach + s * reach * np.sin(way)))
            for s in (-1, 1)]  # fmt: skip
    cv2.line(kernel, ends[0], ends[1], 1.0)
    trail = cv2.filter2D(amount, -1, kernel / kernel.sum())
    return np.asarray(np.maximum(0.9 * amount, 0.8 * trail), np.float32)


def ink_share(amount: Floats, piece: Mask, tone: float) -> float:
    """The area that took half the ink of this imprint or more, against the piece's own."""
    return float((amount > tone / 2).sum()) / max(float((piece > 127).sum()), 1)

"""Presentation: stamped by hand, or printed or pasted. Never mixed with the geometric score.

A press leaves ink that varies slowly with the pressure and finely with the grain of the paper,
and a rim where it was squeezed out. A laser printer leaves a regular screen, an inkjet dots of one
darkness, a cut-out on a computer one tone with clean edges.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from yinxin.seals.vision import decision
from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.fitting import Fit
from yinxin.seals.vision.geometry import inverse, warp
from yinxin.seals.vision.imprints import Imprint
from yinxin.seals.vision.inks import Floats, Mask
from yinxin.seals.vision.specimens import Specimen

_LEAST_PX = 400


def presentation(numbers: dict[str, float]) -> float:
    """0 printed or pasted, 1 stamped; 0.5 where too little ink can be seen."""
    if not numbers:
        return 0.5
    return decision.probability(decision.log_odds(numbers, "presentation"))


def texture(specimen: Specimen, imprint: Imprint, fit: Fit) -> dict[str, float]:
    """How the ink lies in the strokes, measured on the imprint's own pixels."""
    to_specimen = inverse(fit.to_image)
    shape = imprint.depth.shape
    strokes = warp(specimen.amount, to_specimen, shape) > 0.5
    inked = cv2.GaussianBlur(fit.ink, (0, 0), 2.0) > 0.3
    within = strokes & inked & (fit.hidden < 0.5)
    away = cv2.distanceTransform(within.astype(np.uint8), cv2.DIST_L2, 5) / PX_PER_MM
    core = away > 0.12
    if core.sum() < _LEAST_PX:
        return {}
    level = float(np.median(imprint.depth[core])) + 1e-3
    depth = imprint.depth / np.float32(level)
    return {
        **_spread(depth, core),
        **_bands(depth, core),
        **_screen(depth, core),
        **_rim(depth, within, away),
        "level": level,
        "noise": float(_paper(depth, strokes, imprint, fit)),
    }


def _spread(depth: Floats, core: Mask) -> dict[str, float]:
    """How the pixels' darkness is spread over the strokes."""
    values = depth[core]
    low, middle, high = np.percentile(values, (5, 50, 95))
    return {
        "deviation": float(values.std()),
        "low": float(low / middle),
        "high": float(high / middle),
        "holes": float((values < 0.5).mean()),
        "skew": float(((values - values.mean()) ** 3).mean() / (values.std() ** 3 + 1e-6)),
    }


def _mean(values: Floats, mask: Floats, sigma: float) -> Floats:
    """A Gaussian mean over the mask alone; wide ones on a smaller picture."""
    parts = [values * mask, mask]
    size = mask.shape[::-1]
    shrink = 4 if sigma > 6 else 1
    if shrink > 1:
        small = (size[0] // shrink, size[1] // shrink)
        parts = [cv2.resize(each, small, interpolation=cv2.INTER_AREA) for each in parts]
    total, weight = (cv2.GaussianBlur(each, (0, 0), sigma / shrink) for each in parts)
    mean = total / np.maximum(weight, 1e-3)
    return np.asarray(cv2.resize(mean, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _bands(depth: Floats, core: Mask) -> dict[str, float]:
    """Variation by its size: grain of pixels, of the paper, of the pressure."""
    mask = core.astype(np.float32)
    smooth = [depth, *(_mean(depth, mask, mm * PX_PER_MM) for mm in (0.08, 0.2, 0.6, 2.0))]
    names = ("pixel", "grain", "patch", "wide")
    return {
        f"band_{name}": float((fine - coarse)[core].std())
        for name, fine, coarse in zip(names, smooth, smooth[1:], strict=False)
    }


def _screen(depth: Floats, core: Mask) -> dict[str, float]:
    """Regularity: the spectrum's highest peak against its surroundings, and neighbours' ties."""
    mask = core.astype(np.float32)
    fine = np.clip(depth - _mean(depth, mask, 0.2 * PX_PER_MM), -1, 1) * mask
    side = 256
    rows, columns = fine.shape
    total = np.zeros((side, side // 2 + 1))
    for top in range(0, max(rows - side // 2, 1), side // 2):
        for left in range(0, max(columns - side // 2, 1), side // 2):
            part = fine[top : top + side, left : left + side]
            total += np.abs(fft.rfft2(part, (side, side))) ** 2
    power = cv2.GaussianBlur(total.astype(np.float32), (0, 0), 1.0)
    down, across = np.meshgrid(fft.fftfreq(side), fft.rfftfreq(side), indexing="ij")
    pitch = np.hypot(down, across)
    ring = (pitch > 0.2) & (pitch < 0.7)
    numbers = {"peak": float(np.log(power[ring].max() / (np.median(power[ring]) + 1e-9) + 1e-9))}
    energy = float((fine * fine).sum()) + 1e-6
    for lag in (1, 2, 3, 4):
        ties = (fine[:, lag:] * fine[:, :-lag]).sum() + (fine[lag:] * fine[:-lag]).sum()
        numbers[f"tie_{lag}"] = float(ties) / (2 * energy)
    return numbers


def _rim(depth: Floats, within: Mask, away: Floats) -> dict[str, float]:
    """Ink at the edges of the strokes against their middle, and how sharply it ends."""

    def at(low: float, high: float) -> float:
        there = within & (away > low) & (away <= high)
        return float(depth[there].mean()) if there.sum() > 50 else 1.0

    middle = at(0.2, 9)
    return {"rim": at(0.1, 0.18) / middle, "edge": at(0, 0.1) / middle}


def _paper(depth: Floats, strokes: Mask, imprint: Imprint, fit: Fit) -> float:
    """The scanner's noise on bare paper around."""
    far = cv2.dilate(strokes.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    bare: NDArray[np.bool_] = far & imprint.within & (fit.hidden < 0.5)
    return float(depth[bare].std()) if bare.sum() > 200 else 0.0

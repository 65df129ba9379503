"""Presentation: stamped by hand, or printed or pasted. Never mixed with the geometric score.

A press leaves ink that varies slowly with the pressure and finely with the grain of the paper,
and a rim where it was squeezed out. A laser printer leaves a regular screen, an inkjet dots of one
darkness, a cut-out on a computer one tone with clean edges.
"""

import cv2
import numpy as np
from scipy import fft

from yinxin.seals.vision import decision
from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.fitting import Fit
from yinxin.seals.vision.geometry import inverse, warp
from yinxin.seals.vision.imprints import Imprint
from yinxin.seals.vision.inks import Floats, Image, Mask
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
    strokes = warp(specimen.amount, to_specimen, imprint.depth.shape) > 0.5
    return numbers_of(imprint, strokes, fit.ink, fit.hidden)


def numbers_of(imprint: Imprint, strokes: Mask, ink: Floats, hidden: Floats) -> dict[str, float]:
    """The same, with the registered seal's strokes laid on the imprint; empty where too little
    can be seen."""
    clear = hidden < 0.5
    inked = cv2.GaussianBlur(ink, (0, 0), 2.0) > 0.3
    within = strokes & inked & clear
    away = cv2.distanceTransform(within.astype(np.uint8), cv2.DIST_L2, 5) / PX_PER_MM
    core = away > 0.12
    if core.sum() < _LEAST_PX:
        return {}
    level = float(np.median(imprint.depth[core])) + 1e-3
    depth = imprint.depth / np.float32(level)
    far = cv2.dilate(strokes.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    bare = far & imprint.within & clear
    noise = float(depth[bare].std()) if bare.sum() > 200 else 0.0
    return {
        **_spread(depth, core),
        **_bands(depth, core),
        **_screen(depth, core),
        **_dots(depth, core),
        **_rim(depth, within, away),
        **_edge(depth, strokes & inked, clear),
        **_flatness(imprint.crop, core, bare),
        "level": level,
        "noise": noise,
        "beyond_noise": float(depth[core].std()) / (noise + 0.01),
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
    # Against what is usual at each pitch: grain has no direction, a screen has.
    ring = np.minimum((pitch * 50).astype(int), 34)
    usual = np.array([np.median(power[ring == i]) if (ring == i).any() else 1 for i in range(35)])
    above = power / (usual[ring] + 1e-9)
    numbers = {
        f"peak_{low}": float(np.log(above[(pitch >= low) & (pitch < low + 0.12)].max() + 1e-9))
        for low in (0.15, 0.27, 0.39, 0.51)
    }
    whole = power[pitch > 0.02].sum() + 1e-9
    for low in (0.1, 0.2, 0.3, 0.4):
        there = (pitch >= low) & (pitch < low + 0.1)
        numbers[f"power_{low}"] = float(power[there].sum() / whole)
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


def _dots(depth: Floats, core: Mask) -> dict[str, float]:
    """How uneven the ink is where it is thin and where it is full: dots make thin places of full
    ones, a press does not."""
    mask = core.astype(np.float32)
    mean = _mean(depth, mask, 0.25 * PX_PER_MM)
    rough = np.sqrt(np.maximum(_mean(depth * depth, mask, 0.25 * PX_PER_MM) - mean * mean, 0))
    full = float(np.percentile(depth[core], 90)) + 1e-3
    numbers = {"full": full}
    for name, low, high in (("thin", 0.3, 0.6), ("half", 0.6, 0.8), ("thick", 0.8, 1.2)):
        there = core & (mean > low * full) & (mean <= high * full)
        enough = there.sum() > 60
        numbers[f"rough_{name}"] = float(rough[there].mean() / full) if enough else -0.1
        numbers[f"area_{name}"] = float(there.sum() / core.sum())
    values = depth[core] / np.float32(full)
    numbers["middling"] = float(((values > 0.35) & (values < 0.7)).mean())
    return numbers


def _edge(depth: Floats, strokes: Mask, clear: Mask) -> dict[str, float]:
    """How the ink falls off across the strokes' edges, from within to beyond."""
    inside = cv2.distanceTransform(strokes.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~strokes).astype(np.uint8), cv2.DIST_L2, 5)
    signed = np.where(strokes, inside - 0.5, 0.5 - outside)
    at = [float(depth[clear & (np.abs(signed - px) <= 0.5)].mean()) for px in range(-3, 4)]
    steps = np.diff(at)
    across, down = cv2.Sobel(depth, cv2.CV_32F, 1, 0), cv2.Sobel(depth, cv2.CV_32F, 0, 1)
    slope = cv2.magnitude(across, down)[clear & (np.abs(signed) < 1.5)] / 8
    return {
        "fall": float(steps.max()),
        "halo": at[1] / (at[6] + 1e-3),
        "slope": float(np.median(slope)),
        "steep": float(np.percentile(slope, 90)),
    }


def _flatness(crop: Image, core: Mask, bare: Mask) -> dict[str, float]:
    """How far full ink is one tone, in the scanner's own grey levels against its noise on paper:
    a press never lays ink so evenly as a picture's one colour."""
    planes = cv2.split(crop)
    light = min(planes, key=lambda plane: float(np.median(plane[core]))).astype(np.float32)
    if bare.sum() < 200:
        bare = core
    contrast = max(float(np.median(light[bare]) - np.median(light[core])), 1.0)
    numbers = {}
    for name, mm in (("fine", 0.0), ("grain", 0.12), ("patch", 0.3), ("wide", 0.8)):
        ink, paper = ((_mean(light, each.astype(np.float32), mm * PX_PER_MM) if mm else light)[each]
                      for each in (core, bare))  # fmt: skip
        low, dark, middle, pale = np.percentile(ink, (2, 15, 50, 80))
        noise = float(np.percentile(paper, 75) - np.percentile(paper, 25)) + 0.3
        numbers[f"flat_{name}"] = float(middle - dark) / noise
        numbers[f"dark_{name}"] = float(middle - low) / contrast
        numbers[f"even_{name}"] = float(middle - dark) / (float(pale - middle) + 0.5)
        numbers[f"spread_{name}"] = float(pale - dark) / contrast
    return numbers

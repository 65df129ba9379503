"""Presentation: stamped by hand, or printed or pasted. Never mixed with the geometric score.

A press leaves ink that varies over millimetres with the pressure. A laser printer leaves a screen,
an inkjet dots in the ink and on the paper beside it, a cut-out on a computer one tone with clean
edges. Drivers whiten, sharpen and compress as they like, so each number is a share of this
imprint's own contrast, or of its own roughness.
"""

from typing import NamedTuple

import cv2
import numpy as np

from yinxin.seals.vision import decision, halftones
from yinxin.seals.vision.fitting import Fit
from yinxin.seals.vision.geometry import inverse, warp
from yinxin.seals.vision.imprints import Imprint
from yinxin.seals.vision.inks import Floats, Image, Mask, percentile
from yinxin.seals.vision.specimens import Specimen

_LEAST_PX = 400
_AROUND_PX = 12
_SAMPLE = 10_000
_SHRINK = 4


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
    x, y, width, height = cv2.boundingRect(strokes.view(np.uint8))
    part = (slice(max(y - _AROUND_PX, 0), y + height + _AROUND_PX),
            slice(max(x - _AROUND_PX, 0), x + width + _AROUND_PX))  # fmt: skip
    crop, strokes, clear = imprint.crop[part], strokes[part], hidden[part] < 0.5
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).astype(np.float32)
    inked = cv2.GaussianBlur(ink[part], (0, 0), 2.0) > 0.3
    within = strokes & inked & clear
    near = _grown(strokes, 4)
    bare = ~near & imprint.within[part] & clear
    if min(within.sum(), bare.sum()) < _LEAST_PX:
        return {}
    paper = float(np.median(np.sort(grey[bare])))
    contrast = max(paper - float(percentile(grey[within], 25)), 1.0)
    depth = (np.float32(paper) - grey) / np.float32(contrast)
    seen = _one_tone(depth, near & clear & _grown(inked, 2))
    if seen.ink.sum() < _LEAST_PX:
        return {}
    core = cv2.erode(within.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    flat = core | bare
    return {
        **_ink(seen),
        **_edges(depth, seen),
        **_paper(depth, bare),
        **_planes(crop, seen, contrast),
        **halftones.peaks(grey - _mean(grey, flat, 1.5), flat),
    }  # fmt: skip


def _grown(mask: Mask, px: int) -> Mask:
    return cv2.dilate(mask.view(np.uint8), np.ones((2 * px + 1,) * 2, np.uint8)) > 0


def _mean(values: Floats, mask: Mask, sigma: float) -> Floats:
    """A Gaussian mean over the mask alone."""
    weight = mask.astype(np.float32)
    total, weight = (cv2.GaussianBlur(each, (0, 0), sigma) for each in (values * weight, weight))
    return np.asarray(total / np.maximum(weight, 1e-3), np.float32)


def _wide_mean(values: Floats, mask: Mask, sigma: float) -> Floats:
    """The same on a smaller picture."""
    weight = mask.astype(np.float32)
    parts, size = [values * weight, weight], mask.shape[::-1]
    small = (size[0] // _SHRINK, size[1] // _SHRINK)
    parts = [cv2.resize(each, small, interpolation=cv2.INTER_AREA) for each in parts]
    total, weight = (cv2.GaussianBlur(each, (0, 0), sigma / _SHRINK) for each in parts)
    mean = total / np.maximum(weight, 1e-3)
    return np.asarray(cv2.resize(mean, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _spread(values: Floats, mask: Mask) -> float:
    """Half of what the middle two thirds span; outliers are what lies over the seal."""
    places = np.flatnonzero(mask)
    if len(places) < 100:
        return 0.0
    some = values.ravel()[places[:: 1 + len(places) // _SAMPLE]]
    low, high = percentile(some, (16, 84))
    return float(high - low) / 2


class _Seen(NamedTuple):
    """The imprint against a picture of its own outline in one tone."""

    left: Floats
    """What one tone does not explain, as a share of the contrast."""
    ink: Mask
    """Where this imprint has ink, whatever the registered seal has."""
    deep: Mask
    beside: Mask
    edge: Mask


def _one_tone(depth: Floats, near: Mask) -> _Seen:
    """One tone through the blur and the sharpening that come nearest; of a paste that leaves
    nothing but the scanner's noise."""
    size = depth.shape[::-1]
    fine = cv2.resize(depth, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    outline = cv2.resize((fine > 0.5).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    views = [cv2.GaussianBlur(outline, (0, 0), sigma) for sigma in (0.4, 0.85, 1.5, 2.4)]
    use = near & (views[-1] > 0.03)
    places = np.flatnonzero(use)
    parts = [each.ravel()[places] for each in (np.ones_like(depth), *views)]
    columns = np.column_stack(parts)
    square = columns.T @ columns + 1e-4 * (len(columns) + 1) * np.eye(5, dtype=np.float32)
    base, *weights = np.linalg.solve(square, columns.T @ depth.ravel()[places])
    left = depth - base
    for weight, view in zip(weights, views, strict=True):
        left -= weight * view
    ink = views[0] > 0.5
    inside = cv2.distanceTransform(ink.view(np.uint8), cv2.DIST_L2, 3)
    outside = cv2.distanceTransform((~ink).view(np.uint8), cv2.DIST_L2, 3)
    return _Seen(left, use & ink, use & (inside > 2), use & (outside > 1.5),
                 use & (inside <= 1.5) & (outside <= 1.5))  # fmt: skip


def _ink(seen: _Seen) -> dict[str, float]:
    """How uneven the ink is, from single pixels to millimetres, and against its surroundings."""
    slow = _mean(seen.left, seen.ink, 3)
    means = {0: seen.left, 1.5: _mean(seen.left, seen.ink, 1.5), 3: slow,
             8: _wide_mean(seen.left, seen.ink, 8)}  # fmt: skip
    ink = {px: _spread(mean, seen.ink) for px, mean in means.items()}
    deep = {px: _spread(_mean(seen.left, seen.deep, px), seen.deep) or ink[px] for px in (1.5, 3)}
    beside = _spread(seen.left, seen.beside)
    rim = float((seen.edge & seen.ink).sum() / seen.ink.sum())
    return {
        **{f"ink_{px}": ink[px] for px in (1.5, 3, 8)},
        **{f"deep_{px}": spread for px, spread in deep.items()},
        "beside": beside,
        "slow": ink[8] / (ink[0] + 0.01),
        "ink_by_beside": ink[3] / (beside + 0.01),
        "deep_by_beside": deep[1.5] / (beside + 0.01),
        "deep_by_rim": deep[1.5] / (rim + 0.1),
        "tie": _tie(seen, slow),
    }


def _tie(seen: _Seen, slow: Floats, lag: int = 2) -> float:
    """How alike pixels are that lie so far apart, but for what varies slowly: dots end sooner than
    clouds of ink."""
    fine = (seen.left - slow) * seen.ink
    most = 3 * float(fine[seen.ink].std()) + 1e-6
    fine = np.clip(fine, -most, most)
    ties = (fine[:, lag:] * fine[:, :-lag]).sum() + (fine[lag:] * fine[:-lag]).sum()
    return float(ties / (2 * (fine * fine).sum() + 1e-6))


def _edges(depth: Floats, seen: _Seen) -> dict[str, float]:
    """How steeply ink ends, and how much of it is middling where no edge explains it."""
    across, down = cv2.Sobel(depth, cv2.CV_32F, 1, 0), cv2.Sobel(depth, cv2.CV_32F, 0, 1)
    gentle, usual = percentile(cv2.magnitude(across, down)[seen.edge] / 8, (10, 50))
    middling = (seen.ink | seen.beside) & ~seen.edge & (depth > 0.25) & (depth < 0.75)
    return {
        "gentle": float(gentle),
        "usual": float(usual),
        "middling": float(middling.sum() / seen.ink.sum()),
    }


def _paper(depth: Floats, bare: Mask) -> dict[str, float]:
    """How speckled the paper is between the strokes: printers put the paper's grain out, too."""
    low, middle, high = percentile(depth[bare], (3, 50, 97))
    return {
        "paper_0": _spread(depth, bare),
        "paper_1.5": _spread(_mean(depth, bare, 1.5), bare),
        "dots": float(high + low - 2 * middle),
    }


def _planes(crop: Image, seen: _Seen, contrast: float) -> dict[str, float]:
    """How uneven the ink is in the colours that it takes most and least of: where a driver has
    made the one black, the other still tells."""
    planes = cv2.split(crop)
    inked = np.stack([plane[seen.ink] for plane in planes])
    order = np.argsort(inked.mean(axis=1), kind="stable")
    numbers = {
        f"{name}_1.5": _spread(_mean(planes[i].astype(np.float32), seen.deep, 1.5), seen.deep)
        / contrast
        for name, i in (("strong", order[0]), ("weak", order[-1]))
    }
    cut = (inked.min(axis=0) < 4) | (inked.max(axis=0) > 251)
    return {**numbers, "clipped": float(cut.mean())}

"""Ink apart from paper and from print, by absorbance.

Absorbance (吸光度) is the logarithm of paper over pixel, one channel at a time. Layers of ink add
up in it, so that a seal's ink and black print can be told apart where they cross.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

MM_PER_INCH = 25.4
PRINT_ABSORBANCE = 0.45
"""Neutral ink as dark as this hides what lies below: 64 % of the paper's light."""

_GLARE = 16
"""Added to every value: the darkest channel of dense ink is noise, and its logarithm would rule."""


def absorbance(image: Image, dpi: float) -> Floats:
    """HxWx3: 0 on paper, about 1 where a third of the light comes back, at most 2.8."""
    paper = _paper(image, dpi)
    lost = np.log((paper + _GLARE) / (image.astype(np.float32) + _GLARE))
    return np.clip(lost, 0, None).astype(np.float32)


def _paper(image: Image, dpi: float) -> Floats:
    """The paper's colour at each pixel: what is left when strokes under 4 mm are closed."""
    height, width = image.shape[:2]
    coarse = min(1.0, 25 / dpi)
    size = (max(1, round(width * coarse)), max(1, round(height * coarse)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    typical = np.median(closed.reshape(-1, 3), axis=0)
    # What stays dark over so wide a field is a photograph or the scanner's lid, not paper.
    closed[closed.max(axis=2) < 0.6 * typical.max()] = typical.astype(np.uint8)
    smooth = cv2.GaussianBlur(closed, (0, 0), 3)
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def chroma(lost: Floats) -> Floats:
    """How coloured the ink is: the spread of the absorbance over the channels."""
    spread = lost.max(axis=2) - lost.min(axis=2)
    # Print leaves a weak tint at its edges; what is far more black than coloured is print.
    return np.asarray(np.where(lost.min(axis=2) > spread, 0, spread), np.float32)


def colour_name(direction: Floats) -> str | None:
    """red, blue or purple for an ink's mean absorbance in BGR order; None for no seal's ink."""
    shade = (np.exp(-direction / max(float(direction.max()), 1e-6)) * 255).astype(np.uint8)
    hue = 2 * int(cv2.cvtColor(shade.reshape(1, 1, 3), cv2.COLOR_BGR2HSV)[0, 0, 0])
    if hue >= 320 or hue < 30:
        return "red"
    if 190 <= hue < 262:
        return "blue"
    return "purple" if 262 <= hue < 320 else None


@dataclass(frozen=True)
class Separation:
    """One seal's ink (0 to 1 of its usual density), and what hides it."""

    amount: Floats
    unknown: Mask
    colour: str | None
    density: float
    """Absorbance of the seal's usual stroke."""


def separate(lost: Floats, inside: Mask, dpi: float) -> Separation:
    """Split absorbance into the ink that prevails `inside` and other ink over or under it."""
    tint = chroma(lost)
    strong = inside & (tint > 0.12)
    if not strong.any():
        empty = np.zeros(tint.shape, np.float32)
        return Separation(empty, empty > 1, None, 0.0)
    strong &= tint > 0.5 * np.percentile(tint[strong], 75)
    direction = np.median(lost[strong], axis=0)
    axis = direction / np.linalg.norm(direction)
    grey = np.ones(3) / np.sqrt(3)
    # Least squares on the two inks; the third dimension is ink of another colour.
    parts = lost @ np.linalg.pinv(np.column_stack([axis, grey])).T.astype(np.float32)
    other = np.linalg.norm(lost - parts @ np.column_stack([axis, grey]).T, axis=2)
    neutral = parts[..., 1] / np.sqrt(3)
    # Dense ink strays from its own colour by a part of its density.
    hidden = (neutral > PRINT_ABSORBANCE + 0.1 * parts[..., 0]) | (
        other > PRINT_ABSORBANCE + 0.25 * parts[..., 0]
    )
    reach = max(1, round(0.1 * dpi / MM_PER_INCH))
    unknown = cv2.dilate(hidden.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)) > 0
    amount = np.clip(parts[..., 0], 0, None)
    seen = strong & ~unknown
    density = float(np.percentile(amount[seen], 70)) if seen.any() else 0.0
    amount = np.clip(amount / max(density, 0.1), 0, 1).astype(np.float32)
    amount[unknown] = 0
    return Separation(amount, unknown, colour_name(direction), density)


def ramp(value: float, poor: float, good: float) -> float:
    """0 at `poor`, 1 at `good`, straight between and level beyond."""
    return float(np.clip((value - poor) / (good - poor), 0, 1))

"""Ink apart from paper and from print, by absorbance.

Absorbance (吸光度) is the logarithm of paper over pixel, one channel at a time. Layers of ink add
up in it, so that a seal's ink and black print can be told apart where they cross.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

MM_PER_INCH = 25.4
PRINT_ABSORBANCE = 0.40
"""Neutral ink as dark as this hides what lies below: two thirds of the paper's light are left."""

_DARKER = 1.35
"""Black ink so much darker than a seal's usual stroke is print."""
_APART, _MOSTLY = 1.45, 0.75
"""How much darker print must be for the paler strokes to be the seal's where print is most of
them: the ratio, and what it times the paler share must reach."""
_SHARPENED = 1.0
"""Pixels over which tones are taken: a scanner that sharpens makes edges darker than middles."""
_GLARE = 16
"""Added to every value: the darkest channel of dense ink is noise, and its logarithm would rule."""
_LIGHT = np.log(np.arange(256) + _GLARE).astype(np.float32)
_PAPER = 0.75
"""A wide field darker than this share of the page's usual paper is not paper."""


def paper_of(image: Image) -> NDArray[np.float64]:
    """The usual paper colour of a picture, BGR: the middle of its lighter half."""
    small = image[:: max(1, image.shape[0] // 200), :: max(1, image.shape[1] // 200)]
    pixels = small.reshape(-1, 3)
    light = (pixels @ np.ones(3)).astype(np.uint16)
    lighter = pixels[light >= percentile(light, 60)]
    return np.array([np.median(each) for each in np.ascontiguousarray(lighter.T)], np.float64)


def absorbance(image: Image, dpi: float, paper: NDArray[np.float64] | None = None) -> Floats:
    """HxWx3: 0 on paper, about 1 where a third of the light comes back, at most 2.8.

    `paper` is the usual colour where the picture alone may not show it.
    """
    local = _paper(image, dpi, paper_of(image) if paper is None else paper)
    light = cv2.LUT(cv2.max(local, image), _LIGHT)
    return np.asarray(cv2.subtract(light, cv2.LUT(image, _LIGHT), dst=light), np.float32)


def grey(lost: Floats) -> Floats:
    """The mean of the three channels."""
    return np.asarray(cv2.transform(lost, np.full((1, 3), 1 / 3, np.float32)), np.float32)


def _paper(image: Image, dpi: float, usual: NDArray[np.float64]) -> Image:
    """The paper's colour at each pixel: what is left when strokes under 4 mm are closed."""
    height, width = image.shape[:2]
    coarse = min(1.0, 25 / dpi)
    size = (max(1, round(width * coarse)), max(1, round(height * coarse)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    # What stays dark or coloured over so wide a field is ink, a photograph or the scanner's lid.
    inked = (closed < _PAPER * usual).any(axis=2)
    closed[inked] = np.clip(usual, 0, 255).astype(np.uint8)
    smooth = cv2.GaussianBlur(closed, (0, 0), 2)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR))


def chroma(lost: Floats) -> Floats:
    """How coloured the ink is: the spread of the absorbance over the channels."""
    blue, green, red = cv2.split(lost)
    least = cv2.min(cv2.min(blue, green), red)
    spread = cv2.max(cv2.max(blue, green), red) - least
    # Print leaves a weak tint at its edges: what is black takes from what is coloured.
    return np.asarray(cv2.max(cv2.scaleAdd(least, -0.5, spread), 0), np.float32)


def coloured(lost: Floats) -> Floats:
    """The share of the absorbance that is colour, however pale the ink: black print has little."""
    blue, green, red = cv2.split(lost)
    most = cv2.max(cv2.max(blue, green), red)
    least = cv2.min(cv2.min(blue, green), red)
    return np.asarray((most - least) / (most + 0.02), np.float32)


def hue_classes(lost: Floats, dpi: float) -> tuple[Mask, Mask, Mask]:
    """Where ink is warm, as red is, and where cold: by which of red and blue light it takes more;
    and where it is green, as forms are and no seal is, because it takes green light least.

    Taken over a millimetre, so that one seal is of one class; blue and purple are one, because
    compression turns thin blue strokes purple. A highlighter takes blue light alone: none.
    """
    blue, green, red = cv2.split(cv2.GaussianBlur(lost, (0, 0), 0.4 * dpi / MM_PER_INCH))
    most = cv2.max(cv2.max(blue, green), red) + 0.02
    warm = red - blue < -0.22 * most
    leaf = ~warm & (green < 0.9 * blue)
    return warm & (green > 0.4 * blue), ~warm & ~leaf, leaf


def colour_name(direction: NDArray[np.floating]) -> str:
    """red, blue, purple or black for an ink's mean absorbance in BGR order; else other."""
    top = max(float(direction.max()), 1e-6)
    if float(direction.min()) > 0.6 * top:
        return "black"
    shade = (np.exp(-direction / top) * 255).astype(np.uint8)
    hue = 2 * int(cv2.cvtColor(shade.reshape(1, 1, 3), cv2.COLOR_BGR2HSV)[0, 0, 0])
    if hue >= 320 or hue < 35:
        return "red"
    if 180 <= hue < 255:
        return "blue"
    return "purple" if 255 <= hue < 320 else "other"


@dataclass(frozen=True, eq=False)
class Separation:
    """One seal's ink (0 to 1 of its usual density), and what hides it."""

    amount: Floats
    unknown: Mask
    depth: Floats
    """Absorbance of the seal's own ink, however dense."""
    colour: str
    density: float
    """Absorbance of the seal's usual stroke."""


def separate(lost: Floats, inside: Mask, dpi: float, black: bool = False) -> Separation:
    """Split absorbance into the ink that prevails `inside` and other ink over or under it.

    A black seal cannot be told from print by its ink; all of it counts as the seal.
    """
    tint = grey(lost) if black else chroma(lost)
    # A seal so pale that little of it is plain is not of the colour of what lies across it.
    strong = inside & (tint > min(0.12, 0.5 * _high(tint[inside])))
    if strong.sum() < 20:
        empty = np.zeros(tint.shape, np.float32)
        return Separation(empty, empty > 1, empty, "other", 0.0)
    darkest = print_from(tint, strong) if black else np.inf
    strong &= tint < darkest
    strong &= tint > 0.5 * percentile(tint[strong], 75)
    direction = np.median(lost[strong], axis=0).astype(np.float64)
    axis = direction / np.linalg.norm(direction)
    whole = cv2.max(cv2.transform(lost, axis[None]), 0)
    if black:
        amount, unknown = whole, _near(tint > darkest, dpi)
    else:
        amount, unknown = _apart(lost, whole, axis, dpi)
    seen = strong & ~unknown
    density = float(percentile(amount[seen], 70)) if seen.sum() > 20 else 0.0
    depth = np.where(unknown, 0, amount).astype(np.float32)
    amount = np.clip(depth / max(density, 0.1), 0, 1)
    return Separation(amount, unknown, depth, colour_name(direction), density)


def _high(tones: Floats) -> float:
    return float(percentile(tones, 90)) if tones.size else 0.0


def percentile(values: NDArray[Any], share: float | tuple[float, ...]) -> Any:
    """NumPy sorts faster than it selects."""
    return np.percentile(np.sort(values), share)


def print_from(tint: Floats, strong: Mask) -> float:
    """The tone from which ink is print over a seal that is paler than print.

    The middles of strokes are of one tone in a seal and of another in print.
    """
    soft = cv2.GaussianBlur(tint, (0, 0), _SHARPENED)
    tones = soft[strong & (soft > 0.9 * cv2.dilate(soft, np.ones((5, 5), np.uint8)))]
    if not tones.size:
        return np.inf
    level, _ = cv2.threshold((85 * tones).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    pale = 85 * tones < level + 1
    paler, darker = (float(np.median(tones[each])) if each.any() else 0 for each in (pale, ~pale))
    if darker > _APART * paler and darker * pale.mean() > _MOSTLY * paler:
        strong = strong & (tint < np.sqrt(paler * darker))
    elif percentile(tones, 99) < _DARKER * np.median(tones):
        return np.inf
    if not strong.any():  # none is of the paler tone but by its blur
        return np.inf
    strong = strong & (tint >= 0.5 * percentile(tint[strong], 75))
    usual = float(np.median(tint[strong]))
    return max(_DARKER * usual, usual + 0.2)


def _near(hidden: Mask, dpi: float) -> Mask:
    """What is hidden, and its edges."""
    reach = max(1, round(0.15 * dpi / MM_PER_INCH))
    wide = cv2.dilate(hidden.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8))
    return np.asarray(wide > 0)


def _apart(
    lost: Floats, whole: Floats, axis: NDArray[np.float64], dpi: float
) -> tuple[Floats, Mask]:
    """The seal's own absorbance, and where print or other ink hides it."""
    grey = np.ones(3) / np.sqrt(3)
    # Least squares on the two inks; the third dimension is ink of another colour.
    plane = np.column_stack([axis, grey])
    odd = np.cross(axis, grey)
    ways = np.vstack([np.linalg.pinv(plane), odd / np.linalg.norm(odd)])
    own, neutral, other = cv2.split(cv2.transform(lost, ways))
    own, neutral, other = cv2.max(own, 0), neutral / np.float32(np.sqrt(3)), np.abs(other)
    # Dense ink strays from its own colour by a part of its density.
    hidden = (neutral > PRINT_ABSORBANCE + 0.15 * own) | (other > PRINT_ABSORBANCE + 0.25 * own)
    unknown = _near(hidden, dpi)
    # Colour is blurred where a picture was compressed, light is not: light gives the edges, and
    # colour, taken over a neighbourhood, says how much of it is the seal's.
    near = 0.12 * dpi / MM_PER_INCH
    share = cv2.GaussianBlur(own, (0, 0), near) / (cv2.GaussianBlur(whole, (0, 0), near) + 0.02)
    return np.asarray(whole * np.clip(1.4 * share, 0, 1), np.float32), unknown


def ramp(value: float, poor: float, good: float) -> float:
    """0 at `poor`, 1 at `good`, straight between and level beyond."""
    return float(np.clip((value - poor) / (good - poor), 0, 1))

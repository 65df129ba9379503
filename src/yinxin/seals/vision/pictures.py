"""Pictures for the person who compares: specimen and imprint in one frame, as PNG at 600 dpi.

Without an imprint they show the specimen alone.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.inks import Floats, Image, Mask
from yinxin.seals.vision.specimens import Specimen
from yinxin.seals.vision.verdicts import Verdict

_ZOOM = 2
_MARK = (0, 120, 255)
_HIDDEN = 0.86
_NEAR_MM = 0.15


def overlay(specimen: Specimen, verdict: Verdict) -> bytes:
    """Specimen red, imprint cyan, both together black; hidden parts grey, differences framed."""
    expected, seen, hidden = _layers(specimen, verdict)
    light = np.where(hidden, _HIDDEN, 1.0)
    red, cyan = (1 - expected) * light, (1 - seen) * light
    return _png(_marked(_zoomed(np.dstack([red, red, cyan])), verdict))


def flicker(specimen: Specimen, verdict: Verdict) -> tuple[bytes, bytes]:
    """Specimen and imprint (闪烁比对) alone, to be shown in turns at the same place."""
    expected, seen, _ = _layers(specimen, verdict)
    return _png(_zoomed(_inked(expected))), _png(_zoomed(_inked(seen)))


def fold(specimen: Specimen, verdict: Verdict) -> bytes:
    """折角: opposite quarters of the specimen and of the imprint, so that strokes must meet."""
    expected, seen, _ = _layers(specimen, verdict)
    height, width = expected.shape
    y, x = np.indices(expected.shape)
    quarter = (y < height / 2) == (x < width / 2)
    picture = _zoomed(_inked(np.where(quarter, expected, seen)))
    middle = (_ZOOM * width // 2, _ZOOM * height // 2)
    cv2.line(picture, (middle[0], 0), (middle[0], _ZOOM * height), _MARK, 1)
    cv2.line(picture, (0, middle[1]), (_ZOOM * width, middle[1]), _MARK, 1)
    return _png(picture)


def difference(specimen: Specimen, verdict: Verdict) -> bytes:
    """Only what differs: ink added (blue) and ink missing (red) beyond what edges wander."""
    expected, seen, hidden = _layers(specimen, verdict)
    added = (seen > 0.5) & ~_near(expected > 0.4) & ~hidden
    missing = (expected > 0.5) & ~_near(seen > 0.3) & ~hidden
    pale = 1 - 0.15 * np.maximum(expected, seen)
    picture = np.dstack([pale] * 3)
    picture[hidden] *= _HIDDEN
    picture[added] = (0.85, 0.35, 0.1)
    picture[missing] = (0.1, 0.1, 0.85)
    return _png(_marked(_zoomed(picture), verdict))


def _layers(specimen: Specimen, verdict: Verdict) -> tuple[Floats, Floats, Mask]:
    if verdict.alignment is None:
        return specimen.amount, np.zeros_like(specimen.amount), specimen.unknown
    return specimen.amount, verdict.alignment.amount, verdict.alignment.hidden


def _near(mask: Mask) -> Mask:
    side = 2 * round(_NEAR_MM * PX_PER_MM) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc) > 0)


def _inked(amount: NDArray[np.floating]) -> NDArray[np.floating]:
    """Red ink on white, 0 to 1."""
    return 1 - amount[..., None] * np.array([0.84, 0.88, 0.2])


def _zoomed(picture: NDArray[np.floating]) -> Image:
    whole = np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8)
    return np.asarray(cv2.resize(whole, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_CUBIC))


def _marked(picture: Image, verdict: Verdict) -> Image:
    for each in verdict.regions:
        if each.box:
            x, y, width, height = (_ZOOM * value for value in each.box)
            cv2.rectangle(picture, (x, y), (x + width, y + height), _MARK, _ZOOM)
    return picture


def _png(picture: Image) -> bytes:
    ok, encoded = cv2.imencode(".png", picture)
    if not ok:
        raise ValueError("the picture cannot be written as PNG")
    return encoded.tobytes()

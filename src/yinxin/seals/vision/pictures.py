"""Pictures for the person who compares: specimen and imprint, one over the other."""

import cv2
import numpy as np

from yinxin.seals.vision.specimens import Specimen
from yinxin.seals.vision.verdicts import Verdict

_ZOOM = 2
_MARK = (0, 120, 255)
_HIDDEN = 0.86


def overlay(specimen: Specimen, verdict: Verdict) -> bytes:
    """A PNG at 600 dpi in the specimen's frame: specimen red, imprint cyan, both together black.

    Hidden parts are grey and differences framed in orange. Without an imprint it shows the
    specimen alone.
    """
    expected = specimen.amount
    seen = np.zeros_like(expected)
    light = np.ones_like(expected)
    if verdict.alignment is not None:
        seen = verdict.alignment.amount
        light = np.where(verdict.alignment.hidden, _HIDDEN, 1.0)
    red, cyan = (1 - expected) * light, (1 - seen) * light
    picture = np.round(255 * np.dstack([red, red, cyan])).astype(np.uint8)
    picture = cv2.resize(picture, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_CUBIC)
    for difference in verdict.regions:
        if difference.box:
            x, y, width, height = (_ZOOM * value for value in difference.box)
            cv2.rectangle(picture, (x, y), (x + width, y + height), _MARK, _ZOOM)
    ok, encoded = cv2.imencode(".png", picture)
    if not ok:
        raise ValueError("the overlay cannot be written as PNG")
    return encoded.tobytes()

"""Imprints (印文) in ink: what a face leaves on paper, and how to put it on a page."""

from collections.abc import Sequence
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.faces import MM_PER_INCH
from yinxin.seals.drawing.touches import Touch, press

Image = NDArray[np.uint8]

INKS: dict[str, tuple[int, int, int]] = {
    "red": (38, 28, 205),
    "blue": (165, 62, 38),
    "purple": (150, 40, 115),
    "black": (40, 38, 38),
}
"""Ink at full density, BGR."""
_SHARES = ((0.2, 0.5, 0.8, 1.0, 1.5), (0.25, 0.6, 0.9, 1.0, 1.12))
"""Pressure, and the ink area it leaves against a good imprint."""


def stamp(
    face: Image,
    seed: int,
    angle: float = 0.0,
    pressure: float = 1.0,
    colour: str = "red",
    *,
    face_dpi: int = 600,
    dpi: int = 300,
) -> Image:
    """One imprint of a drawn face or piece, HxWx4 BGRA at `dpi`; alpha is the ink on the paper.

    `angle` turns it counter-clockwise in degrees. `pressure` runs from 0.2 (pale and patchy)
    over 1 (a good imprint) to 1.5 (too much ink). The same arguments give the same bytes.
    """
    rng = np.random.default_rng(seed)
    touch = Touch(
        angle_deg=angle,
        share=float(np.interp(pressure, *_SHARES)),
        tone=float(np.clip(0.5 + 0.38 * pressure, 0.25, 0.98)),
        lean=(float(rng.normal(0, 0.2)), float(rng.normal(0, 0.2))),
        speckle=0.5,
        # Scanners stretch less across the page than along it.
        stretch=(1 + float(rng.normal(0, 0.0014)), 1 + float(rng.normal(0, 0.0041))),
    )
    amount = press(face, touch, rng, face_dpi)
    ratio = dpi / face_dpi
    size = (round(amount.shape[1] * ratio), round(amount.shape[0] * ratio))
    alpha = cv2.resize(amount, size, interpolation=cv2.INTER_AREA)
    imprint = np.empty((*alpha.shape, 4), np.uint8)
    imprint[..., :3] = INKS[colour]
    imprint[..., 3] = np.round(255 * alpha)
    return imprint


def put(page: Image, imprint: Image, centre: tuple[int, int]) -> Image:
    """A copy of the BGR page with the BGRA imprint centred at (x, y) pixels; parts may fall off."""
    height, width = imprint.shape[:2]
    left, top = centre[0] - width // 2, centre[1] - height // 2
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, page.shape[1]), min(top + height, page.shape[0])
    result = page.copy()
    if x0 >= x1 or y0 >= y1:
        return result
    part = imprint[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) / 255
    # Ink is a filter on what lies below: print under a seal stays dark.
    passes = 1 - part[..., 3:] * (1 - part[..., :3])
    result[y0:y1, x0:x1] = np.round(page[y0:y1, x0:x1] * passes).astype(np.uint8)
    return result


def encode_png(image: Image, dpi: float) -> bytes:
    """The image as PNG with its resolution in the pHYs chunk, as a scanner writes it."""
    per_metre = round(dpi / MM_PER_INCH * 1000)
    # A scan's noise hardly packs: more than the least effort takes five times as long, saves 9 %.
    keys: Sequence[int] = (cv2.IMWRITE_PNG_COMPRESSION, 1)
    ok, encoded = cv2.imencode(".png", image, keys)
    if not ok:
        raise ValueError(f"no PNG can hold an image of shape {image.shape}")
    data = encoded.tobytes()
    body = per_metre.to_bytes(4, "big") * 2 + b"\x01"
    header_end = 8 + 25  # signature, then IHDR, after which pHYs may stand
    return data[:header_end] + _chunk(b"pHYs", body) + data[header_end:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + crc32(name + body).to_bytes(4, "big")

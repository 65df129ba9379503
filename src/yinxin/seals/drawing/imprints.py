"""Imprints (印文): what a face leaves on paper, as uneven as a hand leaves it."""

from collections.abc import Sequence
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.faces import MM_PER_INCH

Image = NDArray[np.uint8]

INKS: dict[str, tuple[int, int, int]] = {
    "red": (38, 28, 205),
    "blue": (165, 62, 38),
    "purple": (150, 40, 115),
}
"""Ink at full density, BGR."""


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
    """One imprint of a drawn face, HxWx4 BGRA at `dpi`; alpha is how much ink the paper took.

    `angle` turns it counter-clockwise in degrees. `pressure` runs from 0.2 (pale and patchy)
    over 1 (a good imprint) to 1.5 (too much ink). The same arguments give the same bytes.
    """
    rng = np.random.default_rng(seed)
    raised = _turned(face, angle, rng)
    px_per_mm = face_dpi / MM_PER_INCH
    shape = raised.shape

    def noise(grain_mm: float) -> NDArray[np.float32]:
        return _noise(rng, shape, grain_mm * px_per_mm)

    lean = rng.normal(0, 0.12, 2)
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    press = pressure + lean[0] * x + lean[1] * y + 0.10 * noise(9.0)
    # The stroke's edge wanders with the rubber's wetness and moves out with the pressure.
    soft = cv2.GaussianBlur(raised.astype(np.float32) / 255, (0, 0), 0.06 * px_per_mm)
    edge = soft + 0.07 * noise(0.12) + 0.10 * (press - 1)
    wet = np.clip((edge - 0.42) / 0.16, 0, 1)
    # Where the pressure fails only the high grain of the paper takes ink.
    grain = 0.6 * noise(0.09) + 0.4 * noise(0.5)
    took = np.clip(0.5 + (press - 0.50) * 3.6 + 0.8 * grain, 0, 1)
    density = np.clip(0.55 + 0.38 * press + 0.06 * noise(0.7), 0.25, 0.98)
    ratio = dpi / face_dpi
    size = (round(shape[1] * ratio), round(shape[0] * ratio))
    alpha = cv2.resize(
        (wet * took * density).astype(np.float32), size, interpolation=cv2.INTER_AREA
    )
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
    keys: Sequence[int] = (cv2.IMWRITE_PNG_COMPRESSION, 6)
    ok, encoded = cv2.imencode(".png", image, keys)
    if not ok:
        raise ValueError(f"no PNG can hold an image of shape {image.shape}")
    data = encoded.tobytes()
    body = per_metre.to_bytes(4, "big") * 2 + b"\x01"
    header_end = 8 + 25  # signature, then IHDR, after which pHYs may stand
    return data[:header_end] + _chunk(b"pHYs", body) + data[header_end:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + crc32(name + body).to_bytes(4, "big")


def _turned(face: Image, angle: float, rng: np.random.Generator) -> Image:
    """The face turned and a little stretched, as scanners stretch: less across than along."""
    stretch = np.diag(1 + rng.normal(0, [0.0014, 0.0041]))
    height, width = face.shape
    turn = cv2.getRotationMatrix2D((0, 0), angle, 1)[:, :2]
    linear = stretch @ turn
    corners = np.abs(linear) @ np.array([width, height]) + 8
    size = (int(corners[0]), int(corners[1]))
    jitter = rng.uniform(-0.5, 0.5, 2)  # no seal falls on the pixel grid
    shift = np.array(size) / 2 + jitter - linear @ np.array([width / 2, height / 2])
    return cv2.warpAffine(face, np.column_stack([linear, shift]), size)


def _noise(
    rng: np.random.Generator, shape: tuple[int, ...], grain_px: float
) -> NDArray[np.float32]:
    """Smooth noise of mean 0 and deviation 1 whose features are about `grain_px` wide."""
    step = max(grain_px / 2, 1.0)
    small = rng.standard_normal([int(side / step) + 3 for side in shape]).astype(np.float32)
    field = cv2.resize(small, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
    field = field[: shape[0], : shape[1]]
    return np.asarray((field - field.mean()) / field.std(), np.float32)
